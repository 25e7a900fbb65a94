// Map, filters and list together: what the filters let through, live, and an address that keeps the view.
/* global L, htmx */
import { LayerMap } from "./layers.js";

const sorted = (parameters) =>
  [...parameters]
    .filter(([, value]) => value)
    .map(String)
    .sort()
    .join("&");

class Explorer {
  constructor(page) {
    this.page = page;
    this.form = page.querySelector("[data-filters]");
    this.following = false; // the list follows the map once somebody has moved it
    const frame = page.querySelector(".map");
    this.fixed = ["territory", "days"].filter((name) => frame.dataset[name]).map((name) => [name, frame.dataset[name]]);
    this.view = new LayerMap(frame, {
      parameters: () => this.parameters(),
      status: page.querySelector("[data-map-status]"),
      opened: (key) => this.#mark(key),
      moved: () => this.#moved(),
    });
    this.#pointing();
    if (frame.dataset.report) this.#reporting(frame.dataset);
    if (this.form) this.#filters();
    this.view.show();
  }

  // What the filters say, without what is empty; what the page itself fixes where it has no filters.
  parameters() {
    const chosen = new URLSearchParams(this.fixed);
    for (const [name, value] of this.form ? new FormData(this.form) : []) if (value) chosen.append(name, value);
    return chosen;
  }

  #filters() {
    const { form } = this;
    form.querySelector("[data-without-script]").hidden = true;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", () => {
      this.#keepAddress();
      this.view.show();
      this.#refreshLists();
    });
    const asked = new URLSearchParams(location.search);
    const [zoom, lat, lon] = (asked.get("at") ?? "").split("_").map(Number);
    if ([zoom, lat, lon].every(Number.isFinite)) this.view.map.setView([lat, lon], zoom);
    // A box ticked before this script had come, or restored by the browser. An address that names no layer means all.
    for (const name of ["at", "before"]) asked.delete(name);
    if (!asked.has("layer")) for (const { value } of form.querySelectorAll("[name=layer]")) asked.append("layer", value);
    const { days } = form.elements;
    if (!["days", "since", "until"].some((name) => asked.get(name))) asked.set("days", days.dataset.usual);
    if (sorted(asked) !== sorted(this.parameters())) {
      this.#keepAddress();
      this.#refreshLists();
    }
  }

  #moved() {
    if (!this.form) return;
    this.following = true;
    this.#keepAddress();
    this.#refreshLists();
  }

  #refreshLists() {
    const chosen = this.parameters();
    if (this.following) chosen.set("bbox", this.view.box());
    // Without a network the list stays as it is; the page says that it is a kept one.
    for (const target of this.page.querySelectorAll("[data-layer-list]")) {
      htmx.ajax("GET", `${target.dataset.layerList}?${chosen}`, { target, source: target, swap: "innerHTML" }).catch(() => {});
    }
  }

  #keepAddress() {
    const chosen = this.parameters();
    const { lat, lng } = this.view.map.getCenter();
    if (this.following) chosen.set("at", [this.view.map.getZoom(), lat.toFixed(5), lng.toFixed(5)].join("_"));
    const query = String(chosen);
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
  }

  // A click where nothing is asks whether to report something there: data-report (address), data-report-here (words).
  #reporting({ report, reportHere }) {
    const { map } = this.view;
    let closing = false; // a click beside an open popup only closes it
    map.on("preclick", () => (closing = Boolean(map.getPane("popupPane").childElementCount)));
    map.on("click", ({ latlng }) => {
      if (closing) return;
      const { lat, lng } = latlng.wrap();
      const link = document.createElement("a");
      link.className = "button button--primary";
      link.href = `${report}?${new URLSearchParams({ lon: lng.toFixed(6), lat: lat.toFixed(6) })}`;
      link.textContent = reportHere;
      // Below the buttons that zoom.
      const autoPanPaddingTopLeft = [10, 110];
      L.popup({ className: "map__here", closeButton: false, autoPanPaddingTopLeft }).setLatLng(latlng).setContent(link).openOn(map);
    });
  }

  // The row of what is open on the map stands out.
  #mark(key) {
    for (const one of this.page.querySelectorAll(".row--lit")) one.classList.remove("row--lit");
    const row = this.page.querySelector(`[data-key="${CSS.escape(key)}"]`);
    row?.classList.add("row--lit");
    row?.scrollIntoView({ block: "nearest" });
  }

  // What the pointer or the keyboard is on in the list stands out on the map.
  #pointing() {
    for (const name of ["mouseover", "focusin"]) {
      this.page.addEventListener(name, ({ target }) => {
        const row = target.closest("[data-lat]");
        if (row) this.view.light([row.dataset.lat, row.dataset.lon]);
      });
    }
    for (const name of ["mouseout", "focusout"]) {
      this.page.addEventListener(name, ({ target }) => {
        if (target.closest("[data-lat]")) this.view.light(null);
      });
    }
  }
}

export function start(page) {
  page.explorer = new Explorer(page);
}
