// The ballot paper under the fingers: what is left, what no longer fits, and everything kept as it is filled in.
const form = document.querySelector("[data-ballot]");
const said = JSON.parse(document.getElementById("ballot-words").textContent);
const { ballot: kind } = form.dataset;
const number = (text) => (text ? Number(text) : null);
const total = number(form.dataset.total);
const most = kind === "approval" ? total : number(form.dataset.most);
const bar = form.querySelector("[data-left]");
const status = form.querySelector("[data-status]");
const lines = [...form.querySelectorAll("[data-line]")];
// Whole euros without cents, others with both: as the page writes them.
const [whole, exact] = [0, 2].map(
  (digits) =>
    new Intl.NumberFormat(document.documentElement.lang, {
      style: "currency",
      currency: "EUR",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }),
);
const euros = (cents) => (cents % 100 ? exact : whole).format(cents / 100);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

const inputs = (line) => [...line.querySelectorAll("input")];
function valueOf(line) {
  const [first] = inputs(line);
  if (first.type === "number") return Number(first.value) || 0;
  return Number(inputs(line).some((one) => one.checked));
}

function sentence(chosen) {
  const count = chosen.length;
  if (kind === "money") {
    const left = total - spent(chosen);
    return left < 0 ? fill(said.over, { over: euros(-left) }) : fill(said.left, { left: euros(left), total: euros(total) });
  }
  if (kind === "points" && total !== null) {
    const left = total - chosen.reduce((sum, line) => sum + valueOf(line), 0);
    return left < 0 ? fill(said.pointsOver, { over: -left }) : fill(said.pointsLeft, { left, total });
  }
  if (kind === "grades") return fill(said.graded, { count });
  return total === null ? fill(said.chosen, { count }) : fill(said.chosenOf, { count, total });
}

const spent = (chosen) => chosen.reduce((sum, line) => sum + Number(line.dataset.cost), 0);

// Why a line cannot be chosen now; empty where it can.
function reason(line, chosen) {
  if (kind === "money") {
    const over = Number(line.dataset.cost) - (total - spent(chosen));
    if (over > 0) return fill(said.tooDear, { over: euros(over) });
  }
  return most !== null && chosen.length >= most ? said.full : "";
}

function show() {
  const chosen = lines.filter(valueOf);
  bar.textContent = sentence(chosen);
  bar.classList.toggle("ballot__left--over", kind === "money" && spent(chosen) > total);
  for (const line of lines) {
    const on = chosen.includes(line);
    line.classList.toggle("ballot__line--chosen", on);
    const [box] = inputs(line);
    if (box.type !== "checkbox") continue;
    const why = on ? "" : reason(line, chosen);
    const place = line.querySelector("[data-why]");
    line.classList.toggle("ballot__line--full", Boolean(why));
    box.toggleAttribute("data-full", Boolean(why));
    if (why) box.setAttribute("aria-disabled", "true");
    else box.removeAttribute("aria-disabled");
    place.hidden = !why;
    place.textContent = why;
  }
}

// One that does not fit stays within reach of the keyboard, and says why it cannot be ticked.
form.addEventListener("click", (event) => {
  if (!event.target.matches("[data-full]") || !event.target.checked) return;
  event.preventDefault();
  status.textContent = event.target.closest("[data-line]").querySelector("[data-why]").textContent;
});

// Ranking: the next free place, or none any more.
for (const line of lines) {
  const button = line.querySelector("[data-next]");
  if (!button) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const [field] = inputs(line);
    const places = lines.map(valueOf).filter(Boolean);
    field.value = field.value ? "" : Math.max(0, ...places) + 1;
    changed();
  });
}

let waiting = null;
let sent = false;
function keep() {
  waiting = null;
  if (sent) return;
  const data = new FormData(form);
  data.append("garder", "1");
  fetch(form.action, { method: "POST", body: data, keepalive: true }).catch(() => {});
}
function changed() {
  status.textContent = "";
  show();
  clearTimeout(waiting);
  waiting = setTimeout(keep, 600);
}

form.addEventListener("input", changed);
form.addEventListener("submit", () => {
  sent = true;
  clearTimeout(waiting);
});
addEventListener("pagehide", () => {
  if (waiting) keep();
});
document.querySelector("[data-error-summary]")?.focus();
show();
