// Choosing a place on the map, by hand, by keyboard or by the device's position; the two number fields stay in step.
/* global L */
import { createMap } from "./map.js";
import { pin } from "./signs.js";

const CLOSE = 17; // zoom at which a single house can be pointed at
const INSIDE = { lon: [-180, 180], lat: [-90, 90] };

function number(input, [least, most]) {
  const value = Number.parseFloat(input.value.trim().replace(",", "."));
  return Number.isFinite(value) && value >= least && value <= most ? value : null;
}

class PlacePicker {
  constructor(element) {
    this.element = element;
    this.words = element.dataset;
    this.lon = element.querySelector("[data-lon]");
    this.lat = element.querySelector("[data-lat]");
    this.said = element.querySelector("[data-place-said]");
    this.marker = null;
    this.#map();
    this.#fields();
    this.#locate();
    this.#fromFields({ quiet: true });
    // With a map the numbers are for those who want them, or have to correct them.
    const typed = element.querySelector("[data-place-typed]");
    if (typed && !typed.querySelector('[aria-invalid="true"]')) typed.open = false;
  }

  #map() {
    const frame = this.element.querySelector(".map");
    if (this.words.textMap) frame.dataset.label = this.words.textMap;
    this.map = createMap(frame, { keyboardPanDelta: 60 });
    // The cross is where Enter will put the place; it shows while the map has the focus.
    L.DomUtil.create("div", "place__cross", frame).setAttribute("aria-hidden", "true");
    this.map.on("click", ({ latlng }) => this.choose(latlng));
    frame.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== frame) return;
      event.preventDefault(); // or the form would be sent
      this.choose(this.map.getCenter());
    });
  }

  #fields() {
    for (const input of [this.lon, this.lat]) {
      input.addEventListener("input", () => this.#fromFields({}));
    }
    // A pair pasted into one box, "43.6045, 1.4442" as map applications give it: latitude first.
    this.element.addEventListener("paste", (event) => {
      if (event.target !== this.lon && event.target !== this.lat) return;
      const pair = event.clipboardData.getData("text").match(/^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/);
      if (!pair) return;
      event.preventDefault();
      this.choose(L.latLng(Number(pair[1]), Number(pair[2])), { near: true });
    });
  }

  #locate() {
    const button = this.element.querySelector("[data-locate]");
    if (!button || !navigator.geolocation) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      this.#say(this.words.textLocating);
      button.disabled = true;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          button.disabled = false;
          this.choose(L.latLng(coords.latitude, coords.longitude), { near: true });
        },
        () => {
          button.disabled = false;
          this.#say(this.words.textRefused);
          this.element.querySelector("[data-place-typed]")?.setAttribute("open", "");
        },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
      );
    });
  }

  // Takes a place, writes it in the fields and tells the page. `near` brings the map close to it.
  choose(latlng, { near = false } = {}) {
    const { lat, lng } = latlng.wrap();
    this.lat.value = lat.toFixed(6);
    this.lon.value = lng.toFixed(6);
    this.#mark(lat, lng, near);
    this.#tell(lng, lat);
    for (const input of [this.lon, this.lat]) input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #fromFields({ quiet = false }) {
    const lon = number(this.lon, INSIDE.lon);
    const lat = number(this.lat, INSIDE.lat);
    if (lon === null || lat === null) return;
    this.#mark(lat, lon, true);
    if (!quiet) this.#tell(lon, lat);
  }

  #mark(lat, lon, near) {
    if (!this.marker) {
      this.marker = L.marker([lat, lon], { icon: pin(), draggable: true, keyboard: false, autoPan: true }).addTo(this.map);
      this.marker.on("dragend", () => this.choose(this.marker.getLatLng()));
    }
    this.marker.setLatLng([lat, lon]);
    if (near) this.map.setView([lat, lon], Math.max(this.map.getZoom(), CLOSE));
    else this.map.panInside([lat, lon], { padding: [40, 60] });
  }

  #tell(lon, lat) {
    this.#say((this.words.textChosen ?? "").replace("{lat}", lat.toFixed(5)).replace("{lon}", lon.toFixed(5)));
    this.element.dispatchEvent(new CustomEvent("parvis:place", { bubbles: true, detail: { lon, lat } }));
  }

  #say(text) {
    this.said.textContent = text ?? "";
  }
}

export function start(element) {
  element.placePicker = new PlacePicker(element);
}
