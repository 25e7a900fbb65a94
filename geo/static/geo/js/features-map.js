// The features of a page on a map: data-features-map is the id of a script with a list of GeoJSON features, whose rows
// in the list have the id "f-<key>". A feature may say `title`, `color` and `sign` of its point, `shade` (0 to 1) of its
// area.
/* global L */
import { createMap, words } from "../../frontend/js/map.js";
import { objectSign } from "../../frontend/js/signs.js";

export function start(element) {
  const features = JSON.parse(document.getElementById(element.dataset.featuresMap).textContent);
  const map = createMap(element);
  const color = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  const plain = { color, weight: 2, fillColor: color, fillOpacity: 0.15 };
  const style = ({ properties }) =>
    properties?.shade === undefined ? plain : { ...plain, fillOpacity: 0.08 + 0.72 * properties.shade };
  const point = ({ properties }, place) =>
    properties?.color
      ? objectSign([null, place.lng, place.lat, "own"], { own: { color: properties.color, icon: properties.sign } })
      : L.circleMarker(place, { ...plain, radius: 7, fillOpacity: 0.8 });
  // A sign has its own style: leaflet would take it away.
  const drawn = L.geoJSON(features, {
    style: (feature) => (feature.properties?.color ? {} : style(feature)),
    pointToLayer: point,
    onEachFeature: ({ id, properties }, layer) => {
      const link = document.getElementById(`f-${id}`);
      layer.bindTooltip(words(properties?.title ?? id));
      if (link)
        layer.on("click", () => {
          link.closest("details")?.setAttribute("open", "");
          link.focus();
        });
    },
  }).addTo(map);
  if (drawn.getBounds().isValid()) map.fitBounds(drawn.getBounds().pad(0.1), { maxZoom: 16 });
}
