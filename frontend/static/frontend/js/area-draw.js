// Drawing an area or a line: a corner at each press of the map, undo, close; the typed corners stay in step.
// data-area-draw may name a field of the form around it: where that says "line", a line is drawn, which is never closed.
/* global L */
import { createMap } from "./map.js";

const colour = () => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
const CORNER = /^\s*(-?\d+(?:[.,]\d+)?)\s*[;,\s]\s*(-?\d+(?:[.,]\d+)?)\s*$/;

class AreaDraw {
  constructor(element) {
    this.words = element.dataset;
    this.kind = element.closest("form").elements[this.words.areaDraw];
    this.text = element.querySelector("[data-corners]");
    this.said = element.querySelector("[data-draw-said]");
    const [tools, typed] = ["[data-draw-tools]", "[data-draw-typed]"].map((one) => element.querySelector(one));
    this.buttons = ["undo", "close", "clear"].map((name) => tools.querySelector(`[data-draw-${name}]`));
    const frame = element.querySelector(".map");
    frame.dataset.label = this.words.textMap;
    this.map = createMap(frame, { keyboardPanDelta: 60 });
    L.DomUtil.create("div", "place__cross", frame).setAttribute("aria-hidden", "true");
    this.shape = L.layerGroup().addTo(this.map);
    this.corners = this.#typed() ?? [];
    this.closed = this.#enough();
    this.map.on("click", ({ latlng }) => this.#add(latlng));
    frame.addEventListener("keydown", (event) => this.#key(event, frame));
    const acts = [() => this.#undo(), () => this.#close(), () => this.#clear()];
    this.buttons.forEach((button, at) => button.addEventListener("click", acts[at]));
    this.text.addEventListener("input", () => this.#fromText());
    tools.hidden = false;
    if (!this.text.matches('[aria-invalid="true"]')) typed.open = false;
    this.#fit();
    this.#draw();
    if (this.kind) element.closest("form").addEventListener("change", ({ target }) => this.#kindChosen(target));
    this.map.on("unfold", () => this.#fit());
  }

  get #line() {
    return this.kind?.value === "line";
  }

  #enough() {
    return !this.#line && this.corners.length > 2;
  }

  #kindChosen(target) {
    if (target.name !== this.words.areaDraw) return;
    this.closed = this.#enough();
    this.#draw();
  }

  #fit() {
    if (this.corners.length) this.map.fitBounds(L.latLngBounds(this.corners).pad(0.2), { maxZoom: 17 });
  }

  #key(event, frame) {
    if (event.target !== frame || !["Enter", "Backspace"].includes(event.key)) return;
    event.preventDefault(); // Enter would send the form
    if (event.key === "Enter") this.#add(this.map.getCenter());
    else this.#undo();
  }

  #add(latlng) {
    if (this.closed) return;
    this.corners.push(latlng.wrap());
    this.#changed();
  }

  #undo() {
    if (this.closed) this.closed = false;
    else this.corners.pop();
    this.#changed();
  }

  #close() {
    this.closed = this.#enough();
    this.#changed();
  }

  #clear() {
    this.corners = [];
    this.closed = false;
    this.#changed();
  }

  #changed() {
    this.text.value = this.corners.map(({ lat, lng }) => `${lat.toFixed(6)}, ${lng.toFixed(6)}`).join("\n");
    this.#draw();
    this.text.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // The corners as typed; null where a line is none.
  #typed() {
    const lines = this.text.value.split("\n").filter((line) => line.trim());
    const found = lines.map((line) => line.match(CORNER)?.slice(1).map((part) => Number(part.replace(",", "."))));
    return found.every(Boolean) ? found.map(([lat, lng]) => L.latLng(lat, lng)) : null;
  }

  #fromText() {
    const typed = this.#typed();
    if (!typed) return;
    this.corners = typed;
    this.closed = this.#enough();
    this.#fit();
    this.#draw();
  }

  #draw() {
    this.shape.clearLayers();
    const style = { color: colour(), weight: 3, fillOpacity: 0.15, interactive: false };
    const line = (this.closed ? L.polygon : L.polyline)(this.corners, style).addTo(this.shape);
    this.corners.forEach((corner, at) => this.#handle(corner, at, line));
    const count = this.corners.length;
    const say = this.closed ? "Closed" : count === 0 ? "None" : count === 1 ? "One" : "Some";
    this.said.textContent = this.words[`text${this.#line ? "Line" : ""}${say}`].replace("{n}", count);
    const [undo, close, clear] = this.buttons;
    undo.disabled = clear.disabled = count === 0;
    close.disabled = this.closed || count < 3;
    close.hidden = this.#line;
  }

  #handle(corner, at, line) {
    const icon = L.divIcon({ className: "draw__corner", iconSize: [22, 22] });
    const handle = L.marker(corner, { icon, draggable: true, keyboard: false, autoPan: true }).addTo(this.shape);
    handle.on("drag", () => {
      this.corners[at] = handle.getLatLng().wrap();
      line.setLatLngs(this.corners);
    });
    handle.on("dragend", () => this.#changed());
    // A press of the first corner closes the area.
    if (at === 0) handle.on("click", () => this.#close());
  }
}

export function start(element) {
  element.areaDraw = new AreaDraw(element);
}
