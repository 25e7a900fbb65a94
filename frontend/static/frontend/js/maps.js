// Gives each map on the page its life. Leaflet and the settings are fetched only where there is a map.
const KINDS = {
  "[data-explore]": () => import("./explore.js"),
  "[data-place-picker]": () => import("./place-picker.js"),
  "[data-layer-map]": () => import("./layers.js"),
  "[data-point-map]": () => import("./point-map.js"),
  "[data-shape-map]": () => import("./shape-map.js"),
  "[data-plain-map]": () => import("./plain-map.js"),
  "[data-area-draw]": () => import("./area-draw.js"),
  "[data-news-map]": () => import("./news-map.js"),
  "[data-list-map]": () => import("./list-map.js"),
  "[data-features-map]": () => import("../../geo/js/features-map.js"),
  "[data-import-map]": () => import("../../geo/js/import-map.js"),
  "[data-board-map]": () => import("./board-map.js"),
  "[data-figure-map]": () => import("./figure-map.js"),
  "[data-desk-map]": () => import("../../alerts/js/desk-map.js"),
  "[data-ballot-map]": () => import("../../voting/js/ballot-map.js"),
  "[data-round-map]": () => import("../../alerts/js/desk-round-map.js"),
};
const words = document.querySelector("script[data-map-config]").dataset;

async function start(element, load) {
  const [{ prepare }, kind] = await Promise.all([import("./map.js"), load()]);
  await prepare(words.mapConfig);
  kind.start(element);
}

// The list or the form around the map goes on without it; the frame says so and offers to try again.
function sayFailed(element, again) {
  const frame = element.matches(".map") ? element : element.querySelector(".map");
  frame.hidden = false;
  const box = document.createElement("div");
  box.className = "map__notice notice notice--error";
  box.setAttribute("role", "alert");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button", textContent: words.retry });
  button.addEventListener("click", () => {
    box.remove();
    again();
  });
  box.append(words.failed, button);
  frame.append(box);
}

for (const [selector, load] of Object.entries(KINDS)) {
  for (const element of document.querySelectorAll(selector)) {
    const go = () =>
      start(element, load).catch((error) => {
        console.warn(error);
        sayFailed(element, go);
      });
    go();
  }
}
