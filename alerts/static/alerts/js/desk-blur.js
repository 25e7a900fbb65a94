// Areas drawn on the photo with pointer or finger fill in the numbers below it, and the numbers draw the areas.
const form = document.querySelector("[data-blur]");
const frame = form.querySelector("[data-frame]");
const list = form.querySelector("[data-areas]");
const empty = form.querySelector("[data-empty]");
const said = form.querySelector("[data-said]");
const lead = document.querySelector("[data-how]");
const total = form.querySelector("[name$=TOTAL_FORMS]");
const most = Number(form.querySelector("[name$=MAX_NUM_FORMS]").value);
const SMALLEST = 0.5; // percent: less is a tap, not an area
const NAMES = ["left", "top", "width", "height"];

const field = (area, name) => area.querySelector(`[name$="-${name}"]`);
const numbers = (area) => NAMES.map((name) => parseFloat(field(area, name).value.replace(",", ".")));
const areas = () => [...list.querySelectorAll("[data-area]")];
const blank = (area) => NAMES.every((name) => field(area, name).value === "");

lead.textContent = lead.dataset.how;
const add = form.querySelector("[data-add]");
add.hidden = false;
// Only what is filled in stands there; a button and the pointer make more.
for (const area of areas()) {
  if (blank(area)) area.remove();
  else offerRemoval(area);
}
renumber();
add.addEventListener("click", () => {
  const area = make();
  if (!area) return;
  fill(area, [40, 40, 20, 20]);
  field(area, "left").focus();
});

function make() {
  if (areas().length >= most) {
    said.textContent = form.dataset.textFull;
    return null;
  }
  const area = empty.content.firstElementChild.cloneNode(true);
  list.append(area);
  offerRemoval(area);
  renumber();
  return area;
}

function offerRemoval(area) {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button button--quiet",
    textContent: form.dataset.textRemove,
  });
  button.addEventListener("click", () => {
    area.remove();
    renumber();
    add.focus();
  });
  area.querySelector("fieldset").append(button);
}

function renumber() {
  areas().forEach((area, at) => {
    const legend = area.querySelector("legend");
    legend.textContent = legend.textContent.replace(/__number__|\d+/, at + 1);
    for (const one of area.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
      for (const name of ["name", "id", "for", "aria-describedby"]) {
        const value = one.getAttribute(name);
        if (value) one.setAttribute(name, value.replace(/area-(\d+|__prefix__)-/g, `area-${at}-`));
      }
    }
  });
  total.value = areas().length;
  draw();
}

function fill(area, values) {
  NAMES.forEach((name, at) => {
    field(area, name).value = values[at].toFixed(1);
  });
  draw();
}

function draw() {
  for (const box of frame.querySelectorAll(".blur__box")) box.remove();
  areas().forEach((area, at) => {
    const values = numbers(area);
    if (!values.every(Number.isFinite)) return;
    const box = document.createElement("div");
    box.className = "blur__box";
    NAMES.forEach((name, position) => box.style.setProperty(name, `${values[position]}%`));
    box.append(Object.assign(document.createElement("span"), { textContent: at + 1 }));
    frame.append(box);
  });
}

list.addEventListener("input", draw);

// Where the pointer is, in percent of the photo.
function place(event) {
  const { left, top, width, height } = frame.querySelector("img").getBoundingClientRect();
  const inside = (value) => Math.min(Math.max(value, 0), 100);
  return [inside(((event.clientX - left) / width) * 100), inside(((event.clientY - top) / height) * 100)];
}

let drawing = null;
frame.addEventListener("pointerdown", (event) => {
  if (!event.isPrimary || event.button !== 0) return;
  event.preventDefault();
  frame.setPointerCapture(event.pointerId);
  drawing = { from: place(event), area: null };
});
frame.addEventListener("pointermove", (event) => {
  if (!drawing) return;
  const [[x, y], [ax, ay]] = [drawing.from, place(event)];
  const size = [Math.abs(ax - x), Math.abs(ay - y)];
  if (!drawing.area && Math.min(...size) < SMALLEST) return;
  drawing.area ??= make();
  if (drawing.area) fill(drawing.area, [Math.min(x, ax), Math.min(y, ay), ...size.map((one) => Math.max(one, 0.1))]);
});
for (const name of ["pointerup", "pointercancel"]) {
  frame.addEventListener(name, () => {
    drawing = null;
  });
}
