// A map: the deployment's tiles or the city's own plan, the outlines of its territories, and words when it fails.
/* global L */
import { labelLayer } from "./labels.js";
import { Plan, planLayer } from "./plan.js";
import { palette } from "./plan-style.js";

export let settings = null;
let say = null;
let plan = null; // fetched once for all maps of a page
let preparing = null;

function tag(name, properties) {
  return new Promise((done, fail) => {
    const element = Object.assign(document.createElement(name), properties);
    element.addEventListener("load", done);
    element.addEventListener("error", () => fail(new Error(`${properties.src ?? properties.href} did not load`)));
    // Before our own sheets, which have the last word on how Leaflet looks.
    document.head.prepend(element);
  });
}

async function fetchAll(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(response.statusText);
  const found = await response.json();
  await Promise.all([
    window.L ?? tag("script", { src: found.leaflet_js }),
    tag("link", { rel: "stylesheet", href: found.leaflet_css }),
  ]);
  settings = found;
  say = found.strings;
  if (!found.tiles.length) plan = new Plan(found.plan);
}

// Fetches Leaflet and the settings, once; may be called again after it has failed.
export function prepare(url) {
  preparing ??= fetchAll(url).catch((error) => {
    preparing = null;
    throw error;
  });
  return preparing;
}

function project({ lat, lng }) {
  const { x, y } = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lng), 0);
  return [x / 256, y / 256];
}

// What people wrote, for a tooltip or popup: Leaflet reads a string as HTML, and a node as it is.
export const words = (text) => document.createTextNode(text);

// Says something over the map; `retry` offers to try again. Returns a function that takes it away.
export function notice(map, text, retry) {
  const box = L.DomUtil.create("div", "map__notice notice notice--error", map.getContainer());
  box.setAttribute("role", "alert");
  box.append(L.DomUtil.create("span"));
  box.firstChild.textContent = text;
  L.DomEvent.disableClickPropagation(box);
  if (retry) {
    const button = L.DomUtil.create("button", "button", box);
    button.type = "button";
    button.textContent = say.retry;
    button.addEventListener("click", () => {
      box.remove();
      retry();
    });
  }
  return () => box.remove();
}

function addTiles(map) {
  const bases = settings.tiles.map((tile) => [
    tile.name,
    L.tileLayer(tile.url, { attribution: tile.attribution, maxZoom: tile.max_zoom ?? 19 }),
  ]);
  bases[0][1].addTo(map);
  if (bases.length > 1) L.control.layers(Object.fromEntries(bases)).addTo(map);
}

function addPlan(map) {
  planLayer(plan, { attribution: say.plan_credit }).addTo(map);
  let gone = null;
  const need = () => {
    gone?.();
    gone = null;
    plan.need(map.getZoom()).catch(() => {
      gone ??= notice(map, say.plan_failed, need);
    });
  };
  map.on("zoomend", need);
  need();
}

// `fit` brings the map to the territories asked for.
async function addOutlines(map, url, fit) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(response.statusText);
  const outlines = await response.json();
  const style = ({ properties }) => ({
    color: palette().outline,
    weight: properties.home ? 2.5 : 1.2,
    opacity: properties.home ? 0.9 : 0.6,
    dashArray: properties.home ? null : "5 5",
    fill: false,
  });
  const drawn = L.geoJSON(outlines, { style, interactive: false, pane: "outlines" }).addTo(map);
  if (fit) {
    const home = L.geoJSON(outlines.features.filter((one) => one.properties.home)).getBounds();
    if (home.isValid()) map.fitBounds(home);
  }
  const places = outlines.features.map(({ properties }) => ({
    name: properties.name,
    home: properties.home,
    at: project({ lng: properties.at[0], lat: properties.at[1] }),
  }));
  const labels = labelLayer(plan, places).addTo(map);
  document.documentElement.addEventListener("parvis:theme", () => {
    drawn.setStyle(style);
    labels.redraw();
    map.eachLayer((layer) => layer.repaint?.());
  });
}

// A map made where it is not seen knows no size until it is.
function unfold(element, act) {
  const watch = new ResizeObserver(() => {
    if (!element.clientWidth) return;
    watch.disconnect();
    act();
  });
  watch.observe(element);
}

// Turns `element` into a map. It may say where to start (data-bounds: "west,south,east,north") and whose outlines to
// show (data-territory: "level:code"). Returns the Leaflet map at once; what has to be fetched appears as it comes. One
// made where it is not seen fires "unfold" when it is.
export function createMap(element, options = {}) {
  const { bounds, territory, label } = element.dataset;
  const [west, south, east, north] = (bounds ?? settings.bounds).split(",").map(Number);
  element.querySelector("[data-map-fallback]")?.remove();
  element.hidden = false;
  const map = L.map(element, {
    preferCanvas: true,
    zoomControl: false,
    maxZoom: 19,
    minZoom: 3,
    scrollWheelZoom: false,
    ...options,
  });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: say.zoom_in, zoomOutTitle: say.zoom_out }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.createPane("outlines").style.zIndex = 350;
  const names = map.createPane("labels");
  names.style.zIndex = 360;
  names.style.pointerEvents = "none";
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", label ?? say.map);
  // The wheel scrolls the page until somebody works with the map.
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  map.fitBounds([[south, west], [north, east]]);
  if (!element.clientWidth) unfold(element, () => map.invalidateSize({ animate: false }).fitBounds([[south, west], [north, east]]).fire("unfold"));
  if (plan) addPlan(map);
  else addTiles(map);
  const url = territory ? `${settings.outlines}?territory=${encodeURIComponent(territory)}` : settings.outlines;
  const outline = () =>
    addOutlines(map, url, territory && !bounds).catch(() => notice(map, say.outlines_failed, outline));
  outline();
  return map;
}
