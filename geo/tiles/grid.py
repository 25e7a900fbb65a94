"""Where a tile of the web's usual grid (EPSG:3857, XYZ) lies. Imports no Django."""

import math
from dataclasses import dataclass

MAX_ZOOM = 22
EXTENT = 4096  # units of a tile's own coordinates
BUFFER = 64  # of these units around it, so that no sign is cut at its edge
CELLS = 32  # a tile that would hold too much shows counts in so many cells each way


@dataclass(frozen=True)
class Tile:
    """The tile in column x and row y (from the north) of zoom z."""

    z: int
    x: int
    y: int

    def __post_init__(self):
        if not (0 <= self.z <= MAX_ZOOM and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise ValueError(f"{self.z}/{self.x}/{self.y}")

    def box(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees (EPSG:4326), with so much of its width more on each side."""
        west, east = (self._lon(self.x + side) for side in (-margin, 1 + margin))
        north, south = (self._lat(self.y + side) for side in (-margin, 1 + margin))
        return max(west, -180.0), south, min(east, 180.0), north

    def _lon(self, column: float) -> float:
        return column / 2**self.z * 360 - 180

    def _lat(self, row: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**self.z))))
