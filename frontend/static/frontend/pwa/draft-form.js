// A form marked data-offline="<kind>": what is typed in it is kept at once, and leaves when there is a network.
// It needs a field `submission`, a number that makes sending it twice one thing. Where this script cannot keep
// anything, or the server wants a correction, the form leaves as a plain one.
/* global outbox */
import { button, day, fill, link, make, notice } from "./notice.js";
import { shrink } from "./shrink.js";

const PAUSE = 400; // milliseconds without a keystroke
const SKIPPED = new Set(["csrfmiddlewaretoken", "submission", "photo_remove"]);
const same = ({ name, size, lastModified }) => `${name} ${size} ${lastModified}`;

class DraftForm {
  constructor(form, { words, urls }, { kept, plan }) {
    Object.assign(this, { form, words, urls, kept, plan });
    this.photos = new Map(); // token -> photo the server holds already
    this.timer = null;
    this.saving = Promise.resolve();
    this.filling = false;
    this.plain = false;
    this.busy = false;
    this.wanted = []; // values of fields that are not there yet
  }

  async start() {
    this.owner = (await outbox.recall("owner")) ?? "";
    await this.#takeUp();
    for (const name of ["input", "change"]) this.form.addEventListener(name, () => this.#later());
    this.form.addEventListener("parvis:photo", ({ detail: { token, file } }) => {
      this.photos.set(token, { token, file, at: Date.now() });
      this.#later();
    });
    for (const name of ["htmx:afterSettle", "parvis:piece"]) this.form.addEventListener(name, () => this.#fillWanted());
    this.form.addEventListener("parvis:instead", () => this.#drop());
    this.form.addEventListener("submit", (event) => this.#submit(event));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.#now());
    addEventListener("pagehide", () => this.#now());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#takeUp());
    if (this.#typed()) this.#later(); // before this script was there
    if (!navigator.onLine) this.#sayOffline();
    addEventListener("offline", () => this.#sayOffline());
    addEventListener("online", () => {
      this.said?.remove();
      this.#freshToken();
    });
  }

  get id() {
    return this.form.elements.submission.value;
  }

  #typed() {
    const text = ({ type, value, defaultValue }) => type !== "hidden" && defaultValue !== undefined && value !== defaultValue;
    const tick = ({ checked, defaultChecked }) => checked !== defaultChecked;
    const ticks = ["checkbox", "radio"];
    return [...this.form.elements].some((one) => (ticks.includes(one.type) ? tick(one) : text(one)));
  }

  // What this form has to do with drafts: it is one that came back, one asked for, or a new one beside others.
  async #takeUp() {
    const address = new URL(location.href);
    const asked = address.searchParams.get("brouillon");
    if (asked) {
      address.searchParams.delete("brouillon");
      history.replaceState(history.state, "", address);
    }
    // What was begun before signing in is taken along.
    const mine = ({ kind, owner }) => kind === this.form.dataset.offline && ["", this.owner].includes(owner);
    const drafts = (await outbox.all()).filter(mine);
    const current = drafts.find(({ id }) => id === this.id);
    if (asked && drafts.some(({ id, state }) => id === asked && state !== "sent")) {
      await this.#resume(asked);
    } else if (current && current.state !== "sent" && !this.kept) {
      this.#fillChoices(await outbox.edit(this.id));
    } else {
      if (current || this.kept) this.form.elements.submission.value = crypto.randomUUID();
      if (this.kept) this.#fillKnown(address);
      const last = drafts.find(({ state }) => state === "draft" || state === "fix");
      if (last && this.#returned(last)) this.#fillChoices(await outbox.edit((this.form.elements.submission.value = last.id)));
      else if (last) this.#offer(last);
    }
    if (this.kept) this.#freshToken();
  }

  #offer(draft) {
    const words = this.words;
    const resume = button(words.resume, () => this.#resume(draft.id).then(() => box.remove()), "button button--primary");
    const drop = button(words.drop, () => outbox.remove(draft.id).then(() => box.remove()));
    const title = fill(words.offer, { day: day(draft.changed) });
    const box = notice({ title, text: draft.title, actions: [resume, drop, link(this.urls.drafts, words.all)], before: this.form });
  }

  async #resume(id) {
    const draft = await outbox.edit(id);
    if (!draft || draft.state !== "draft") return;
    const errors = draft.errors ?? [];
    this.filling = true;
    this.form.elements.submission.value = id;
    this.wanted = draft.entries.filter(([name]) => !SKIPPED.has(name) && name !== "photo_tokens");
    this.#untick();
    this.#fillWanted();
    this.#givePhotos(await outbox.photos(id));
    this.filling = false;
    const text = errors.join(" ");
    const box = notice({ title: this.words.resumed, text, tone: errors.length ? "warning" : "info", before: this.form });
    box.tabIndex = -1;
    box.focus();
  }

  // What the address says, which the server could not put in a page the device kept: data-known="<said>:<field> …".
  #fillKnown({ searchParams }) {
    const pairs = (this.form.dataset.known ?? "").split(" ").map((pair) => pair.split(":"));
    this.wanted = pairs.filter(([said]) => searchParams.get(said)).map(([said, field]) => [field, searchParams.get(said)]);
    this.#fillWanted();
  }

  // Whether the person came back to the page on which that draft was written: the browser gave back its words.
  #returned({ state, title }) {
    const [{ type } = {}] = performance.getEntriesByType("navigation");
    return type === "back_forward" && state === "draft" && title !== "" && title === this.#title();
  }

  #title() {
    const said = this.form.querySelector("[data-offline-title]") ?? this.form.querySelector("textarea");
    return (said?.value ?? "").trim().slice(0, 120);
  }

  // The browser gives back what was typed in a page one returns to, but neither a choice among things that scripts move
  // about (those have autocomplete="off"), nor what came into the page later.
  #fillChoices({ entries }) {
    const controls = (name) => [...this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    const left = (found) => found.every(({ type, checked }) => type === "radio" && !checked);
    this.wanted = entries.filter(([name]) => !SKIPPED.has(name) && name !== "photo_tokens" && left(controls(name)));
    this.#fillWanted();
  }

  #untick() {
    const names = new Set(this.wanted.map(([name]) => name));
    for (const control of this.form.elements) {
      if (["checkbox", "radio"].includes(control.type) && control.name && !names.has(control.name)) control.checked = false;
    }
  }

  // Puts each value in its field; what has none yet waits for the piece of the page that brings it.
  #fillWanted() {
    const left = [];
    const filled = new Map();
    const changed = [];
    for (const [name, value] of this.wanted) {
      const controls = [...this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter(({ type }) => type !== "file");
      const ticks = controls.filter(({ type }) => type === "checkbox" || type === "radio");
      const tick = ticks.find((one) => one.value === value);
      const position = filled.get(name) ?? 0;
      const control = ticks.length ? tick : controls[position];
      if (!control) {
        left.push([name, value]);
        continue;
      }
      filled.set(name, position + 1);
      if (tick) tick.checked = true;
      else control.value = value;
      changed.push(control);
    }
    this.wanted = left;
    // Told only now: a piece of the page that is asked for anew takes all the values along.
    for (const control of changed) {
      for (const event of ["input", "change"]) control.dispatchEvent(new Event(event, { bubbles: true }));
    }
  }

  #givePhotos(photos) {
    for (const input of this.form.querySelectorAll("input[type=file]")) {
      const files = new DataTransfer();
      for (const { field, name, blob } of photos) {
        if (field === input.name) files.items.add(new File([blob], name, { type: blob.type }));
      }
      if (!files.items.length) continue;
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  #later() {
    if (this.filling || this.busy) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#now(), PAUSE);
    this.touched = true;
  }

  #now() {
    clearTimeout(this.timer);
    if (!this.touched || this.busy) return this.saving;
    this.touched = false;
    this.saving = this.saving
      .then(() => this.#collect())
      .then(([draft, photos]) => outbox.keep(draft, photos))
      .catch((error) => this.#full(error));
    return this.saving;
  }

  // Something else was done instead of sending it: nothing of it stays here, unless it is gone on with.
  async #drop() {
    clearTimeout(this.timer);
    this.touched = false;
    await this.saving;
    await outbox.remove(this.id);
  }

  // [draft, photos] of the form as it stands.
  async #collect(submitter = null) {
    const { form } = this;
    const entries = this.#entries(submitter).filter(([name, value]) => typeof value === "string" && !SKIPPED.has(name));
    const mine = ([name, value]) => name === "photo_tokens" && this.photos.has(value);
    const tokens = entries.filter(mine).map(([, token]) => token);
    const there = new Set(tokens.map((token) => same(this.photos.get(token).file)));
    const waiting = [...form.querySelectorAll("input[type=file]")].flatMap((input) =>
      [...input.files].filter((file) => !there.has(same(file))).map((file) => [input.name, file]),
    );
    const photos = await Promise.all([
      ...tokens.map((token) => this.#sent(token)),
      ...waiting.map(async ([field, file]) => ({ field, name: file.name, blob: await shrink(file) })),
    ]);
    const others = entries.filter((one) => !mine(one));
    const draft = {
      id: this.id,
      kind: form.dataset.offline,
      action: form.getAttribute("action") || location.pathname,
      page: location.pathname,
      session: this.urls.session,
      owner: this.owner,
      entries: [...others, ["submission", this.id]],
      title: this.#title(),
    };
    return [draft, photos];
  }

  #entries(submitter) {
    const entries = [...new FormData(this.form)];
    return submitter?.name ? [...entries, [submitter.name, submitter.value]] : entries;
  }

