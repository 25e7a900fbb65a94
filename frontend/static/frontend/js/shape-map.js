// A map of one thing as it was drawn: data-shape-map is the id of a script with its GeoJSON geometry.
/* global L */
import { createMap } from "./map.js";
import { pin } from "./signs.js";

export function start(element) {
  const map = createMap(element);
  const color = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  const shape = L.geoJSON(JSON.parse(document.getElementById(element.dataset.shapeMap).textContent), {
    style: { color, weight: 5, fillOpacity: 0.2, interactive: false },
    pointToLayer: (_feature, place) => L.marker(place, { icon: pin(), interactive: false, keyboard: false }),
  }).addTo(map);
  map.fitBounds(shape.getBounds().pad(0.3), { maxZoom: 17 });
}
