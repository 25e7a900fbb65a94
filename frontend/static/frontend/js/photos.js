// Photos leave as soon as they are chosen, so that sending the form is quick and a mistake in it loses none. What
// cannot leave waits in the field and goes with the form. Without this script all of them do.
import { make, PhotoPlace } from "./photo-place.js";

class Photos {
  constructor(part) {
    this.part = part;
    this.words = part.dataset;
    this.form = part.closest("form");
    this.input = part.querySelector("input[type=file]");
    this.kept = part.querySelector("[data-photos-kept]");
    this.said = part.querySelector("[data-photos-said]");
    this.waiting = new Map(); // file -> its row
    const offer = this.form.querySelector("[data-photo-place]");
    this.place = offer && new PhotoPlace(offer, this.form, this.input);
    part.classList.add("photos--scripted");
    for (const box of this.kept.querySelectorAll("[data-photo-remove]")) box.replaceWith(this.#remover(box.closest("li")));
    this.input.addEventListener("change", () => this.#chosen());
  }

  async #chosen() {
    const files = [...this.input.files];
    this.#clearErrors();
    this.input.disabled = true;
    this.#hold(files);
    const said = [];
    for (const file of files) {
      if (this.kept.children.length >= Number(this.words.max)) {
        this.#showError(this.words.textFull);
        break;
      }
      this.said.textContent = this.words.textSending.replace("{name}", file.name);
      said.push(await this.#keep(file));
    }
    this.said.textContent = said.filter(Boolean).join(" ");
    this.input.disabled = false;
    this.#hold();
  }

  // Leaves in the field what waits, with those that are about to leave.
  #hold(leaving = []) {
    const files = new DataTransfer();
    for (const file of [...this.waiting.keys(), ...leaving]) files.items.add(file);
    this.input.files = files.files;
  }

  // Sends one photo; returns what there is to say, empty where an error says it.
  async #keep(file) {
    let answer;
    try {
      answer = await this.#send(file);
    } catch (error) {
      return this.#wait(file, error);
    }
    if (answer.error) {
      this.#showError(`${file.name} : ${answer.error}`);
      return "";
    }
    this.#show(answer.url, file.name, { token: answer.token });
    // The draft of this form (frontend/pwa) keeps the file in case it leaves long after the photo.
    this.part.dispatchEvent(new CustomEvent("parvis:photo", { bubbles: true, detail: { token: answer.token, file } }));
    if (this.place?.missing(answer.place)) return this.words.textUnplaced;
    return this.words.textKept.replace("{name}", file.name);
  }

  async #send(file) {
    const body = new FormData();
    body.append("photo", file);
    const headers = { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
    const response = await fetch(this.words.url, { method: "POST", headers, body });
    // A page that expired: the photo leaves with the form, which knows how to come back.
    if (response.status === 403) throw new Error("expired");
    return response.json();
  }

  // Where this device keeps what is written (frontend/pwa) nothing is wrong; elsewhere the person has to know.
  #wait(file, error) {
    console.warn(error);
    const url = URL.createObjectURL(file);
    this.waiting.set(file, this.#show(url, file.name, { file }));
    if (this.form.draftForm) return this.words.textWaiting.replace("{name}", file.name);
    this.#showError(`${file.name} : ${this.words.textFailed}`);
    return "";
  }

  // One that our side has, by its `token`, or that waits here, by its `file`.
  #show(url, name, { token, file }) {
    const row = make("li", {}, make("img", { src: url, alt: name }));
    if (token) row.prepend(make("input", { type: "hidden", name: "photo_tokens", value: token }));
    row.append(this.#remover(row, file));
    this.kept.append(row);
    return row;
  }

  #remover(row, file = null) {
    const button = make("button", { type: "button", className: "button", textContent: this.words.textRemove });
    button.addEventListener("click", () => {
      row.remove();
      if (this.waiting.delete(file)) this.#hold();
      this.#clearErrors();
      this.said.textContent = "";
      this.part.dispatchEvent(new Event("change", { bubbles: true })); // the draft hears of it
      this.input.focus();
    });
    return button;
  }

  #clearErrors() {
    this.part.querySelector(".field__error")?.remove();
    this.input.removeAttribute("aria-invalid");
  }

  #showError(text) {
    let list = this.part.querySelector(".field__error");
    if (!list) {
      list = make("ul", { className: "field__error", id: `${this.input.id}_error` });
      list.setAttribute("role", "alert");
      this.kept.before(list);
    }
    list.append(make("li", { textContent: text }));
    this.input.setAttribute("aria-invalid", "true");
  }
}

for (const part of document.querySelectorAll("[data-photos]")) {
  new Photos(part);
}
