// Names on the plan: few, where they fit, none over another. Drawn again whenever the map has come to rest.
/* global L */
import { palette } from "./plan-style.js";

const FONT = 'system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
const SERIF = '"Iowan Old Style", "Palatino Linotype", "URW Palladio L", Palatino, Georgia, serif';
const POINT_FROM = { 1: 12, 2: 14, 3: 15, 4: 16, 5: 17 };
// The same street name stands again after so many pixels.
const AGAIN = 420;

class Board {
  constructor(context, width, height) {
    Object.assign(this, { context, width, height, boxes: [], names: new Map() });
  }

  free(box) {
    return (
      box[0] > 0 && box[1] > 0 && box[2] < this.width && box[3] < this.height &&
      this.boxes.every((one) => one[0] > box[2] || one[2] < box[0] || one[1] > box[3] || one[3] < box[1])
    );
  }

  repeats(name, x, y) {
    const near = (this.names.get(name) ?? []).some(([a, b]) => Math.hypot(a - x, b - y) < AGAIN);
    if (!near) this.names.set(name, [...(this.names.get(name) ?? []), [x, y]]);
    return near;
  }

  write(text, x, y, colour, angle = 0) {
    const { context } = this;
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.strokeStyle = palette().halo;
    context.lineWidth = 3.5;
    context.lineJoin = "round";
    context.strokeText(text, 0, 0);
    context.fillStyle = colour;
    context.fillText(text, 0, 0);
    context.restore();
  }
}

function level(board, text, x, y, colour, height) {
  const half = board.context.measureText(text).width / 2 + 4;
  const box = [x - half, y - height / 2, x + half, y + height / 2];
  if (!board.free(box)) return false;
  board.boxes.push(box);
  board.write(text, x, y, colour);
  return true;
}

function districts(board, places, pixel, zoom) {
  const { context } = board;
  for (const { name, at, home } of places) {
    if (home ? zoom > 12 : zoom < 12 || zoom > 16) continue;
    context.font = home ? `650 15px ${SERIF}` : `600 12px ${FONT}`;
    if ("letterSpacing" in context) context.letterSpacing = home ? "0px" : "1px";
    const [x, y] = pixel(at);
    level(board, home ? name : name.toLocaleUpperCase(), x, y, palette().district_text, 18);
    if ("letterSpacing" in context) context.letterSpacing = "0px";
  }
}

function areas(board, shapes, trace, zoom) {
  const { context } = board;
  const colours = palette();
  for (const shape of shapes) {
    const water = shape.kind === "river" || shape.kind === "lake";
    if (shape.form !== "area" || !shape.name || !(water || ["park", "place", "cemetery", "stade"].includes(shape.kind))) continue;
    context.font = water ? `italic 14px ${SERIF}` : `${shape.kind === "place" ? "600 " : ""}12px ${FONT}`;
    const half = context.measureText(shape.name).width / 2;
    const path = trace(shape);
    const [west, north, east, south] = path.box.map((v, i) => Math.min(Math.max(v, 0), i % 2 ? board.height : board.width));
    if (path.box[2] - path.box[0] < half * (water ? 2 : 1.3) || (water && zoom < 12)) continue;
    const inside = (x, y) => context.isPointInPath(path.path, x * board.ratio, y * board.ratio, "evenodd");
    const spot = middleSpot(west, north, east, south, (x, y) => inside(x, y) && (!water || (inside(x - half, y) && inside(x + half, y))));
    if (spot && !board.repeats(shape.name, ...spot)) {
      level(board, shape.name, ...spot, water ? colours.water_text : shape.kind === "place" ? colours.place_text : colours.green_text, 16);
    }
  }
}

// The point of a grid over the box that lies inside and closest to its middle.
function middleSpot(west, north, east, south, inside) {
  const middle = [(west + east) / 2, (north + south) / 2];
  const step = Math.max(10, Math.min(east - west, south - north) / 12, (east - west) / 60, (south - north) / 60);
  let best = null;
  let distance = Infinity;
  for (let x = middle[0] % step + west - (west % step); x < east; x += step) {
    for (let y = middle[1] % step + north - (north % step); y < south; y += step) {
      const away = Math.hypot(x - middle[0], y - middle[1]);
      if (away < distance && inside(x, y)) [best, distance] = [[x, y], away];
    }
  }
  return best;
}

function landmarks(board, shapes, pixel, zoom) {
  const { context } = board;
  context.font = `600 11.5px ${FONT}`;
  context.textAlign = "start";
  for (const shape of shapes.filter((one) => one.form === "point" && one.name).sort((a, b) => a.rank - b.rank)) {
    if (zoom < (POINT_FROM[shape.rank] ?? 17)) continue;
    const [x, y] = pixel(shape.at);
    const box = [x - 6, y - 8, x + context.measureText(shape.name).width + 12, y + 8];
    if (!board.free(box)) continue;
    board.boxes.push(box);
    context.fillStyle = palette().dot;
    context.beginPath();
    context.arc(x, y, 3.5, 0, 7);
    context.fill();
    board.write(shape.name, x + 8, y, palette().place_text);
  }
  context.textAlign = "center";
}

// The part of a segment that lies on the board (Liang and Barsky), or null.
function clipped([ax, ay], [bx, by], width, height) {
  let [enter, leave] = [0, 1];
  for (const [step, room] of [[ax - bx, ax], [bx - ax, width - ax], [ay - by, ay], [by - ay, height - ay]]) {
    if (step === 0 && room < 0) return null;
    if (step < 0) enter = Math.max(enter, room / step);
    if (step > 0) leave = Math.min(leave, room / step);
  }
  if (enter >= leave) return null;
  const at = (part) => [ax + (bx - ax) * part, ay + (by - ay) * part];
  return [at(enter), at(leave)];
}

