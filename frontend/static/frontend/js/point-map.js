// A map of one place: data-lon and data-lat in degrees.
/* global L */
import { createMap } from "./map.js";
import { pin } from "./signs.js";

export function start(element) {
  const place = [Number(element.dataset.lat), Number(element.dataset.lon)];
  const map = createMap(element);
  map.setView(place, 17);
  L.marker(place, { icon: pin(), interactive: false, keyboard: false }).addTo(map);
}
