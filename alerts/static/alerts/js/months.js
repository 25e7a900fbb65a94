// The map of each month: squares that are darker where more was reported, and a slider through the months.
/* global L */
import { createMap, prepare } from "../../frontend/js/map.js";
import { drawSquares, Player } from "../../frontend/js/time-map.js";

const SIDE = 0.004; // degrees, as alerts.statistics.CELL
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
    const shown = L.layerGroup().addTo(createMap(section.querySelector(".map")));
    this.#table();
    const player = new Player(section.querySelector(".months"), months.length - 1, (month) => {
      drawSquares(shown, this.cells[month], [SIDE, SIDE], this.most);
      return section.dataset.textCount.replace("{month}", this.names[month]).replace("{count}", number.format(this.#total(month)));
    });
    player.show(months.length - 1);
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