// The stretches of a line that are seen, each a list of points.
function seen(points, { width, height }) {
  const runs = [];
  for (let index = 1; index < points.length; index += 1) {
    const piece = clipped(points[index - 1], points[index], width, height);
    if (!piece) continue;
    const last = runs.at(-1)?.at(-1);
    if (last && Math.hypot(last[0] - piece[0][0], last[1] - piece[0][1]) < 0.5) runs.at(-1).push(piece[1]);
    else runs.push(piece);
  }
  return runs;
}

// The longest stretch of a line that hardly bends: [from, to, length] in pixels.
function straight(points) {
  let best = null;
  for (let start = 0; start < points.length - 1; start += 1) {
    const first = Math.atan2(points[start + 1][1] - points[start][1], points[start + 1][0] - points[start][0]);
    let end = start + 1;
    while (end + 1 < points.length) {
      const next = Math.atan2(points[end + 1][1] - points[end][1], points[end + 1][0] - points[end][0]);
      const bend = Math.abs(((next - first + 3 * Math.PI) % (2 * Math.PI)) - Math.PI);
      if (bend > 0.22) break;
      end += 1;
    }
    const length = Math.hypot(points[end][0] - points[start][0], points[end][1] - points[start][1]);
    if (!best || length > best[2]) best = [points[start], points[end], length];
  }
  return best;
}

function streets(board, shapes, pixel, zoom) {
  const { context } = board;
  const order = { motorway: 0, avenue: 1, street: 2 };
  const named = shapes.filter((one) => one.form === "line" && one.name && one.kind in order);
  for (const shape of named.sort((a, b) => order[a.kind] - order[b.kind] || a.rank - b.rank)) {
    if (zoom < (shape.kind === "street" ? (shape.rank < 4 ? 15 : 16) : 14)) continue;
    context.font = `${shape.kind === "street" ? "" : "600 "}${zoom >= 17 ? 12.5 : 11}px ${FONT}`;
    const stretch = seen(shape.lines[0].map(pixel), board)
      .map(straight)
      .sort((a, b) => b[2] - a[2])[0];
    const width = context.measureText(shape.name).width;
    if (!stretch || stretch[2] < width + 10) continue;
    const [[ax, ay], [bx, by]] = stretch;
    const [x, y] = [(ax + bx) / 2, (ay + by) / 2];
    let angle = Math.atan2(by - ay, bx - ax);
    if (Math.abs(angle) > Math.PI / 2) angle += Math.PI;
    const boxes = [-0.4, -0.2, 0, 0.2, 0.4].map((part) => {
      const [cx, cy] = [x + Math.cos(angle) * width * part, y + Math.sin(angle) * width * part];
      return [cx - width * 0.1 - 6, cy - 9, cx + width * 0.1 + 6, cy + 9];
    });
    if (!boxes.every((box) => board.free(box)) || board.repeats(shape.name, x, y)) continue;
    board.boxes.push(...boxes);
    board.write(shape.name, x, y, palette().street_text, angle);
  }
}

// A Leaflet layer of names over `plan` (may be null) and `places` ([{name, at: unit square, home}]).
export function labelLayer(plan, places) {
  const Labels = L.Layer.extend({
    onAdd(map) {
      this._canvas = L.DomUtil.create("canvas", "map__labels leaflet-zoom-hide", map.getPane("labels"));
      map.on("moveend zoomend resize", this.redraw, this);
      this._again = () => this.redraw();
      plan?.listeners.add(this._again);
      this.redraw();
    },
    onRemove(map) {
      map.off("moveend zoomend resize", this.redraw, this);
      plan?.listeners.delete(this._again);
      this._canvas.remove();
    },
    redraw() {
      const map = this._map;
      if (!map) return;
      const { x: width, y: height } = map.getSize();
      const ratio = window.devicePixelRatio || 1;
      Object.assign(this._canvas, { width: width * ratio, height: height * ratio });
      Object.assign(this._canvas.style, { width: `${width}px`, height: `${height}px` });
      L.DomUtil.setPosition(this._canvas, map.containerPointToLayerPoint([0, 0]));
      const context = this._canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      Object.assign(context, { textAlign: "center", textBaseline: "middle" });
      const zoom = map.getZoom();
      const scale = 256 * 2 ** zoom;
      const corner = map.getPixelBounds().min;
      const pixel = ([x, y]) => [x * scale - corner.x, y * scale - corner.y];
      const board = Object.assign(new Board(context, width, height), { ratio });
      districts(board, places, pixel, zoom);
      if (!plan) return;
      const box = [corner.x, corner.y, corner.x + width, corner.y + height].map((pixels) => pixels / scale);
      const shapes = plan.within(box, Math.floor(zoom));
      const trace = (shape) => {
        const path = new Path2D();
        for (const ring of shape.lines) {
          ring.forEach((one, position) => path[position ? "lineTo" : "moveTo"](...pixel(one)));
          path.closePath();
        }
        return { path, box: [...pixel(shape.box.slice(0, 2)), ...pixel(shape.box.slice(2))] };
      };
      areas(board, shapes, trace, zoom);
      landmarks(board, shapes, pixel, zoom);
      streets(board, shapes, pixel, zoom);
    },
  });
  return new Labels();
}
