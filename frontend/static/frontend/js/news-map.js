// What a person follows: the areas they chose, and the acts of the list beside the map.
/* global L */
import { createMap, words } from "./map.js";
import { ring } from "./signs.js";

const colour = () => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();

export function start(element) {
  const map = createMap(element.querySelector(".map"));
  const style = { color: colour(), weight: 2, fillOpacity: 0.1, interactive: false };
  const areas = JSON.parse(document.getElementById("news-areas").textContent);
  const drawn = areas.map((one) =>
    one.center ? L.circle(one.center, { ...style, radius: one.radius }) : L.geoJSON(one.geometry, { style, interactive: false }),
  );
  for (const one of drawn) one.addTo(map);
  const rows = [...element.querySelectorAll("[data-lat]")];
  const places = rows.map(({ dataset }) => [Number(dataset.lat), Number(dataset.lon)]);
  rows.forEach((row, at) => {
    const link = row.querySelector("a");
    L.circleMarker(places[at], { radius: 8, color: "#fff", weight: 2, fillColor: colour(), fillOpacity: 1 })
      .bindTooltip(words(link.textContent))
      .on("click", () => link.click())
      .addTo(map);
    let lit = null;
    const light = () => {
      lit ??= ring(...places[at]).addTo(map);
    };
    const leave = () => {
      lit?.remove();
      lit = null;
    };
    for (const name of ["mouseenter", "focusin"]) row.addEventListener(name, light);
    for (const name of ["mouseleave", "focusout"]) row.addEventListener(name, leave);
  });
  const bounds = L.latLngBounds(places);
  for (const one of drawn) bounds.extend(one.getBounds());
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.1), { maxZoom: 17 });
}
