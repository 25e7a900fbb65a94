// The map of all layers: what the filters let through, live, with the list beside it saying the same.
/* global L, htmx */
import { createMap, notice } from "./map.js";
import { cellSign, objectSign, ring } from "./signs.js";

const WAIT = 200; // milliseconds of rest before the map asks again
const layers = JSON.parse(document.getElementById("layers-config").textContent);
const words = document.querySelector("[data-map-words]").dataset;
const page = document.querySelector("[data-explore]");
const form = page.querySelector("[data-filters]");
const status = page.querySelector("[data-map-status]");
const map = createMap(page.querySelector("[data-map]"));
const shown = L.layerGroup().addTo(map);

let asking = null;
let failed = null;
let following = false; // the list follows the map once somebody has moved it

// What the filters say, without what is empty; the territory of the page where it has no filters.
function parameters() {
  const chosen = new URLSearchParams();
  if (page.dataset.territory) chosen.set("territory", page.dataset.territory);
  for (const [name, value] of form ? new FormData(form) : []) if (value) chosen.append(name, value);
  return chosen;
}

function box() {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((one) => one.toFixed(5)).join(",");
}

const switchedOn = (chosen) => layers.filter((one) => !chosen.has("layer") || chosen.getAll("layer").includes(one.name));

async function ask(layer, chosen, signal) {
  const query = new URLSearchParams(chosen);
  query.set("bbox", box());
  query.set("zoom", map.getZoom());
  const response = await fetch(`${layer.viewport}?${query}`, { signal });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return [layer, answer];
}

async function show() {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  failed?.();
  failed = null;
  const slow = setTimeout(() => (status.textContent = words.loading), 400);
  try {
    const chosen = parameters();
    const answers = await Promise.all(switchedOn(chosen).map((layer) => ask(layer, chosen, signal)));
    draw(answers);
  } catch (error) {
    if (error.name === "AbortError") return;
    status.textContent = "";
    failed = notice(map, words.failed, show);
  } finally {
    clearTimeout(slow);
  }
}

function draw(answers) {
  shown.clearLayers();
  let total = 0;
  for (const [layer, answer] of answers) {
    total += answer.total;
    for (const one of answer.objects ?? []) objectSign(one, layer.legend).on("click", () => popup(layer, one)).addTo(shown);
    for (const one of answer.cells ?? []) {
      const [lon, lat, count] = one;
      cellSign(one, layer.legend)
        .bindTooltip(words.closer.replace("%n", count))
        .on("click", () => map.setView([lat, lon], Math.min(map.getZoom() + 2, 18)))
        .addTo(shown);
    }
  }
  const say = total === 0 ? words.none : total === 1 ? words.one : words.many;
  status.textContent = say.replace("%n", total.toLocaleString(document.documentElement.lang));
}

function popup(layer, [key, lon, lat, style, label]) {
  const box = document.createElement("div");
  box.className = "map__popup";
  const title = document.createElement("strong");
  title.textContent = label;
  const state = document.createElement("span");
  state.textContent = layer.legend[style]?.title ?? "";
  const link = document.createElement("a");
  link.href = layer.link.replace("000000000000", encodeURIComponent(key));
  link.textContent = words.see;
  box.append(title, state, link);
  L.popup({ offset: [0, -4], maxWidth: 240 }).setLatLng([lat, lon]).setContent(box).openOn(map);
  const row = page.querySelector(`[data-key="${CSS.escape(key)}"]`);
  for (const one of page.querySelectorAll(".row--lit")) one.classList.remove("row--lit");
  row?.classList.add("row--lit");
  row?.scrollIntoView({ block: "nearest" });
}

// --- the list ------------------------------------------------------------------------------

function refreshLists() {
  const chosen = parameters();
  if (following) chosen.set("bbox", box());
  for (const element of page.querySelectorAll("[data-layer-list]")) {
    htmx.ajax("GET", `${element.dataset.layerList}?${chosen}`, { target: element, swap: "innerHTML", source: element });
  }
}

let lit = null;

function light(row) {
  lit?.remove();
  lit = row ? ring(row.dataset.lat, row.dataset.lon).addTo(map) : null;
}

for (const [enter, leave] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
  page.addEventListener(enter, (event) => {
    const row = event.target.closest("[data-lat]");
    if (row) light(row);
  });
  page.addEventListener(leave, (event) => {
    if (event.target.closest("[data-lat]")) light(null);
  });
}

// --- the address, so that a view can be kept and sent -------------------------------------------

function keepAddress() {
  if (!form) return;
  const chosen = parameters();
  const { lat, lng } = map.getCenter();
  if (following) chosen.set("at", [map.getZoom(), lat.toFixed(5), lng.toFixed(5)].join("/"));
  history.replaceState(null, "", chosen.size ? `?${chosen}` : location.pathname);
}

function openWhereAddressSays() {
  const [zoom, lat, lon] = (new URLSearchParams(location.search).get("at") ?? "").split("/").map(Number);
  if (![zoom, lat, lon].every(Number.isFinite)) return false;
  map.setView([lat, lon], zoom);
  return true;
}

// --- together ---------------------------------------------------------------------------------------

let resting = null;

function later(act) {
  clearTimeout(resting);
  resting = setTimeout(act, WAIT);
}

if (form) {
  form.querySelector("[data-without-script]").hidden = true;
  const more = form.querySelector("details");
  more.open = "open" in more.dataset;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    later(() => {
      keepAddress();
      show();
      refreshLists();
    });
  });
  following = openWhereAddressSays();
  if (following) refreshLists();
}

map.on("moveend", () => later(() => {
  show();
  if (!form) return;
  following = true;
  keepAddress();
  refreshLists();
}));
show();
