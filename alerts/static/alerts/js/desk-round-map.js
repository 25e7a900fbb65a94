// The round on a map: numbered stops and the way between them.
/* global L */
import { createMap } from "../../frontend/js/map.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);

export function start(frame) {
  const [stops, begin] = [read("round-points"), read("round-begin")];
  const map = createMap(frame);
  const way = [...(begin ? [begin] : []), ...stops].map(({ lat, lon }) => [lat, lon]);
  const color = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  L.polyline(way, { color, weight: 4, opacity: 0.8, interactive: false }).addTo(map);
  stops.forEach(({ lat, lon, title }, at) => {
    const icon = L.divIcon({ className: "desk-pin", html: String(at + 1), iconSize: [30, 30] });
    L.marker([lat, lon], { icon, title: `${at + 1}. ${title}`, keyboard: false, interactive: false }).addTo(map);
  });
  map.fitBounds(L.latLngBounds(way).pad(0.15), { maxZoom: 17 });
}
