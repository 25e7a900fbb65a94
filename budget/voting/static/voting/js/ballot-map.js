// The projects of a ballot paper under their numbers; chosen ones in another colour. The list beside it says the same.
/* global L */
import { createMap, words } from "../../frontend/js/map.js";
import { objectSign, ring } from "../../frontend/js/signs.js";

const COLORS = { true: "#1d6b3a", false: "#2438a8" };

export function start(element) {
  const map = createMap(element);
  const list = document.getElementById(element.dataset.ballotMap);
  const lines = [...list.querySelectorAll("[data-lon]")];
  let lit = null;
  const signs = lines.map((line) => {
    const { lon, lat, line: number, title } = line.dataset;
    const place = [Number(lat), Number(lon)];
    const legend = { [number]: { color: COLORS.false, icon: number } };
    const sign = objectSign([null, place[1], place[0], number], legend).bindTooltip(words(title)).addTo(map);
    sign.on("click", () => line.querySelector("input").focus());
    const light = () => {
      lit?.remove();
      lit = ring(...place).addTo(map);
    };
    line.addEventListener("mouseenter", light);
    line.addEventListener("focusin", light);
    return [line, sign];
  });
  const colour = () =>
    signs.forEach(([line, sign]) => sign.setStyle({ fillColor: COLORS[line.classList.contains("ballot__line--chosen")] }));
  list.addEventListener("input", () => requestAnimationFrame(colour));
  colour();
  map.fitBounds(L.latLngBounds(signs.map(([, sign]) => sign.getLatLng())).pad(0.1), { maxZoom: 16 });
}
