// A map that only shows outlines.
import { createMap } from "./map.js";

for (const element of document.querySelectorAll("[data-map]")) createMap(element);
