// A map that only shows outlines.
import { createMap } from "./map.js";

export const start = createMap;
