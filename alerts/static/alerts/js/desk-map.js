// The queue's own reports on a map beside it: the same filters, asked of the desk itself.
/* global L */
import { LayerMap } from "../../frontend/js/layers.js";
import { settings } from "../../frontend/js/map.js";

export function start(frame) {
  const desk = frame.closest("[data-desk]");
  const go = async () => {
    const { url, link, query, none, one, many } = frame.dataset;
    const layer = { ...settings.layers.find((one) => one.name === "alerts"), viewport: url, link };
    const view = new LayerMap(frame, {
      layers: [layer],
      parameters: () => new URLSearchParams(query),
      status: document.querySelector("[data-map-status]"),
      opened: (key) => light(key),
    });
    view.say = { ...view.say, none, one, many };
    frame.view = view;
    const box = await extent(`${url}?${query}&etendue=1`);
    // It asks by itself once it has come to rest there.
    if (box) view.map.fitBounds(box, { maxZoom: 17, padding: [24, 24] });
    view.show();
    pointing(view);
  };
  // On a phone it comes once it is asked for: a map in a hidden box has no size.
  if (frame.offsetParent) go();
  else {
    const show = ({ detail }) => {
      if (detail !== "map") return;
      desk.removeEventListener("parvis:shown", show);
      go();
    };
    desk.addEventListener("parvis:shown", show);
  }

  // Where the reports of the whole list lie; those of this page where that is not to be had.
  async function extent(address) {
    const answer = await fetch(address).catch(() => null);
    const { bbox } = answer?.ok ? await answer.json() : {};
    if (bbox) return L.latLngBounds([bbox[1], bbox[0]], [bbox[3], bbox[2]]);
    const places = [...desk.querySelectorAll("[data-lat]")].map(({ dataset }) => [dataset.lat, dataset.lon]);
    return places.length ? L.latLngBounds(places) : null;
  }

  function light(key) {
    for (const one of desk.querySelectorAll(".row--lit")) one.classList.remove("row--lit");
    const row = desk.querySelector(`[data-key="${CSS.escape(key)}"]`);
    row?.classList.add("row--lit");
    row?.scrollIntoView({ block: "nearest" });
  }

  function pointing(view) {
    for (const [name, on] of [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]]) {
      desk.addEventListener(name, ({ target }) => {
        const row = target.closest("[data-lat]");
        if (row) view.light(on ? [row.dataset.lat, row.dataset.lon] : null);
      });
    }
  }
}
