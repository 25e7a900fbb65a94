// Photos leave as soon as they are chosen, so that sending the form is quick and a mistake in it loses none.
// Without this script they leave with the form.
const part = document.querySelector("[data-photos]");
const form = part.closest("form");
const input = part.querySelector("input[type=file]");
const kept = part.querySelector("[data-photos-kept]");
const said = part.querySelector("[data-photos-said]");
const offer = form.querySelector("[data-photo-place]");
const words = part.dataset;

input.addEventListener("change", async () => {
  const unsent = new DataTransfer();
  const files = [...input.files];
  clearErrors();
  input.disabled = true;
  for (const file of files) {
    if (kept.children.length >= Number(words.max)) {
      showError(words.textFull);
      break;
    }
    said.textContent = words.textSending.replace("{name}", file.name);
    said.textContent = await keep(file, unsent);
  }
  input.disabled = false;
  // What could not leave stays chosen and leaves with the form.
  input.files = unsent.files;
});

kept.addEventListener("change", (event) => {
  if (event.target.name !== "photo_remove") return;
  event.target.closest("li").remove();
  input.focus();
});

// Sends one photo; returns what there is to say, empty where an error says it.
async function keep(file, unsent) {
  let answer;
  try {
    answer = await send(file);
  } catch {
    unsent.items.add(file);
    showError(`${file.name} : ${words.textFailed}`);
    return "";
  }
  if (answer.error) {
    showError(`${file.name} : ${answer.error}`);
    return "";
  }
  show(answer, file.name);
  // The draft of this form (frontend/pwa) keeps the file in case it leaves long after the photo.
  part.dispatchEvent(new CustomEvent("parvis:photo", { bubbles: true, detail: { token: answer.token, file } }));
  if (answer.place) offerPlace(answer.place);
  return words.textKept.replace("{name}", file.name);
}

async function send(file) {
  const body = new FormData();
  body.append("photo", file);
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const response = await fetch(words.url, { method: "POST", headers, body });
  // A page that expired: the photo leaves with the form, which knows how to come back.
  if (response.status === 403) throw new Error("expired");
  return response.json();
}

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function show(answer, name) {
  kept.append(
    make(
      "li",
      {},
      make("input", { type: "hidden", name: "photo_tokens", value: answer.token }),
      make("img", { src: answer.url, alt: name }),
      make(
        "div",
        { className: "choices" },
        make("label", {}, make("input", { type: "checkbox", name: "photo_remove", value: answer.token }), words.textRemove),
      ),
    ),
  );
}

function offerPlace([lon, lat]) {
  const button = make("button", { type: "button", className: "button", textContent: offer.dataset.text });
  const noted = make("input", { type: "hidden", name: "photo_place", value: `${lon.toFixed(6)},${lat.toFixed(6)}` });
  button.addEventListener("click", () => {
    const latitude = form.querySelector("input[data-lat]");
    form.querySelector("input[data-lon]").value = lon.toFixed(6);
    latitude.value = lat.toFixed(6);
    // The map listens to the one, the preview of the service to the other.
    for (const name of ["input", "change"]) latitude.dispatchEvent(new Event(name, { bubbles: true }));
    offer.replaceChildren();
  });
  offer.replaceChildren(button, noted);
}

function clearErrors() {
  part.querySelector(".field__error")?.remove();
  input.removeAttribute("aria-invalid");
}

function showError(text) {
  let list = part.querySelector(".field__error");
  if (!list) {
    list = make("ul", { className: "field__error", id: `${input.id}_error` });
    list.setAttribute("role", "alert");
    kept.before(list);
  }
  list.append(make("li", { textContent: text }));
  input.setAttribute("aria-invalid", "true");
}

// The form came back with a place to offer: a button is handier than the box it has without this script.
const noted = offer.querySelector("[name=photo_place]");
if (offer.querySelector("[name=use_photo_place]")) offerPlace(noted.value.split(",").map(Number));
