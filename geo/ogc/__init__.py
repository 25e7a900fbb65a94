"""OGC API – Features (Part 1 core, Part 2 CRS, Part 3 filtering) over the layers."""
