// The city's own base plan, drawn from its GeoJSON on canvas tiles: no tile server is asked.
/* global L */
import { AREAS, LINES, RANK_FROM, metresToPixels, palette } from "./plan-style.js";

// Web Mercator on a square from 0 to 1.
function project([lon, lat]) {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

function boxOf(lines) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    for (const [x, y] of line) {
      if (x < box[0]) box[0] = x;
      if (y < box[1]) box[1] = y;
      if (x > box[2]) box[2] = x;
      if (y > box[3]) box[3] = y;
    }
  }
  return box;
}

// One shape per part, each with its box, so that a tile passes over what does not touch it.
function shapesOf(feature, rank) {
  const { type, coordinates } = feature.geometry;
  const base = { kind: feature.properties.kind, name: feature.properties.name, rank };
  const parts = type.startsWith("Multi") ? coordinates : [coordinates];
  const form = type.replace("Multi", "");
  return parts.map((part) => {
    if (form === "Point") return { ...base, form: "point", at: project(part) };
    const lines = form === "Polygon" ? part.map((ring) => ring.map(project)) : [part.map(project)];
    return { ...base, form: form === "Polygon" ? "area" : "line", lines, box: boxOf(lines) };
  });
}

export class Plan {
  constructor(url) {
    this.url = url;
    this.shapes = [];
    this.waiting = new Map();
    this.listeners = new Set();
  }

  // Fetches the ranks that this zoom shows and are not here yet. Rejects where one cannot be had; may be called again.
  async need(zoom) {
    const ranks = Object.keys(RANK_FROM).filter((rank) => zoom >= RANK_FROM[rank]);
    await Promise.all(ranks.map((rank) => this.#fetch(Number(rank))));
  }

  #fetch(rank) {
    if (!this.waiting.has(rank)) {
      const coming = fetch(this.url.replace("/0.json", `/${rank}.json`))
        .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.statusText))))
        .then((collection) => {
          this.shapes = this.shapes.concat(collection.features.flatMap((one) => shapesOf(one, rank)));
          for (const listener of this.listeners) listener();
        });
      coming.catch(() => this.waiting.delete(rank));
      this.waiting.set(rank, coming);
    }
    return this.waiting.get(rank);
  }

  // Shapes of that zoom touching a box given on the unit square.
  within([west, north, east, south], zoom) {
    return this.shapes.filter((shape) => {
      if (zoom < RANK_FROM[shape.rank]) return false;
      const [w, n, e, s] = shape.box ?? [...shape.at, ...shape.at];
      return w <= east && e >= west && n <= south && s >= north;
    });
  }
}

function trace(shape, scale, left, top) {
  const path = new Path2D();
  for (const line of shape.lines) {
    line.forEach(([x, y], position) => path[position ? "lineTo" : "moveTo"](x * scale - left, y * scale - top));
    if (shape.form === "area") path.closePath();
  }
  return path;
}

function paint(context, shapes, { scale, left, top, zoom, latitude }) {
  const colours = palette();
  const byKind = Map.groupBy ? Map.groupBy(shapes, (one) => one.kind) : groupBy(shapes);
  for (const kind of AREAS) {
    context.fillStyle = colours[kind];
    for (const shape of byKind.get(kind) ?? []) {
      if (shape.form === "area") context.fill(trace(shape, scale, left, top), "evenodd");
    }
  }
  const perMetre = metresToPixels(zoom, latitude);
  context.lineJoin = "round";
  const drawn = LINES.filter((style) => zoom >= style.from).map((style) => ({
    ...style,
    width: Math.max(style.least, style.metres * perMetre),
    paths: (byKind.get(style.kind) ?? []).filter((s) => s.form === "line").map((s) => trace(s, scale, left, top)),
  }));
  // All casings first, so that streets run into each other.
  context.lineCap = "round";
  context.strokeStyle = colours.casing;
  for (const style of drawn) {
    if (!style.cased || style.width < 1.5) continue;
    context.lineWidth = style.width + (zoom >= 15 ? 2 : 1.4);
    context.lineCap = style.kind === "bridge" ? "butt" : "round";
    for (const path of style.paths) context.stroke(path);
  }
  for (const style of drawn) {
    context.strokeStyle = colours[style.kind];
    context.lineWidth = style.width;
    context.setLineDash(style.dash ?? []);
    for (const path of style.paths) context.stroke(path);
  }
  context.setLineDash([]);
}

function groupBy(shapes) {
  const groups = new Map();
  for (const shape of shapes) {
    if (!groups.has(shape.kind)) groups.set(shape.kind, []);
    groups.get(shape.kind).push(shape);
  }
  return groups;
}

// A Leaflet layer of the plan.
export function planLayer(plan, options) {
  const Tiles = L.GridLayer.extend({
    createTile(coords) {
      const tile = document.createElement("canvas");
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      tile.width = tile.height = 256 * ratio;
      this._paint(tile, coords);
      return tile;
    },
    _paint(tile, coords) {
      const scale = 256 * 2 ** coords.z;
      const left = coords.x * 256;
      const top = coords.y * 256;
      const ratio = tile.width / 256;
      const context = tile.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.fillStyle = palette().land;
      context.fillRect(0, 0, 256, 256);
      // A margin, for streets whose middle runs just outside.
      const box = [left - 24, top - 24, left + 280, top + 280].map((pixels) => pixels / scale);
      const latitude = this._map.unproject([left + 128, top + 128], coords.z).lat;
      paint(context, plan.within(box, coords.z), { scale, left, top, zoom: coords.z, latitude });
    },
    repaint() {
      for (const { el, coords } of Object.values(this._tiles ?? {})) this._paint(el, coords);
    },
    onAdd(map) {
      L.GridLayer.prototype.onAdd.call(this, map);
      this._again = () => this.repaint();
      plan.listeners.add(this._again);
    },
    onRemove(map) {
      plan.listeners.delete(this._again);
      L.GridLayer.prototype.onRemove.call(this, map);
    },
  });
  return new Tiles({ maxZoom: 19, minZoom: 3, ...options });
}
