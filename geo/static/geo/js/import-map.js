// A map of what an uploaded file holds, and where its problems are: data-import-map is the address of the objects,
// data-findings the id of the list that says the same.
/* global L */
import { createMap, notice, settings, words } from "../../frontend/js/map.js";
import { ring } from "../../frontend/js/signs.js";

const GOOD = { color: "#2438a8", weight: 2, fillOpacity: 0.12 };
const BAD = { color: "#b3261e", weight: 3, fillOpacity: 0.3 };

export function start(element) {
  const map = createMap(element);
  const list = document.getElementById(element.dataset.findings);
  let lit = null;
  const light = ({ dataset }) => {
    lit?.remove();
    lit = ring(Number(dataset.lat), Number(dataset.lon)).addTo(map);
  };
  for (const item of list.querySelectorAll("[data-lon]")) {
    const place = [Number(item.dataset.lat), Number(item.dataset.lon)];
    if (!item.classList.contains("imports__finding--info")) {
      L.circleMarker(place, { radius: 6, color: "#fff", weight: 2, fillColor: BAD.color, fillOpacity: 1 })
        .bindTooltip(words(item.querySelector("span").textContent.trim()))
        .addTo(map);
    }
    item.addEventListener("mouseenter", () => light(item));
    item.addEventListener("focusin", () => light(item));
    item.querySelector("a")?.addEventListener("click", () => {
      map.setView(place, Math.max(map.getZoom(), 16));
      light(item);
    });
  }
  const show = async () => {
    try {
      const response = await fetch(element.dataset.importMap);
      if (!response.ok) throw new Error(response.statusText);
      draw(map, await response.json());
    } catch (error) {
      console.warn(error);
      notice(map, settings.strings.failed ?? settings.strings.plan_failed, show);
    }
  };
  show();
}

function draw(map, objects) {
  const style = ({ properties }) => (properties.bad ? BAD : GOOD);
  const layer = L.geoJSON(objects, {
    style,
    pointToLayer: (feature, place) => L.circleMarker(place, { ...style(feature), radius: 5 }),
  });
  layer.bindTooltip(({ feature }) => words(feature.properties.name || feature.properties.line), { sticky: true });
  layer.addTo(map);
  // What lies far away by mistake must not make the rest too small to see.
  const good = L.geoJSON(objects, { filter: ({ properties }) => !properties.bad }).getBounds();
  const box = good.isValid() ? good : layer.getBounds();
  if (box.isValid()) map.fitBounds(box.pad(0.05), { maxZoom: 17 });
}
