// Choosing what it is about: search in one's own words, then only the choice is left to see.
import { prepared, search } from "./words.js";

const MOST = 6;
const PAUSE = 120; // milliseconds

class Categories {
  constructor(part) {
    this.part = part;
    this.find = (name) => part.querySelector(`[data-${name}]`);
    this.input = this.find("search").querySelector("input");
    this.things = [...part.querySelectorAll("[data-category]")].map((label) => ({
      label,
      home: label.parentElement,
      radio: label.querySelector("input"),
      known: prepared(label.dataset),
    }));
    if (!this.things.length) return;
    this.find("search").hidden = false;
    this.#listen();
    this.#collapse();
  }

  #listen() {
    let timer = null;
    this.input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#search(), PAUSE);
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // or the form would be sent
      clearTimeout(timer);
      this.#search();
      const [best] = this.shown;
      if (best) this.#choose(best.radio);
    });
    this.part.addEventListener("click", (event) => {
      // A press chooses; the arrow keys, which click too, only go along the list.
      if (event.target.name === "category" && !this.byKey) this.#collapse();
    });
    this.part.addEventListener("keydown", (event) => {
      this.byKey = event.target.name === "category" && event.key.startsWith("Arrow");
      if (event.target.name !== "category" || event.key !== "Enter") return;
      event.preventDefault();
      this.#choose(event.target);
    });
    this.part.addEventListener("pointerdown", () => (this.byKey = false));
    this.part.addEventListener("focusout", (event) => {
      if (event.target.name === "category" && !this.part.contains(event.relatedTarget)) this.#collapse({ quiet: true });
    });
    this.find("change").addEventListener("click", () => this.#open());
    // A draft that is taken up again ticks a category from outside.
    this.part.addEventListener("change", (event) => {
      if (event.target.name === "category" && !this.part.contains(document.activeElement)) this.#collapse({ quiet: true });
    });
  }

  get shown() {
    return search(this.input.value, this.things).slice(0, MOST);
  }

  #search() {
    const { dataset } = this.part;
    const asked = this.input.value.trim() !== "";
    const found = asked ? this.shown : [];
    this.#home();
    this.find("found").replaceChildren(...found.map(({ label }) => label));
    this.find("themes").hidden = found.length > 0;
    const many = found.length === 1 ? dataset.textOne : dataset.textMany.replace("{count}", found.length);
    this.find("found-said").textContent = found.length ? many : asked ? dataset.textNone : "";
  }

  // Each label back under its heading, in its order.
  #home() {
    for (const { label, home } of this.things) home.append(label);
  }

  #choose(radio) {
    if (!radio.checked) {
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.#collapse();
  }

  #collapse({ quiet = false } = {}) {
    const chosen = this.things.find(({ radio }) => radio.checked);
    if (!chosen) return;
    const inside = this.find("choosing").contains(document.activeElement);
    this.find("chosen-icon").textContent = chosen.label.querySelector("[data-icon]")?.textContent ?? "";
    this.find("chosen-name").textContent = chosen.label.dataset.name;
    this.find("chosen").hidden = false;
    this.find("choosing").hidden = true;
    if (inside && !quiet) this.find("change").focus();
  }

  #open() {
    this.input.value = "";
    this.#search();
    this.find("chosen").hidden = true;
    this.find("choosing").hidden = false;
    this.things.find(({ radio }) => radio.checked)?.label.closest("details")?.setAttribute("open", "");
    this.input.focus();
  }
}

for (const part of document.querySelectorAll("[data-categories]")) new Categories(part);
