"""Cut ground into blocks by drawing streets across it, again and again, until each piece is a block.

Because streets are the lines between blocks, no street can cross a building, run into the river or end in
nothing: it always reaches another street. Rings of vertices are cut exactly, without overlay arithmetic.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, Polygon

from geo.demo.shapes import Point


@dataclass(frozen=True)
class Style:
    """How a neighbourhood is cut. `area` in m², `jitter` as a share of the length, `bend` likewise.

    `angle` (radians) and `pitch` (metres) lay the streets on one shared grid; None follows each block.
    """

    area: float
    jitter: float
    bend: float
    angle: float | None = None
    pitch: float = 0.0


@dataclass(frozen=True)
class Seed:
    """A place that must get a block of its own of at most `area` m²: a square, a park, a school."""

    kind: str
    name: str
    x: float
    y: float
    area: float
    rank: int = 3


@dataclass(frozen=True)
class Cut:
    """One street drawn by the subdivision."""

    line: tuple[Point, ...]
    depth: int


@dataclass(frozen=True)
class Block:
    """A final piece of ground; `seed` when a place was asked for here."""

    polygon: Polygon
    style: Style
    seed: Seed | None = None


class Junctions:
    """Corners already made, so that a new street meets its opposite instead of missing it by some metres."""

    CELL = 50.0

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[Point]] = {}

    def add(self, point: Point) -> None:
        key = (math.floor(point[0] / self.CELL), math.floor(point[1] / self.CELL))
        self._cells.setdefault(key, []).append(point)

    def near(self, point: Point, reach: float) -> list[Point]:
        """Junctions within `reach` metres, nearest first."""
        column, row = math.floor(point[0] / self.CELL), math.floor(point[1] / self.CELL)
        found = [
            (math.dist(point, other), other)
            for i in (column - 1, column, column + 1)
            for j in (row - 1, row, row + 1)
            for other in self._cells.get((i, j), ())
        ]
        return [other for distance, other in sorted(found) if distance <= reach]


def _on_edge(ring: list[Point], point: Point, tolerance: float = 0.05) -> int | None:
    """Index of the ring's edge that carries the point."""
    px, py = point
    for i, (x0, y0) in enumerate(ring):
        x1, y1 = ring[(i + 1) % len(ring)]
        dx, dy = x1 - x0, y1 - y0
        square = dx * dx + dy * dy
        t = ((px - x0) * dx + (py - y0) * dy) / square if square else 0.0
        t = min(1.0, max(0.0, t))
        if math.hypot(x0 + t * dx - px, y0 + t * dy - py) <= tolerance:
            return i
    return None


def _axes(polygon: Polygon, angle: float | None) -> tuple[Point, Point, float, float]:
    """(centre, unit vector of the long side, long side, short side) of the box to cut across."""
    if angle is None:
        corners = list(shapely.oriented_envelope(polygon).exterior.coords)
        sides = [math.dist(corners[0], corners[1]), math.dist(corners[1], corners[2])]
        start = 0 if sides[0] >= sides[1] else 1
        (x0, y0), (x1, y1) = corners[start], corners[start + 1]
        longest = sides[start] or 1.0
        axis = ((x1 - x0) / longest, (y1 - y0) / longest)
        centre = ((corners[0][0] + corners[2][0]) / 2, (corners[0][1] + corners[2][1]) / 2)
        return centre, axis, longest, sides[1 - start]
    u = (math.cos(angle), math.sin(angle))
    along = [x * u[0] + y * u[1] for x, y in polygon.exterior.coords]
    across = [-x * u[1] + y * u[0] for x, y in polygon.exterior.coords]
    a, b = (min(along) + max(along)) / 2, (min(across) + max(across)) / 2
    centre = (a * u[0] - b * u[1], a * u[1] + b * u[0])
    length, width = max(along) - min(along), max(across) - min(across)
    return (centre, u, length, width) if length >= width else (centre, (-u[1], u[0]), width, length)


def _chord(ring: list[Point], through: Point, axis: Point) -> tuple[tuple[int, Point], tuple[int, Point]] | None:
    """Where the line through a point, square to `axis`, enters and leaves the ring around that point."""
    hits = []
    side = [(x - through[0]) * axis[0] + (y - through[1]) * axis[1] for x, y in ring]
    for i, s0 in enumerate(side):
        s1 = side[(i + 1) % len(ring)]
        if (s0 < 0) != (s1 < 0):
            t = s0 / (s0 - s1)
            (x0, y0), (x1, y1) = ring[i], ring[(i + 1) % len(ring)]
            point = (x0 + t * (x1 - x0), y0 + t * (y1 - y0))
            offset = -(point[0] - through[0]) * axis[1] + (point[1] - through[1]) * axis[0]
            hits.append((offset, i, point))
    hits.sort()
    pairs = list(zip(hits[::2], hits[1::2], strict=False))
    if not pairs:
        return None
    first, second = min(pairs, key=lambda pair: abs(pair[0][0] + pair[1][0]))
    return (first[1], first[2]), (second[1], second[2])


