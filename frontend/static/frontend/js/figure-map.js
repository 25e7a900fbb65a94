// The map beside the list of a figure: all that the list holds, its other pages too; the row pointed at gets a ring.
/* global L */
import { LayerMap } from "./layers.js";
import { settings } from "./map.js";

export function start(box) {
  const frame = box.querySelector(".map");
  const { layer, viewport, link, query } = frame.dataset;
  const known = settings.layers.find((one) => one.name === layer);
  const view = new LayerMap(frame, {
    layers: [{ ...known, name: layer, legend: known?.legend ?? {}, viewport, link }],
    parameters: () => new URLSearchParams(query),
    status: box.querySelector("[data-map-status]"),
  });
  frame.view = view;
  for (const row of box.querySelectorAll("[data-lat]")) {
    const { lat, lon } = row.dataset;
    for (const name of ["mouseenter", "focusin"]) row.addEventListener(name, () => view.light([lat, lon]));
    for (const name of ["mouseleave", "focusout"]) row.addEventListener(name, () => view.light(null));
  }
  view.show();
}
