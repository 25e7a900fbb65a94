// Around a place: the circle on its map, and a slider beside the number of metres. Without this the number is typed.
/* global L */
const part = document.querySelector("[data-follow-circle]");
const picker = part.querySelector("[data-place-picker]");
const number = part.querySelector("[data-radius]");
const metres = new Intl.NumberFormat(document.documentElement.lang);
const colour = () => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();

function addSlider() {
  const row = document.createElement("div");
  row.className = "follow__radius";
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: number.min, max: number.max, step: number.step, value: number.value });
  slider.setAttribute("aria-label", part.dataset.textRadius);
  const said = document.createElement("output");
  row.append(slider, said);
  number.before(row);
  const say = () => {
    said.textContent = `${metres.format(slider.value)} m`;
    slider.setAttribute("aria-valuetext", said.textContent);
  };
  slider.addEventListener("input", () => {
    number.value = slider.value;
    say();
    number.dispatchEvent(new Event("change", { bubbles: true }));
  });
  number.addEventListener("input", () => {
    slider.value = number.value;
    say();
  });
  say();
}

function drawOn({ map, lon, lat }) {
  let circle = null;
  const radius = () => Number.parseInt(number.value, 10);
  const place = () => [lat, lon].map((input) => Number.parseFloat(input.value.trim().replace(",", ".")));
  const show = () => {
    const [at, metresAround] = [place(), radius()];
    if (![...at, metresAround].every(Number.isFinite) || metresAround <= 0) return;
    circle ??= L.circle(at, { interactive: false }).addTo(map);
    circle.setStyle({ color: colour(), weight: 2, fillOpacity: 0.15 }).setLatLng(at).setRadius(metresAround);
    const bounds = circle.getBounds();
    map.fitBounds(bounds.pad(0.1), { animate: false });
  };
  picker.addEventListener("parvis:place", show);
  for (const name of ["input", "change"]) number.addEventListener(name, show);
  show();
}

// The picker comes to life once the map's script is there.
const watch = new MutationObserver(tryToDraw);
function tryToDraw() {
  if (!picker.placePicker) return;
  watch.disconnect();
  drawOn(picker.placePicker);
}

addSlider();
watch.observe(picker, { subtree: true, childList: true, attributes: true });
tryToDraw();