def _bent(a: Point, b: Point, bend: float) -> list[Point]:
    """The street from a to b: straight, or an arc whose rise is `bend` times its length."""
    length = math.dist(a, b)
    if length < 50 or abs(bend) < 0.01:
        return [a, b]
    steps = max(2, min(8, round(length / 45)))
    nx, ny = -(b[1] - a[1]) * bend * 4, (b[0] - a[0]) * bend * 4
    inner = []
    for k in range(1, steps):
        t = k / steps
        rise = t * (1 - t)
        inner.append((a[0] + t * (b[0] - a[0]) + nx * rise, a[1] + t * (b[1] - a[1]) + ny * rise))
    return [a, *inner, b]


def _halves(ring: list[Point], path: list[Point], first: int, second: int) -> tuple[list[Point], list[Point]]:
    """The two rings on either side of a path whose ends lie on edges `first` and `second`."""

    def walk(start: int, stop: int) -> list[Point]:
        points, i = [], start
        while i != stop:
            i = (i + 1) % len(ring)
            points.append(ring[i])
        return points

    one = walk(first, second) + path[::-1]
    other = walk(second, first) + path
    return _clean(one), _clean(other)


def _clean(ring: list[Point]) -> list[Point]:
    return [p for i, p in enumerate(ring) if math.dist(p, ring[i - 1]) > 0.02]


def _fits(polygon: Polygon, parent_area: float) -> bool:
    """Not a sliver: a fair share of the parent and not too thin."""
    return (
        polygon.is_valid
        and polygon.area > 0.16 * parent_area
        and polygon.area > 0.022 * polygon.length * polygon.length
    )


def _cut(ring: list[Point], polygon: Polygon, style: Style, junctions: Junctions, rng: random.Random):
    """One good cut: (street, ring, ring), or None when the piece is better left whole."""
    centre, axis, longest, _ = _axes(polygon, style.angle)
    for attempt in range(9):
        spread = style.jitter * (1 + attempt / 3)
        shift = rng.uniform(-spread, spread) * longest
        turn = rng.uniform(-0.5, 0.5) * spread
        if style.angle is not None and attempt < 6:
            position = centre[0] * axis[0] + centre[1] * axis[1]
            shift = (round(position / style.pitch) + (0, 1, -1, 2, -2, 0)[attempt]) * style.pitch - position
            turn = 0.0
        elif attempt > 5:  # the other way round
            axis = (-axis[1], axis[0]) if attempt == 6 else axis
        u = (
            axis[0] * math.cos(turn) - axis[1] * math.sin(turn),
            axis[0] * math.sin(turn) + axis[1] * math.cos(turn),
        )
        chord = _chord(ring, (centre[0] + shift * axis[0], centre[1] + shift * axis[1]), u)
        bend = rng.uniform(-style.bend, style.bend)
        if chord is None:
            continue
        ends = []
        for index, point in chord:
            reach = min(45.0, 0.22 * math.sqrt(style.area))
            for other in junctions.near(point, reach):
                edge = _on_edge(ring, other)
                if edge is not None:
                    index, point = edge, other
                    break
            ends.append((index, point))
        (first, a), (second, b) = ends
        if first == second or math.dist(a, b) < 12:
            continue
        path = _bent(a, b, bend if attempt < 4 else 0.0)
        inner = [a, b] if len(path) == 2 else path[1:-1]
        if len(inner) > 1 and len(path) > 2 and not polygon.contains(LineString(inner)):
            continue
        one, other = _halves(ring, path, first, second)
        if len(one) > 2 and len(other) > 2:
            pieces = Polygon(one), Polygon(other)
            if all(_fits(piece, polygon.area) for piece in pieces):
                return tuple(path), (one, pieces[0]), (other, pieces[1])
    return None


def subdivide(
    face: Polygon,
    style_at: Callable[[Polygon], Style],
    seeds: list[Seed],
    junctions: Junctions,
    rng: random.Random,
) -> tuple[list[Block], list[Cut]]:
    """Cut a face without holes into blocks; the streets between them come with their depth."""
    blocks: list[Block] = []
    cuts: list[Cut] = []
    start = _clean([(x, y) for x, y in face.exterior.coords[:-1]])
    todo = [(start, face, 0, seeds)]
    while todo:
        ring, polygon, depth, around = todo.pop()
        style = style_at(polygon)
        here = [s for s in around if shapely.contains_xy(polygon, s.x, s.y)]
        wanted = max((s for s in here if polygon.area <= s.area), key=lambda s: s.area, default=None)
        limit = style.area * rng.uniform(0.7, 1.5)
        # a place smaller than its neighbours' blocks still has to be cut out
        limit = min([limit, *(s.area for s in here)])
        if wanted is not None or polygon.area <= limit or depth > 24:
            blocks.append(Block(polygon, style, wanted))
            continue
        cut = _cut(ring, polygon, style, junctions, rng)
        if cut is None:
            blocks.append(Block(polygon, style, here[0] if here else None))
            continue
        path, one, other = cut
        junctions.add(path[0])
        junctions.add(path[-1])
        cuts.append(Cut(path, depth))
        todo.append((*one, depth + 1, here))
        todo.append((*other, depth + 1, here))
    return blocks, cuts
