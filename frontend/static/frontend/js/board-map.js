// The map of a dashboard: its children by class, or squares of what was reported, of the whole time or moment by moment.
/* global L */
import { createMap, notice, settings, words } from "./map.js";
import { darkness, drawSquares, Player } from "./time-map.js";

const number = new Intl.NumberFormat(document.documentElement.lang);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

class BoardMap {
  constructor(section) {
    this.section = section;
    this.data = JSON.parse(document.getElementById("board-data").textContent);
    this.say = section.dataset;
    this.frame = section.querySelector(".map");
    this.map = createMap(this.frame);
    // Squares once drawn leave a canvas there: what lies below is to be clicked.
    this.map.getPane("overlayPane").style.pointerEvents = "none";
    this.places = new Map(); // code -> {shape, label}
    this.squares = L.layerGroup();
    this.select = section.querySelector("[data-measure]");
    this.whole = this.data.steps.length; // the moment after the last one
    this.player = new Player(section.querySelector("[data-time]"), this.whole, (moment) => this.#show(moment));
  }

  async start() {
    if (this.select) {
      this.#controls();
      await this.#outlines();
    } else {
      await this.#heat();
      this.hot = true;
    }
    document.documentElement.addEventListener("parvis:theme", () => this.player.show(this.player.moment));
    this.player.show(this.whole);
  }

  #controls() {
    this.section.querySelector("[data-without-script]").hidden = true;
    this.section.querySelector("[data-views]").hidden = false;
    this.select.form.addEventListener("submit", (event) => event.preventDefault());
    this.select.addEventListener("change", () => {
      this.#keepAddress();
      this.player.stop();
      this.player.show(this.whole);
    });
    for (const radio of this.section.querySelectorAll("[name=vue]")) {
      radio.addEventListener("change", () => this.#turn(radio.value === "heat"));
    }
    for (const row of this.section.querySelectorAll("[data-place]")) {
      for (const [name, lit] of [["mouseenter", true], ["focusin", true], ["mouseleave", false], ["focusout", false]]) {
        row.addEventListener(name, () => this.#light(row.dataset.place, lit));
      }
    }
  }

  // The same page, should it be kept, sent or loaded again.
  #keepAddress() {
    const address = new URL(location.href);
    address.searchParams.set("mesure", this.select.value);
    history.replaceState(null, "", address);
  }

  async #turn(hot) {
    this.player.stop();
    try {
      if (hot && !this.cells) await this.#heat();
    } catch (error) {
      console.warn(error);
      notice(this.map, this.say.textFailed, () => this.#turn(true));
      return;
    }
    this.hot = hot;
    this.section.querySelector("[data-places]").hidden = hot;
    this.select.form.hidden = hot; // hot spots are of what was reported
    this.map.invalidateSize();
    this.player.show(hot || this.#isFirst() ? this.player.moment : this.whole);
  }

  #isFirst() {
    return this.select.value === Object.keys(this.data.measures)[0];
  }

  async #outlines() {
    const answer = await fetch(`${settings.outlines}?territory=${encodeURIComponent(this.frame.dataset.territory)}`);
    if (!answer.ok) throw new Error(answer.statusText);
    const { features } = await answer.json();
    this.shapes = L.layerGroup();
    for (const feature of features.filter(({ properties }) => !properties.home)) {
      const { code, name, at } = feature.properties;
      const link = this.section.querySelector(`[data-place="${CSS.escape(code)}"] a`);
      if (!link) continue;
      const shape = L.geoJSON(feature, { pane: "outlines", bubblingMouseEvents: false }).bindTooltip(words(name), { sticky: true });
      shape.on("click", () => link.click());
      const label = L.tooltip({ permanent: true, direction: "bottom", offset: [0, 4], className: "board-label", interactive: false });
      this.shapes.addLayer(shape).addLayer(label.setLatLng([at[1], at[0]]));
      this.places.set(code, { shape, label });
    }
  }

