// The features of a page on a map: data-features-map is the id of a script with a list of GeoJSON features, whose rows
// in the table have the id "f-<key>".
/* global L */
import { createMap, words } from "../../frontend/js/map.js";

export function start(element) {
  const features = JSON.parse(document.getElementById(element.dataset.featuresMap).textContent);
  const map = createMap(element);
  const color = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  const style = { color, weight: 2, fillColor: color, fillOpacity: 0.15 };
  const drawn = L.geoJSON(features, {
    style,
    pointToLayer: (_feature, place) => L.circleMarker(place, { ...style, radius: 7, fillOpacity: 0.8 }),
    onEachFeature: ({ id, properties }, layer) => {
      const link = document.getElementById(`f-${id}`);
      layer.bindTooltip(words(properties?.title ?? id));
      if (link) layer.on("click", () => link.focus());
    },
  }).addTo(map);
  if (drawn.getBounds().isValid()) map.fitBounds(drawn.getBounds().pad(0.1), { maxZoom: 16 });
}
