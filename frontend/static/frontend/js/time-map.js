// Squares that are darker where there is more, and a slider through moments that can also play by itself.
/* global L */

const STEP = 900; // milliseconds a moment stays while playing

// From 0.18 to 0.8, by the logarithm, so that one busy square does not hide all others.
export function darkness(count, most) {
  return 0.18 + 0.62 * (Math.log1p(count) / Math.log1p(most));
}

// Cells [lon, lat, count] , squares so many degrees wide and high; `most` is the count of the darkest.
export function drawSquares(group, cells, [width, height], most) {
  group.clearLayers();
  for (const [lon, lat, count] of cells) {
    const box = [[lat - height / 2, lon - width / 2], [lat + height / 2, lon + width / 2]];
    const fillOpacity = darkness(count, most);
    L.rectangle(box, { stroke: false, fillColor: "#b3261e", fillOpacity, interactive: false }).addTo(group);
  }
}

// Moments 0 to last on the bar's slider ([data-slider]), button ([data-play]) and words ([data-said]).
export class Player {
  // `show(moment)` draws it and returns what it says.
  constructor(bar, last, show) {
    Object.assign(this, { last, draw: show, playing: null });
    this.slider = bar.querySelector("[data-slider]");
    this.said = bar.querySelector("[data-said]");
    this.button = bar.querySelector("[data-play]");
    this.slider.max = last;
    this.slider.addEventListener("input", () => {
      this.stop();
      this.show(Number(this.slider.value));
    });
    this.button.addEventListener("click", () => (this.playing ? this.stop() : this.#play()));
    bar.hidden = false;
  }

  get moment() {
    return Number(this.slider.value);
  }

  show(moment) {
    this.slider.value = moment;
    const said = this.draw(moment);
    this.said.textContent = said;
    this.slider.setAttribute("aria-valuetext", said);
  }

  stop() {
    clearInterval(this.playing);
    this.playing = null;
    this.button.setAttribute("aria-pressed", "false");
  }

  #play() {
    this.button.setAttribute("aria-pressed", "true");
    if (this.moment === this.last) this.show(0);
    this.playing = setInterval(() => {
      if (this.moment >= this.last) this.stop();
      else this.show(this.moment + 1);
    }, STEP);
  }
}
