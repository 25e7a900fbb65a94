// Words to the reader, above what the page says.

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export const link = (href, text, className = "") => make("a", { href, textContent: text, className });

// A button that may be pressed once until `press` is done.
export function button(text, press, className = "button") {
  const element = make("button", { type: "button", textContent: text, className });
  element.addEventListener("click", async () => {
    element.disabled = true;
    try {
      await press();
    } finally {
      element.disabled = false;
    }
  });
  return element;
}

// Puts a notice at the top of the page and returns it. `tone` is info, success, warning or error.
export function notice({ title = "", text = "", tone = "info", actions = [], before = null }) {
  const box = make("div", { className: `notice notice--${tone}` });
  box.setAttribute("role", tone === "error" ? "alert" : "status");
  if (title) box.append(make("p", { className: "notice__title", textContent: title }));
  if (text) box.append(make("p", { textContent: text }));
  if (actions.length) box.append(make("div", { className: "cluster" }, ...actions));
  if (before) before.before(box);
  else document.querySelector("main").prepend(box);
  return box;
}

// "12 mars 2026 à 14:05", as the language of the page writes it; in French the first of a month is "1er".
export function day(time) {
  const { lang } = document.documentElement;
  const parts = new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "short" }).formatToParts(time);
  const first = ({ type, value }) => lang.startsWith("fr") && type === "day" && value === "1";
  return parts.map((part) => (first(part) ? "1er" : part.value)).join("");
}

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
