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
  else if (!form.querySelector("input[data-lat]").value && !offer.children.length) return words.textUnplaced;
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

// The page says and the map shows where it was taken; only the person takes it as the place.
function offerPlace([lon, lat]) {
  const noted = make("input", { type: "hidden", name: "photo_place", value: `${lon.toFixed(6)},${lat.toFixed(6)}` });
  const yes = make("button", { type: "button", className: "button button--primary", textContent: offer.dataset.textYes });
  const no = make("button", { type: "button", className: "button button--quiet", textContent: offer.dataset.textNo });
  const asked = make("p", { className: "notice__title", textContent: offer.dataset.text });
  const named = make("p", { textContent: `${lat.toFixed(5)}, ${lon.toFixed(5)}` });
  const box = make("div", { className: "notice" }, asked, named, make("div", { className: "cluster" }, yes, no));
  const hide = showOnMap(lon, lat);
  const done = () => {
    hide();
    offer.replaceChildren();
    (form.querySelector("#place-part .map:not([hidden])") ?? input).focus();
  };
  yes.addEventListener("click", () => {
    const latitude = form.querySelector("input[data-lat]");
    form.querySelector("input[data-lon]").value = lon.toFixed(6);
    latitude.value = lat.toFixed(6);
    // The map listens to the one, the rest of the page to the other.
    for (const name of ["input", "change"]) latitude.dispatchEvent(new Event(name, { bubbles: true }));
    done();
  });
  no.addEventListener("click", done);
  box.setAttribute("role", "status");
  offer.replaceChildren(box, noted);
  nameOf(lon, lat).then(
    (name) => name && (named.textContent = name),
    (error) => console.warn(error), // the numbers stand there
  );
}

// The address closest to a place; empty where none is near.
async function nameOf(lon, lat) {
  const url = form.querySelector("[data-reverse-url]")?.dataset.reverseUrl;
  if (!url) return "";
  const response = await fetch(`${url}?${new URLSearchParams({ lon, lat })}`);
  const [found] = response.ok ? await response.json() : [];
  return found?.label ?? "";
}

// Rings the place on the map, where there is one by now; returns what takes the ring away.
function showOnMap(lon, lat) {
  const map = form.querySelector("[data-place-picker]")?.placePicker?.map;
  if (!map) return () => {};
  const spot = window.L.circleMarker([lat, lon], { radius: 14, color: "#e2a33b", weight: 5, fill: false, interactive: false });
  spot.addTo(map);
  map.setView([lat, lon], Math.max(map.getZoom(), 17));
  return () => spot.remove();
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
