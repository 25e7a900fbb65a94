// The queue under the fingers: keys that move and act, how many are chosen, list or map on a phone.
const rows = document.querySelector("[data-rows]");
const help = document.querySelector("[data-help]");
const opener = document.querySelector("[data-help-open]");
const desk = document.querySelector("[data-desk]");
const OFF = "parvis-desk-keys-off";

// The report that was opened from the list, and those after it: keys go on from there, also once it has left the list.
const LAST = "parvis-desk-last";

const links = () => [...(rows?.querySelectorAll(".rows__title a") ?? [])];
const rowOf = (element) => element?.closest?.("[data-rows] > li") ?? null;
const typing = (element) => element.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");

function move(by) {
  const all = links();
  if (!all.length) return;
  let here = all.indexOf(rowOf(document.activeElement)?.querySelector(".rows__title a"));
  if (here < 0) here = opened(all);
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
  all[next].focus();
  rowOf(all[next]).scrollIntoView({ block: "nearest" });
}

rows?.addEventListener("click", ({ target }) => {
  const link = target.closest(".rows__title a");
  const all = links();
  if (link) sessionStorage.setItem(LAST, JSON.stringify(all.slice(all.indexOf(link)).map(({ pathname }) => pathname)));
});

// Where the report opened last stands; before the next one where it is gone; -1 where none of them is there.
function opened(all) {
  const [last, ...after] = JSON.parse(sessionStorage.getItem(LAST) ?? "[]");
  const at = (path) => all.findIndex(({ pathname }) => pathname === path);
  if (at(last) >= 0) return at(last);
  const next = after.map(at).find((position) => position >= 0);
  return next === undefined ? -1 : next - 1;
}

function onRow(act) {
  const row = rowOf(document.activeElement);
  if (row) act(row);
  return Boolean(row);
}

function search() {
  const field = document.querySelector("[role=search] [name=text]");
  const folded = field.closest("details");
  if (folded) folded.open = true;
  field.focus();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => onRow((row) => row.querySelector("[name=alert]").click()),
  s: () => onRow((row) => row.querySelector(".star").click()),
  "/": search,
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || help.open) return;
  if (typing(event.target)) return;
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (arrow && rowOf(event.target)) {
    event.preventDefault();
    move(arrow);
    return;
  }
  if (localStorage.getItem(OFF) || !Object.hasOwn(KEYS, event.key)) return;
  if (KEYS[event.key]() !== false) event.preventDefault();
});

opener.hidden = false;
opener.addEventListener("click", () => help.showModal());
const switchKeys = help.querySelector("[data-keys-on]");
switchKeys.checked = !localStorage.getItem(OFF);
switchKeys.addEventListener("change", () => {
  if (switchKeys.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
});

// How many are chosen, and the whole page at once.
const bar = document.querySelector("#selection");
if (bar) {
  const boxes = [...rows.querySelectorAll("[name=alert][type=checkbox]")];
  const said = bar.querySelector("[data-selected]");
  const whole = bar.querySelector("[data-page-all]");
  const all = whole.querySelector("input");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    said.textContent = chosen === 0 ? "" : chosen === 1 ? said.dataset.one : said.dataset.many.replace("{n}", chosen);
    all.checked = chosen === boxes.length;
    bar.toggleAttribute("data-some", chosen > 0);
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  whole.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  rows.addEventListener("change", count);
  window.addEventListener("pageshow", count);
}

// On a phone: the list or the map.
const choice = document.querySelector("[data-switch]");
choice.hidden = false;
choice.addEventListener("click", ({ target }) => {
  const { show } = target.closest("[data-show]")?.dataset ?? {};
  if (!show) return;
  desk.dataset.shown = show;
  for (const one of choice.querySelectorAll("[data-show]")) one.setAttribute("aria-pressed", one.dataset.show === show);
  desk.dispatchEvent(new CustomEvent("parvis:shown", { detail: show }));
});
