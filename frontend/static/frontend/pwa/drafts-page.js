// The page of drafts: what this device keeps, in which state, and what its owner may do with it.
/* global outbox */
import { button, day, fill, link, make } from "./notice.js";

const BADGES = { draft: "progress", queued: "progress", fix: "open", expired: "open", held: "open", sent: "fixed" };

class DraftsPage {
  constructor(element, { words, urls }, { send }) {
    Object.assign(this, { element, words, urls, send });
    this.unsent = element.querySelector("[data-drafts-unsent]");
    this.sent = element.querySelector("[data-drafts-sent]");
    this.shown = Promise.resolve();
  }

  start() {
    const erase = this.element.querySelector("[data-drafts-erase]");
    const sure = this.element.querySelector("[data-drafts-sure]");
    erase.addEventListener("click", () => {
      sure.hidden = false;
      sure.querySelector("button").focus();
    });
    sure.querySelector("[data-yes]").addEventListener("click", async () => {
      await outbox.clear();
      sure.hidden = true;
      document.querySelector("h1").focus();
    });
    sure.querySelector("[data-no]").addEventListener("click", () => {
      sure.hidden = true;
      erase.focus();
    });
    outbox.listen(() => this.show());
    return this.show();
  }

  // One drawing after the other, so that the last one shows how things are.
  show() {
    this.shown = this.shown.then(() => this.#draw());
    return this.shown;
  }

  async #draw() {
    const owner = (await outbox.recall("owner")) ?? "";
    const all = await outbox.all();
    // What somebody else wrote under an account is not for the next person's eyes.
    const foreign = (draft) => draft.owner !== "" && draft.owner !== owner;
    const sent = all.filter((draft) => draft.state === "sent" && !foreign(draft));
    const unsent = all.filter(({ state }) => state !== "sent");
    const rows = [];
    for (const draft of unsent) rows.push(foreign(draft) ? this.#foreign(draft) : await this.#unsent(draft, owner));
    const focused = document.activeElement?.dataset?.does;
    const key = document.activeElement?.closest("[data-draft]")?.dataset.draft;
    this.#put(this.unsent, rows, this.words.noDrafts);
    this.#put(this.sent, sent.map((draft) => this.#sent(draft)), this.words.noSent);
    if (key) this.element.querySelector(`[data-draft="${CSS.escape(key)}"] [data-does="${focused}"]`)?.focus();
    this.element.querySelector("[data-drafts-all]").hidden = !all.length;
    this.element.dataset.ready = "yes";
  }

  #put(list, rows, none) {
    for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    list.replaceChildren(...(rows.length ? rows : [make("li", { className: "card__meta", textContent: none })]));
  }

  #row(draft, state, ...parts) {
    const badge = make("span", { className: `badge badge--${BADGES[state]}`, textContent: this.words.states[state] });
    const row = make("li", {}, make("p", { className: "cluster" }, badge), ...parts);
    row.dataset.draft = draft.id;
    row.dataset.state = state;
    return row;
  }

  async #unsent(draft, owner) {
    const { words } = this;
    const held = draft.state === "queued" && draft.owner !== owner;
    const state = outbox.expired(draft) ? "expired" : held ? "held" : draft.state;
    const title = make("p", { className: "rows__title", textContent: draft.title || words.untitled });
    const meta = make("p", { className: "card__meta", textContent: fill(words.written, { day: day(draft.changed) }) });
    const parts = [title, meta, ...(await this.#photos(draft))];
    const said = this.#said(draft, state);
    if (said.length) parts.push(make("ul", { className: state === "fix" ? "field__error" : "card__meta" }, ...said));
    parts.push(make("div", { className: "cluster" }, ...this.#actions(draft, state, owner)));
    return this.#row(draft, state, ...parts);
  }

  #said(draft, state) {
    const { words } = this;
    const texts = { expired: [words.expired], held: [words.held], fix: draft.errors?.length ? draft.errors : [words.fix] };
    const waiting = draft.after > Date.now() ? fill(words.next, { day: day(draft.after) }) : words.waiting;
    const said = texts[state] ?? (state === "queued" ? [waiting] : []);
    return said.map((text) => make("li", { textContent: text }));
  }

  #actions(draft, state, owner) {
    const { words } = this;
    const again = async () => {
      await outbox.again(draft.id, owner);
      await outbox.flush({ id: draft.id });
      await this.show();
      this.send();
    };
    const edit = link(`${draft.page}?brouillon=${encodeURIComponent(draft.id)}`, words.edit, "button");
    edit.dataset.does = "edit";
    const send = state === "held" ? (owner ? words.sendAsMe : words.sendAnyway) : words.send;
    const actions = [edit, this.#delete(draft)];
    if (["queued", "held", "expired"].includes(state)) actions.unshift(this.#button(send, "send", again));
    return actions;
  }

  #button(text, does, press) {
    const element = button(text, press, does === "send" ? "button button--primary" : "button button--quiet");
    element.dataset.does = does;
    return element;
  }

  #delete(draft) {
    const element = this.#button(this.words.drop, "delete", async () => {
      await outbox.remove(draft.id);
      await this.show();
      document.querySelector("h1").focus();
    });
    element.setAttribute("aria-label", fill(this.words.dropNamed, { title: draft.title || this.words.untitled }));
    return element;
  }

  #foreign(draft) {
    const text = make("p", { textContent: this.words.foreign });
    return this.#row(draft, "held", text, make("div", { className: "cluster" }, this.#delete({ ...draft, title: "" })));
  }

  async #photos(draft) {
    const photos = await outbox.photos(draft.id);
    if (!photos.length) return [];
    const images = photos.map(({ blob, name }) => make("li", {}, make("img", { src: URL.createObjectURL(blob), alt: name })));
    return [make("ul", { className: "thumbs" }, ...images)];
  }

  #sent(draft) {
    const { words } = this;
    const title = make("p", { className: "rows__title" }, link(draft.url.split("?")[0], draft.title || words.untitled));
    const meta = make("p", { className: "card__meta", textContent: fill(words.sentOn, { day: day(draft.sent) }) });
    return this.#row(draft, "sent", title, meta, make("div", { className: "cluster" }, this.#delete(draft)));
  }
}

export function start(element, speech, options) {
  return new DraftsPage(element, speech, options).start();
}
