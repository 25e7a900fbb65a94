// Which one? The list of equipment nearby, with its numbers on a small map. Choosing one moves the pin to it.
import { createMap, prepare } from "../../frontend/js/map.js";
import { objectSign, ring } from "../../frontend/js/signs.js";

const ZOOM = 18;
const COLOR = "#1f4a8a";
const part = document.querySelector("#equipment-part");
const picker = document.querySelector("[data-place-picker]");
const { mapConfig } = document.querySelector("script[data-map-config]").dataset;
const place = (radio) => [Number(radio.dataset.lat), Number(radio.dataset.lon)];
let moving = false;

async function draw() {
  const frame = part.querySelector(".equipment__map");
  if (!frame) return;
  await prepare(mapConfig);
  if (!frame.isConnected) return;
  const map = createMap(frame);
  const radios = [...part.querySelectorAll("[data-lon][name=asset_code]")];
  let lit = null;
  const light = () => {
    lit?.remove();
    const chosen = radios.find(({ checked }) => checked);
    lit = chosen ? ring(...place(chosen)).addTo(map) : null;
  };
  for (const [index, radio] of radios.entries()) {
    const [lat, lon] = place(radio);
    objectSign([radio.value, lon, lat, "one"], { one: { color: COLOR, icon: `${index + 1}` } })
      .addTo(map)
      .on("click", () => radio.click());
  }
  map.fitBounds(window.L.latLngBounds(radios.map(place)).pad(0.3), { maxZoom: ZOOM });
  light();
  part.querySelector("[data-equipment]").addEventListener("change", ({ target }) => {
    light();
    if (!target.dataset.lat || !picker?.placePicker) return;
    const [lat, lng] = place(target);
    moving = true; // the pin goes to what was chosen: the list stays as it is
    picker.placePicker.choose(window.L.latLng(lat, lng));
  });
}

export function start() {
  part.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target !== part || !moving) return;
    moving = false;
    event.preventDefault();
  });
  part.addEventListener("htmx:afterSettle", (event) => event.target === part && draw());
  return draw();
}
