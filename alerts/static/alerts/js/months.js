// The map of each month: squares that are darker where more was reported, and a slider through the months.
/* global L */
import { createMap, prepare } from "../../frontend/js/map.js";

const SIDE = 0.004; // degrees, as alerts.statistics.CELL
const STEP = 900; // milliseconds a month stays while playing
const language = document.documentElement.lang;
const monthName = new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" });
const number = new Intl.NumberFormat(language);

class Months {
  constructor(section, { months, cells }) {
    this.section = section;
    this.names = months.map((month) => monthName.format(new Date(`${month}-01T00:00:00Z`)));
    this.cells = months.map(() => []);
    for (const [lon, lat, month, count] of cells) this.cells[month].push([lon, lat, count]);
    this.most = Math.max(1, ...cells.map(([, , , count]) => count));
    this.map = createMap(section.querySelector(".map"));
    this.shown = L.layerGroup().addTo(this.map);
    this.#controls();
    this.#table();
    this.show(months.length - 1);
  }

  #controls() {
    const bar = this.section.querySelector(".months");
    this.slider = bar.querySelector("[data-slider]");
    this.said = bar.querySelector("[data-said]");
    this.slider.max = this.names.length - 1;
    this.slider.addEventListener("input", () => {
      this.#stop();
      this.show(Number(this.slider.value));
    });
    this.button = bar.querySelector("[data-play]");
    this.button.addEventListener("click", () => (this.playing ? this.#stop() : this.#play()));
    bar.hidden = false;
  }

  #table() {
    const rows = this.section.querySelector("[data-rows]");
    this.names.forEach((name, month) => {
      const row = rows.insertRow(0);
      const head = Object.assign(document.createElement("th"), { scope: "row", textContent: name });
      const cell = Object.assign(document.createElement("td"), { className: "number", textContent: number.format(this.#total(month)) });
      row.append(head, cell);
    });
    rows.closest("details").hidden = false;
  }

  #total(month) {
    return this.cells[month].reduce((sum, [, , count]) => sum + count, 0);
  }

  show(month) {
    this.slider.value = month;
    const said = this.section.dataset.textCount.replace("{month}", this.names[month]).replace("{count}", number.format(this.#total(month)));
    this.said.textContent = said;
    this.slider.setAttribute("aria-valuetext", said);
    this.shown.clearLayers();
    const half = SIDE / 2;
    for (const [lon, lat, count] of this.cells[month]) {
      const box = [[lat - half, lon - half], [lat + half, lon + half]];
      // By the logarithm, so that one busy square does not hide all others.
      const fillOpacity = 0.18 + 0.62 * (Math.log1p(count) / Math.log1p(this.most));
      L.rectangle(box, { stroke: false, fillColor: "#b3261e", fillOpacity, interactive: false }).addTo(this.shown);
    }
  }

  #play() {
    this.button.setAttribute("aria-pressed", "true");
    if (Number(this.slider.value) === this.names.length - 1) this.show(0);
    this.playing = setInterval(() => {
      const next = Number(this.slider.value) + 1;
      if (next >= this.names.length) this.#stop();
      else this.show(next);
    }, STEP);
  }

  #stop() {
    clearInterval(this.playing);
    this.playing = null;
    this.button.setAttribute("aria-pressed", "false");
  }
}

async function start(section) {
  const [answer] = await Promise.all([
    fetch(section.dataset.url),
    prepare(document.querySelector("script[data-map-config]").dataset.mapConfig),
  ]);
  if (!answer.ok) throw new Error(answer.statusText);
  section.months = new Months(section, await answer.json());
}

const section = document.querySelector("[data-months]");
start(section).catch((error) => {
  console.warn(error);
  section.querySelector("[data-map-fallback]").textContent = section.dataset.textFailed;
});