  async #heat() {
    const answer = await fetch(this.data.heat);
    if (!answer.ok) throw new Error(answer.statusText);
    const { side, whole, cells } = await answer.json();
    this.side = side;
    this.cells = this.data.steps.map(() => []);
    for (const [lon, lat, step, count] of cells) this.cells[step].push([lon, lat, count]);
    this.cells.push(whole);
  }

  // Draws that moment and says it.
  #show(moment) {
    // Only what was reported is counted moment by moment.
    this.section.querySelector("[data-time]").hidden = !(this.hot || this.#isFirst());
    this.#leadToAll(moment);
    for (const name of ["note", "legend"]) this.section.querySelector(`[data-heat-${name}]`).hidden = !this.hot;
    const title = moment === this.whole ? this.say.textWhole : this.#capital(this.data.steps[moment]);
    return this.hot ? this.#showHeat(moment, title) : this.#showPlaces(moment, title);
  }

  #showHeat(moment, title) {
    this.shapes?.remove();
    this.squares.addTo(this.map);
    const cells = this.cells[moment];
    const group = moment === this.whole ? cells : this.cells.slice(0, -1).flat();
    const most = Math.max(1, ...group.map(([, , count]) => count));
    drawSquares(this.squares, cells, this.side, most);
    this.#heatLegend(most);
    const total = cells.reduce((sum, [, , count]) => sum + count, 0);
    return this.say.textHeat.replace("{moment}", title).replace("{count}", number.format(total));
  }

  #showPlaces(moment, title) {
    this.squares.remove();
    this.shapes.addTo(this.map);
    const measure = this.data.measures[this.select.value];
    const { time } = this.data;
    const isWhole = moment === this.whole;
    const legend = isWhole ? measure.legend : time.legend;
    const first = Object.values(this.data.measures)[0];
    const values = (code) => (isWhole ? measure.places[code] : time.places[code][moment]);
    this.#legend(legend);
    this.section.querySelector("[data-title]").textContent = isWhole ? measure.title : `${first.title}, ${this.data.steps[moment]}`;
    for (const row of this.section.querySelectorAll("[data-place]")) {
      const [shade, text] = values(row.dataset.place);
      const mark = row.querySelector(".shade");
      mark.className = `shade shade--${shade}`;
      mark.textContent = shade || "";
      this.#lead(row.querySelector("[data-value]"), moment, shade, text);
      this.#paint(row.dataset.place, shade, text);
    }
    if (isWhole) return title;
    return this.say.textSaid.replace("{moment}", title).replace("{title}", this.data.totals[moment]);
  }

  // To the list behind a value, if it is said.
  #lead(link, moment, shade, text) {
    link.textContent = text;
    if (!shade) {
      link.removeAttribute("href");
      return;
    }
    const isWhole = moment === this.whole;
    const measure = isWhole ? this.select.value.replace(this.data.rated, "") : Object.keys(this.data.measures)[0];
    link.href = `${link.dataset.lists}${measure}/${this.#query(moment)}`;
  }

  #leadToAll(moment) {
    const link = this.section.querySelector("[data-all]");
    link.href = link.href.replace(/\?.*|$/, this.#query(moment));
  }

  // What asks for the same, of that moment alone.
  #query(moment) {
    const asked = new URLSearchParams(this.data.query);
    for (const [name, value] of Object.entries(this.data.days[moment] ?? {})) {
      if (value) asked.set(name, value);
      else asked.delete(name);
    }
    return asked.size ? `?${asked}` : "";
  }

  #paint(code, shade, text) {
    const place = this.places.get(code);
    if (!place) return;
    const fill = shade ? colour(`--shade-${shade}`) : "transparent";
    place.shape.setStyle({ color: colour("--ink"), weight: 1, opacity: 0.7, fillColor: fill, fillOpacity: shade ? 0.78 : 0 });
    place.label.setContent(Object.assign(document.createElement("span"), { textContent: text }));
  }

  #light(code, lit) {
    this.places.get(code)?.shape.setStyle({ weight: lit ? 4 : 1, opacity: lit ? 1 : 0.7 });
  }

  #legend(entries) {
    const list = this.section.querySelector("[data-legend]");
    list.replaceChildren(
      ...entries.map(([shade, text]) => {
        const item = document.createElement("li");
        const mark = Object.assign(document.createElement("span"), { className: `shade shade--${shade}`, textContent: shade });
        mark.setAttribute("aria-hidden", "true");
        item.append(mark, ` ${text}`);
        return item;
      }),
    );
  }

  #heatLegend(most) {
    const counts = [...new Set([1, Math.round(Math.sqrt(most)), most])].sort((one, other) => one - other);
    this.section.querySelector("[data-heat-legend]").replaceChildren(
      ...counts.map((count) => {
        const mark = Object.assign(document.createElement("span"), { className: "board__square" });
        mark.style.opacity = darkness(count, most);
        mark.setAttribute("aria-hidden", "true");
        const item = document.createElement("li");
        item.append(mark, ` ${number.format(count)}`);
        return item;
      }),
    );
  }

  #capital(text) {
    return text.charAt(0).toLocaleUpperCase() + text.slice(1);
  }
}

export function start(section) {
  const view = new BoardMap(section);
  section.view = view;
  view.start().catch((error) => {
    console.warn(error);
    notice(view.map, section.dataset.textFailed, () => location.reload());
  });
}