  async #sent(token) {
    const { file, at } = this.photos.get(token);
    const input = this.form.querySelector("input[type=file]");
    return { field: input.name, name: file.name, blob: await shrink(file), token, at };
  }

  #full(error) {
    console.warn(error);
    this.warned ??= notice({ text: this.words.full, tone: "warning", before: this.form });
  }

  async #submit(event) {
    const { submitter } = event;
    if (this.plain || event.defaultPrevented || submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    if (this.busy) return;
    if (!this.#typed() && !this.photos.size) {
      this.#sendPlain(submitter); // nothing to keep: the server says what is missing
      return;
    }
    this.busy = true;
    this.lacking?.remove();
    clearTimeout(this.timer);
    const progress = notice({ text: this.words.sending, before: submitter?.closest("p, div") ?? this.form });
    try {
      await this.saving;
      await outbox.queue(...(await this.#collect(submitter)));
      navigator.storage?.persist?.();
      await outbox.flush({ id: this.id });
      await this.#after(await outbox.get(this.id), submitter);
    } catch (error) {
      console.warn(error);
      this.#sendPlain(submitter);
    } finally {
      progress.remove();
      this.busy = false;
    }
  }

  async #after(draft, submitter) {
    if (draft.state === "sent") {
      await outbox.claimTelling(draft.id);
      location.assign(draft.url);
    } else if (draft.state === "fix" || (await outbox.recall("owner")) !== draft.owner) {
      // The server says it best itself, beside each field.
      await outbox.edit(draft.id);
      await this.#freshToken();
      this.#sendPlain(submitter);
    } else if (this.#missing().length) {
      await outbox.edit(draft.id);
      this.#sayMissing();
    } else {
      this.#sayKept(draft);
      await this.#callLater();
      this.plan(Math.max(draft.after - Date.now(), 0));
    }
  }

  #sendPlain(submitter) {
    this.plain = true;
    // The proof was spent on the first try: another is made before this one leaves.
    for (const proof of this.form.querySelectorAll("[data-proof] input")) proof.value = "";
    this.form.requestSubmit(submitter);
  }

  // Has the browser wake the worker when the network is back, where it can.
  async #callLater() {
    try {
      const registration = await navigator.serviceWorker?.getRegistration();
      await registration?.sync?.register(outbox.NAME);
    } catch (error) {
      console.warn(error);
    }
  }

  #sayKept(draft) {
    const { words, urls } = this;
    const text = draft.status === 429 ? words.queuedBusy : draft.status ? words.queuedTrouble : words.queuedOffline;
    const again = button(words.another, () => location.assign(location.pathname));
    const actions = [link(urls.drafts, words.all, "button"), again];
    const box = notice({ title: words.queued, text, tone: "success", actions, before: this.form });
    for (const one of document.querySelectorAll("main > .notice")) if (one !== box) one.remove();
    this.form.hidden = true;
    box.tabIndex = -1;
    box.focus();
  }

  // The parts that need an answer and have none: what leaves by itself has nobody to answer for it.
  #missing() {
    const given = this.#entries(null).filter(([, value]) => typeof value === "string" && value.trim()).map(([name]) => name);
    const has = (needed) => given.some((name) => name === needed || name.startsWith(`${needed}_`));
    return [...this.form.querySelectorAll("[data-needed]")].filter(({ dataset }) => !has(dataset.needed));
  }

  #sayMissing() {
    const parts = this.#missing();
    const name = (part) => part.querySelector("legend, label").firstChild.textContent.trim();
    const items = parts.map((part) => make("li", { textContent: name(part) }));
    this.lacking?.remove();
    this.lacking = notice({ title: this.words.missing, tone: "error", actions: [make("ul", {}, ...items)], before: parts[0] });
    this.lacking.tabIndex = -1;
    this.lacking.focus();
  }

  #sayOffline() {
    this.said?.remove();
    this.said = notice({ title: this.words.offlineTitle, text: this.words.offline, before: this.form });
  }

  // A page that the device had kept carries nobody's token.
  async #freshToken() {
    try {
      const { token } = await outbox.whose(this.urls.session);
      this.form.elements.csrfmiddlewaretoken.value = token;
    } catch (error) {
      console.warn(error);
    }
  }
}

export async function start(form, speech, options) {
  const drafts = new DraftForm(form, speech, options);
  await drafts.start();
  form.draftForm = drafts;
}
