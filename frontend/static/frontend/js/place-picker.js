// Choosing a place by its address, on the map by hand or keyboard, or by the device's position; the two number fields
// stay in step. Tells the page `parvis:place` {lon, lat} and then `parvis:address` {label, distance} of the place.
/* global L */
import { AddressSearch } from "./address-search.js";
import { createMap } from "./map.js";
import { pin } from "./signs.js";

const CLOSE = 17; // zoom at which a single house can be pointed at
const WIDE = 14; // zoom that shows a village whole
const CLOSE_BY = 50; // metres within which an address is that of the place
const REST = 400; // milliseconds without a change before the address of a place is asked
const INSIDE = { lon: [-180, 180], lat: [-90, 90] };

function number(input, [least, most]) {
  const text = input.value.trim().replace(",", ".");
  const value = /^-?\d+(\.\d*)?$/.test(text) ? Number.parseFloat(text) : NaN;
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
    this.#search();
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
    this.map.on("unfold", () => this.marker && this.map.setView(this.marker.getLatLng(), CLOSE));
    frame.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== frame) return;
      event.preventDefault(); // or the form would be sent
      this.choose(this.map.getCenter());
    });
  }

  #search() {
    const { searchUrl, textNone, textOne, textMany, textFailed } = this.words;
    const find = (selector) => this.element.querySelector(selector);
    this.search = new AddressSearch(find("[data-search]"), find("[role=listbox]"), find("[data-search-said]"), {
      url: searchUrl,
      words: { none: textNone, one: textOne, many: textMany, failed: textFailed },
      near: () => {
        const { lng, lat } = this.map.getCenter().wrap();
        return { lon: lng.toFixed(5), lat: lat.toFixed(5) };
      },
      picked: (found) => this.#take(found),
    });
    find("[data-place-choices]")?.addEventListener("change", ({ target }) => {
      const [lon, lat] = target.value.split(",").map(Number);
      this.#take({ kind: "address", label: target.parentElement.textContent.trim(), lon, lat });
    });
  }

  // An address that was found and chosen. A whole town is no place: the map only goes there.
  #take({ kind, label, lon, lat }) {
    if (kind === "territory") {
      this.map.setView([lat, lon], WIDE);
      this.#say(this.words.textMoved.replace("{label}", label));
      return;
    }
    this.#set(L.latLng(lat, lon), true);
    this.#say(this.words.textPicked.replace("{label}", label));
    this.#address({ label, distance: 0 });
  }

  #fields() {
    for (const input of [this.lon, this.lat]) {
      input.addEventListener("input", () => this.#fromFields({}));
      input.addEventListener("change", () => this.#pair(input.value));
    }
    this.element.addEventListener("paste", (event) => {
      if (event.target !== this.lon && event.target !== this.lat) return;
      if (this.#pair(event.clipboardData.getData("text"))) event.preventDefault();
    });
  }

  // Takes a pair in one box, "43.6045, 1.4442" as map applications give it, or "43,6045 1,4442": latitude first.
  #pair(text) {
    const found = text.match(/^\s*\(?\s*(-?\d+[.,]\d+)\s*[,;\s]\s*(-?\d+[.,]\d+)\s*\)?\s*$/);
    const [lat, lon] = found ? found.slice(1).map((one) => Number(one.replace(",", "."))) : [];
    if (!found || Math.abs(lat) > 90 || Math.abs(lon) > 180) return false;
    this.choose(L.latLng(lat, lon), { near: true });
    return true;
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
    const { lat, lng } = this.#set(latlng, near);
    this.#sayWhere(lng, lat);
  }

  #set(latlng, near) {
    const { lat, lng } = latlng.wrap();
    this.lat.value = lat.toFixed(6);
    this.lon.value = lng.toFixed(6);
    this.#mark(lat, lng, near);
    this.#tell(lng, lat);
    for (const input of [this.lon, this.lat]) input.dispatchEvent(new Event("change", { bubbles: true }));
    return { lat, lng };
  }

  #fromFields({ quiet = false }) {
    const lon = number(this.lon, INSIDE.lon);
    const lat = number(this.lat, INSIDE.lat);
    if (lon === null || lat === null) return;
    this.#mark(lat, lon, true);
    if (quiet) {
      if (!this.search.input.value) this.#reverse(lon, lat);
      return;
    }
    this.#tell(lon, lat);
    this.#sayWhere(lon, lat);
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
    clearTimeout(this.resting);
    this.asking?.abort();
    this.element.dispatchEvent(new CustomEvent("parvis:place", { bubbles: true, detail: { lon, lat } }));
  }

  // Says the coordinates at once, and the closest address when it is known.
  #sayWhere(lon, lat) {
    this.search.set("");
    this.#say((this.words.textChosen ?? "").replace("{lat}", lat.toFixed(5)).replace("{lon}", lon.toFixed(5)));
    this.resting = setTimeout(() => this.#reverse(lon, lat), REST);
  }

  async #reverse(lon, lat) {
    this.asking = new AbortController();
    const query = new URLSearchParams({ lon: lon.toFixed(6), lat: lat.toFixed(6) });
    try {
      const response = await fetch(`${this.words.reverseUrl}?${query}`, { signal: this.asking.signal });
      if (!response.ok) throw new Error(response.statusText);
      const [found] = await response.json();
      if (found) {
        const say = /^\d/.test(found.name) ? this.words.textNearNumber : this.words.textNear;
        this.#say(say.replace("{label}", found.name));
      }
      this.#address(found ?? { label: "", distance: null });
    } catch (error) {
      // The coordinates are said already; the place is chosen without its address.
      if (error.name !== "AbortError") console.warn(error);
    }
  }

  // Tells the address of the place, and writes it into the box unless somebody types there.
  #address({ label, distance }) {
    const { input } = this.search;
    const free = !input.value || document.activeElement !== input;
    if (free && distance !== null && distance <= CLOSE_BY) this.search.set(label);
    if (label) {
      this.element.dispatchEvent(new CustomEvent("parvis:address", { bubbles: true, detail: { label, distance } }));
    }
  }

  #say(text) {
    this.said.textContent = text ?? "";
  }
}

export function start(element) {
  element.placePicker = new PlacePicker(element);
}
