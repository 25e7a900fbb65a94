// The queue's own reports on a map beside it: the same filters, asked of the desk itself.
import { LayerMap } from "../../frontend/js/layers.js";
import { settings } from "../../frontend/js/map.js";

export function start(frame) {
  const desk = frame.closest("[data-desk]");
  const go = () => {
    const { url, link, query } = frame.dataset;
    const layer = { ...settings.layers.find((one) => one.name === "alerts"), viewport: url, link };
    const view = new LayerMap(frame, {
      layers: [layer],
      parameters: () => new URLSearchParams(query),
      status: document.querySelector("[data-map-status]"),
      opened: (key) => light(key),
    });
    frame.view = view;
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
