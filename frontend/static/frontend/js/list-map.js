// A map of what a list beside it says: data-list-map is the list's id, data-layer the layer whose signs are used.
// Each item has data-lon, data-lat, data-style and a link.
/* global L */
import { createMap, settings, words } from "./map.js";
import { objectSign, ring } from "./signs.js";

export function start(element) {
  const { listMap, layer } = element.dataset;
  const map = createMap(element);
  const { legend } = settings.layers.find((one) => one.name === layer);
  const items = [...document.getElementById(listMap).querySelectorAll("[data-lon]")];
  let lit = null;
  for (const item of items) {
    const link = item.querySelector("a");
    const { lon, lat, style } = item.dataset;
    const place = [Number(lat), Number(lon)];
    objectSign([null, place[1], place[0], style], legend)
      .bindTooltip(words(link.textContent))
      .on("click", () => link.focus())
      .addTo(map);
    const light = () => {
      lit?.remove();
      lit = ring(...place).addTo(map);
    };
    item.addEventListener("mouseenter", light);
    item.addEventListener("focusin", light);
  }
  const places = items.map(({ dataset }) => [Number(dataset.lat), Number(dataset.lon)]);
  if (places.length) map.fitBounds(L.latLngBounds(places).pad(0.1), { maxZoom: 16 });
}
