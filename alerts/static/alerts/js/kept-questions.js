// Without a network the chosen category asks what this device has kept of the questions of all of them.
const LOST = ["htmx:sendError", "htmx:timeout", "htmx:responseError"];

class KeptQuestions {
  constructor(form, part) {
    Object.assign(this, { form, part });
    for (const name of LOST) part.addEventListener(name, () => this.#ask().catch((error) => console.warn(error)));
  }

  get #chosen() {
    return this.form.querySelector("[name=category]:checked")?.value ?? "";
  }

  async #ask() {
    const code = this.#chosen;
    const answer = await fetch(this.part.dataset.keptUrl);
    if (!answer.ok) throw new Error(answer.statusText);
    const all = new DOMParser().parseFromString(await answer.text(), "text/html");
    const kept = all.querySelector(`template[data-category="${CSS.escape(code)}"]`);
    if (!kept || code !== this.#chosen) return;
    const piece = document.importNode(kept.content, true);
    const email = piece.querySelector("#email-part");
    email.remove();
    this.part.replaceChildren(piece);
    if (!("signedIn" in this.part.dataset)) this.#swapEmail(email);
    // The draft puts back what was answered before.
    this.part.dispatchEvent(new CustomEvent("parvis:piece", { bubbles: true }));
  }

  #swapEmail(email) {
    const typed = this.form.elements.email?.value ?? "";
    email.removeAttribute("hx-swap-oob");
    this.form.querySelector("#email-part").replaceWith(email);
    if (this.form.elements.email) this.form.elements.email.value = typed;
  }
}

export function start(form) {
  return new KeptQuestions(form, form.querySelector("#asks-part"));
}
