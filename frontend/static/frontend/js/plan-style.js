// How the city's own plan looks: colours by day and by night, and how wide a street is drawn at each zoom.

const DAY = {
  land: "#f1ead9",
  built: "#e9dfca",
  field: "#efe8cf",
  meadow: "#e3e9c9",
  vineyard: "#e6dfc2",
  wood: "#c5d5ab",
  park: "#cfe0b2",
  cemetery: "#d6dfc0",
  stade: "#d3e4b8",
  civic: "#ebd8c2",
  place: "#f9f2e4",
  river: "#a3cbdd",
  lake: "#a3cbdd",
  building: "#d9c6aa",
  monument: "#c39a78",
  casing: "#cfc0a3",
  street: "#fffdf7",
  avenue: "#fff6dd",
  motorway: "#f0c47f",
  bridge: "#fff6dd",
  path: "#b9a883",
  railway: "#857d6c",
  water_text: "#245a78",
  green_text: "#3c5c24",
  street_text: "#544c3d",
  place_text: "#3a3127",
  district_text: "#4a4433",
  halo: "#fbf7ec",
  outline: "#2438a8",
  dot: "#7a4b2b",
};

const NIGHT = {
  land: "#161a25",
  built: "#1c2130",
  field: "#191e28",
  meadow: "#18242a",
  vineyard: "#1f2229",
  wood: "#192a26",
  park: "#1c3029",
  cemetery: "#1c2c2b",
  stade: "#1f3329",
  civic: "#2a2833",
  place: "#2b3143",
  river: "#15344d",
  lake: "#15344d",
  building: "#2b3346",
  monument: "#4a4458",
  casing: "#11141d",
  street: "#3a4358",
  avenue: "#4a546c",
  motorway: "#6e6145",
  bridge: "#4a546c",
  path: "#39414f",
  railway: "#5e6678",
  water_text: "#8fc3e6",
  green_text: "#a3c9a2",
  street_text: "#c3c7d2",
  place_text: "#e8e2d4",
  district_text: "#d5d2c8",
  halo: "#10131b",
  outline: "#a9b7ff",
  dot: "#e9b45a",
};

export const palette = () => (document.documentElement.dataset.theme === "dark" ? NIGHT : DAY);

// Drawn in this order, from the ground up.
export const AREAS = [
  "built",
  "field",
  "meadow",
  "vineyard",
  "wood",
  "park",
  "cemetery",
  "stade",
  "civic",
  "place",
  "river",
  "lake",
  "building",
  "monument",
];

// Metres wide, never thinner than so many pixels, from this zoom on; in the order in which they lie over each other.
export const LINES = [
  { kind: "path", metres: 2, least: 0.8, from: 15, dash: [3, 3] },
  { kind: "street", metres: 7, least: 0.9, from: 13, cased: true },
  { kind: "avenue", metres: 13, least: 1.6, from: 10, cased: true },
  { kind: "motorway", metres: 16, least: 2, from: 8, cased: true },
  { kind: "bridge", metres: 13, least: 1.6, from: 13, cased: true },
  { kind: "railway", metres: 3, least: 1.1, from: 9 },
];

// Ranks of the plan are fetched and drawn from these zooms on.
export const RANK_FROM = { 1: 0, 2: 10, 3: 12, 4: 14, 5: 15 };

export const metresToPixels = (zoom, latitude) =>
  (256 * 2 ** zoom) / (40075016.7 * Math.cos((latitude * Math.PI) / 180));
