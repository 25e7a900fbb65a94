// Objects of the layers on a map, asked again whenever it has come to rest.
/* global L */
import { createMap, notice, settings } from "./map.js";
import { cellSign, objectSign, ring } from "./signs.js";

const WAIT = 200; // milliseconds of rest before the map asks again

export class LayerMap {
  // `parameters()` gives the filters (URLSearchParams); `status` may be an element that says how many there are;
  // `opened(key)` is told whose popup opens, `moved()` that the map has come to rest somewhere else. `layers` are those
  // of the settings, but where a page has its own.
  constructor(frame, { parameters, layers = settings.layers, status = null, opened = () => {}, moved = () => {} }) {
    Object.assign(this, { parameters, layers, status, opened });
    this.say = settings.strings;
    this.map = createMap(frame);
    this.shown = L.layerGroup().addTo(this.map);
    this.map.on("moveend", () => {
      clearTimeout(this.resting);
      this.resting = setTimeout(() => {
        this.show();
        moved();
      }, WAIT);
    });
  }

  // west,south,east,north of what is seen
  box() {
    const bounds = this.map.getBounds();
    const sides = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    return sides.map((one) => one.toFixed(5)).join(",");
  }

  async show() {
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    this.failed?.();
    this.failed = null;
    const slow = setTimeout(() => this.#tell(this.say.loading), 400);
    try {
      const chosen = this.parameters();
      const names = chosen.getAll("layer");
      const layers = this.layers.filter((one) => !names.length || names.includes(one.name));
      this.#draw(await Promise.all(layers.map((layer) => this.#ask(layer, chosen, signal))));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#tell("");
      this.failed = notice(this.map, error.message || this.say.failed, () => this.show());
    } finally {
      clearTimeout(slow);
    }
  }

  async #ask(layer, chosen, signal) {
    const query = new URLSearchParams(chosen);
    query.set("bbox", this.box());
    query.set("zoom", this.map.getZoom());
    const response = await fetch(`${layer.viewport}?${query}`, { signal }).catch((error) => {
      throw error.name === "AbortError" ? error : new Error("");
    });
    // A filter that cannot be understood is explained; anything else only failed.
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.description ?? "");
    return [layer, answer];
  }

  #draw(answers) {
    this.shown.clearLayers();
    let total = 0;
    for (const [layer, { total: some, objects = [], cells = [] }] of answers) {
      total += some;
      for (const one of objects) {
        objectSign(one, layer.legend).on("click", () => this.#popup(layer, one)).addTo(this.shown);
      }
      for (const one of cells) this.#cell(layer, one).addTo(this.shown);
    }
    const say = total === 0 ? this.say.none : total === 1 ? this.say.one : this.say.many;
    this.#tell(say.replace("{n}", total.toLocaleString(document.documentElement.lang)));
  }

  #cell(layer, cell) {
    const [lon, lat, count] = cell;
    return cellSign(cell, layer.legend)
      .bindTooltip(this.say.closer.replace("{n}", count))
      .on("click", () => this.map.setView([lat, lon], Math.min(this.map.getZoom() + 2, 19)));
  }

  #popup(layer, [key, lon, lat, style, label]) {
    const box = document.createElement("div");
    box.className = "map__popup";
    const title = document.createElement("strong");
    title.textContent = label;
    const state = document.createElement("span");
    state.textContent = layer.legend[style]?.title ?? "";
    const link = document.createElement("a");
    link.href = layer.link.replace("000000000000", encodeURIComponent(key));
    link.textContent = this.say.see;
    box.append(title, state, link);
    L.popup({ offset: [0, -4], maxWidth: 240 }).setLatLng([lat, lon]).setContent(box).openOn(this.map);
    this.opened(key);
  }

  #tell(text) {
    if (this.status) this.status.textContent = text;
  }

  // Puts a ring around a place, or takes it away where none is given.
  light(place) {
    this.lit?.remove();
    this.lit = place ? ring(...place).addTo(this.map) : null;
  }
}

// A map of layers without filters of its own: data-layers (names), data-territory ("level:code"), data-days, and
// data-filter (a query string of the layers' filters).
export function start(element) {
  const { territory, days, layers, filter } = element.dataset;
  const chosen = new URLSearchParams(filter);
  if (territory) chosen.set("territory", territory);
  if (days) chosen.set("days", days);
  for (const name of (layers ?? "").split(/[ ,]+/).filter(Boolean)) chosen.append("layer", name);
  const view = new LayerMap(element, { parameters: () => chosen });
  view.show();
}
