// Where a photo was taken: the page says and the map shows it; only the person takes it as the place.

// Metres within which the place that was chosen is that of the photo.
const SAME = 50;

export class PhotoPlace {
  constructor(offer, form, input) {
    Object.assign(this, { offer, form, input });
    const noted = offer.querySelector("[name=photo_place]");
    // The form came back with a place to offer: a button is handier than the box it has without scripts.
    if (offer.querySelector("[name=use_photo_place]")) this.propose(noted.value.split(",").map(Number));
  }

  // Offers the place of a photo, [lon, lat]; whether there is none, and none known either.
  missing(place) {
    if (place) this.propose(place);
    return !place && !this.#chosen() && !this.offer.children.length;
  }

  propose([lon, lat]) {
    const chosen = this.#chosen();
    if (chosen && metres(chosen, [lon, lat]) < SAME) return;
    const { offer, form } = this;
    const noted = make("input", { type: "hidden", name: "photo_place", value: `${lon.toFixed(6)},${lat.toFixed(6)}` });
    const yes = make("button", { type: "button", className: "button button--primary", textContent: offer.dataset.textYes });
    const no = make("button", { type: "button", className: "button button--quiet", textContent: offer.dataset.textNo });
    const asked = make("p", { className: "notice__title", textContent: offer.dataset.text });
    const named = make("p", { textContent: `${lat.toFixed(5)}, ${lon.toFixed(5)}` });
    const box = make("div", { className: "notice" }, asked, named, make("div", { className: "cluster" }, yes, no));
    this.hide?.();
    this.hide = this.#showOnMap(lon, lat, { move: !chosen });
    const done = () => {
      this.hide();
      offer.replaceChildren();
      (form.querySelector("#place-part .map:not([hidden])") ?? this.input).focus();
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
    this.#nameOf(lon, lat).then(
      (name) => name && (named.textContent = name),
      (error) => console.warn(error), // the numbers stand there
    );
  }

  // The place of the form, [lon, lat], or null.
  #chosen() {
    const [lon, lat] = ["lon", "lat"].map((name) => {
      const text = this.form.querySelector(`input[data-${name}]`).value.trim().replace(",", ".");
      return text ? Number(text) : NaN;
    });
    return Number.isFinite(lon) && Number.isFinite(lat) ? [lon, lat] : null;
  }

  // The address closest to a place; empty where none is near.
  async #nameOf(lon, lat) {
    const url = this.form.querySelector("[data-reverse-url]")?.dataset.reverseUrl;
    if (!url) return "";
    const response = await fetch(`${url}?${new URLSearchParams({ lon, lat })}`);
    const [found] = response.ok ? await response.json() : [];
    return found?.label ?? "";
  }

  // Rings the place on the map, where there is one by now; returns what takes the ring away.
  #showOnMap(lon, lat, { move }) {
    const map = this.form.querySelector("[data-place-picker]")?.placePicker?.map;
    if (!map) return () => {};
    const spot = window.L.circleMarker([lat, lon], { radius: 14, color: "#e2a33b", weight: 5, fill: false, interactive: false });
    spot.addTo(map);
    if (move) map.setView([lat, lon], Math.max(map.getZoom(), 17));
    return () => spot.remove();
  }
}

// Between two places, [lon, lat] each, close to one another.
function metres([lon, lat], [otherLon, otherLat]) {
  const east = (otherLon - lon) * Math.cos((lat * Math.PI) / 180);
  return Math.hypot(east, otherLat - lat) * 111_194;
}

export function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
