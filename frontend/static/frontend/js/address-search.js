// A search box for addresses: the list of what was found follows the ARIA pattern of a combobox with a listbox.
const WAIT = 200; // milliseconds without a key before the server is asked
const LEAST = 3; // characters worth a question
const SHOWN = 6;

export class AddressSearch {
  // `words` are the texts (search_url, none, one, many, failed), `near()` gives {lon, lat} or null: of equals the
  // closest comes first; `picked(found)` is told what was chosen.
  constructor(input, list, status, { url, words, near, picked }) {
    Object.assign(this, { input, list, status, url, words, near, picked });
    this.found = [];
    this.active = -1;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.close());
    input.addEventListener("focus", () => this.found.length && this.#open());
    // The box keeps the focus while a finger or a mouse chooses.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#pick(this.found[[...list.children].indexOf(option)]);
    });
  }

  // Puts a text that is no question into the box.
  set(text) {
    this.#forget();
    this.input.value = text;
    this.#say("");
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }

  #open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  #forget() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.found = [];
    this.close();
    this.list.replaceChildren();
  }

  #typed() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    if (this.input.value.trim().length < LEAST) {
      this.#forget();
      this.#say("");
      return;
    }
    this.waiting = setTimeout(() => this.#ask(), WAIT);
  }

  async #ask() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.asking = new AbortController();
    const query = new URLSearchParams({ q: this.input.value.trim(), limit: SHOWN, ...this.near() });
    try {
      const response = await fetch(`${this.url}?${query}`, { signal: this.asking.signal });
      if (!response.ok) throw new Error(response.statusText);
      this.#show(await response.json());
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#forget();
      this.#say(this.words.failed, true);
    }
  }

  #show(found) {
    this.found = found;
    this.list.replaceChildren(...found.map((one, number) => this.#option(one, number)));
    this.#mark(-1);
    if (found.length && document.activeElement === this.input) this.#open();
    else this.close();
    const say = found.length === 0 ? this.words.none : found.length === 1 ? this.words.one : this.words.many;
    this.#say(say.replace("{n}", found.length), found.length === 0);
  }

  #option({ name, city }, number) {
    const option = document.createElement("li");
    option.id = `${this.list.id}_${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.append(name);
    if (city) {
      const where = document.createElement("small");
      where.textContent = city;
      option.append(" ", where);
    }
    return option;
  }

  #key(event) {
    const open = !this.list.hidden;
    const last = this.found.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.found.length) return;
      event.preventDefault();
      this.#open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = this.active + step;
      this.#mark(next > last ? 0 : next < 0 ? last : next);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && this.input.value.trim()) {
      event.preventDefault(); // or the form would be sent
      if (open) this.#pick(this.found[Math.max(this.active, 0)]);
      else this.#ask();
    }
  }

  #mark(number) {
    this.active = number;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === number)));
    const option = this.list.children[number];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  #pick(found) {
    this.set(found.label);
    this.picked(found);
  }

  // What is heard is also seen where nothing else shows it.
  #say(text, seen = false) {
    this.status.textContent = text;
    this.status.classList.toggle("visually-hidden", !seen);
  }
}
