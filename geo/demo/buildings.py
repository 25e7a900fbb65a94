"""What stands on a block: closed blocks in the old town, houses in the suburbs, sheds by the port."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon

from geo.demo.blocks import Block
from geo.demo.ground import FAUBOURG, INDUSTRY, SUBURB, VILLAGE
from geo.demo.landmarks import OPEN_KINDS
from geo.demo.shapes import dice, polygon_pieces

STREET_HALF_WIDTH = 5.0  # metres, with pavements
WING = 12.0  # depth of a building around its courtyard, metres
FRONT_GARDEN = 9.5
HOUSE_DEPTH = 10.0
SMALLEST = 60.0  # m²
EMPTY_FRONTS = 0.33  # share of garden walls, so that rows are not endless
SMALLEST_COURT = 420.0  # m²: a smaller one would not be seen
DETACHED, TERRACES = (18, 26, 36, 50, 64), (44, 58, 72, 90)  # lengths of rows, metres
CLOSED_BLOCKS = 1850.0  # metres from the middle: further out, houses stand apart


def _perimeter(ground: Polygon) -> list[Polygon]:
    """Buildings along the streets around one courtyard, the closed blocks of old French towns."""
    court = ground.buffer(-WING, join_style="mitre")
    courts = [p.simplify(5.0) for p in polygon_pieces(court) if p.area > SMALLEST_COURT]
    around = polygon_pieces(ground.difference(MultiPolygon(courts))) if courts else [ground]
    around = [p for p in around if not p.buffer(-2.5).is_empty]
    # two wings that meet in one point would make an invalid packet once rounded
    return around if len(around) == 1 else [q for p in around for q in polygon_pieces(p.buffer(-0.4))]


def _houses(ground: Polygon, rng: random.Random, widths: tuple, spacing: tuple) -> list[Polygon]:
    """Houses in short rows behind front gardens, all around a block."""
    line = ground.buffer(-FRONT_GARDEN + STREET_HALF_WIDTH, join_style="mitre")
    rows: list[list[tuple[float, float]]] = []
    for plot in polygon_pieces(line):
        ring = list(shapely.orient_polygons(plot).exterior.coords)
        for (x0, y0), (x1, y1) in itertools.pairwise(ring):
            length = math.hypot(x1 - x0, y1 - y0)
            if length < 24 or rng.random() < EMPTY_FRONTS:
                continue
            ux, uy = (x1 - x0) / length, (y1 - y0) / length
            at = rng.uniform(3, 7)
            while at < length - HOUSE_DEPTH - 12:
                width = rng.choice(widths)
                width = min(width, length - HOUSE_DEPTH - 2 - at)
                set_back = rng.uniform(0, 3)
                ax, ay = x0 + ux * at - uy * set_back, y0 + uy * at + ux * set_back
                bx, by = ax + ux * width, ay + uy * width
                dx, dy = -uy * HOUSE_DEPTH, ux * HOUSE_DEPTH
                rows.append([(ax, ay), (bx, by), (bx + dx, by + dy), (ax + dx, ay + dy), (ax, ay)])
                at += width + rng.uniform(*spacing)
    if not rows:
        return []
    houses = shapely.polygons(np.array(rows))
    shapely.prepare(ground)
    houses = houses[shapely.contains(ground, houses)]
    tree = shapely.STRtree(houses)
    first, second = tree.query(houses, predicate="dwithin", distance=2.0)
    clash = {int(b) for a, b in zip(first, second, strict=True) if a < b}
    return [house for i, house in enumerate(houses) if i not in clash]


def _sheds(
    ground: Polygon, rng: random.Random, widths: tuple[float, float], depths: tuple[float, float]
) -> list[Polygon]:
    """Long halls side by side, parallel to the block's long side."""
    box = shapely.oriented_envelope(ground)
    corners = list(box.exterior.coords)
    (x0, y0), (x1, y1), (_x2, _y2) = corners[:3]
    angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
    flat = affinity.rotate(ground, -angle, origin=(x0, y0))
    left, low, right, high = flat.bounds
    inside = flat.buffer(-8)
    halls: list[Polygon] = []
    y = low + 6
    while y < high:
        depth = rng.uniform(*depths)
        x = left + 6
        while x < right:
            width = rng.uniform(*widths)
            hall = shapely.box(x, y, x + width, y + depth)
            if inside.contains(hall):
                if rng.random() < 0.85:
                    halls.append(affinity.rotate(hall, angle, origin=(x0, y0)))
                x += width + 12
            else:
                x += 9
        y += depth + 16
    return halls


def buildings_on(block: Block, roads: Polygon | MultiPolygon, seed: int) -> list[Polygon]:
    """The footprints on one block, clear of streets; `roads` is the ground of the wide ones."""
    if block.seed is not None and block.seed.kind in OPEN_KINDS:
        return []
    middle = block.polygon.centroid
    rng = dice(f"{seed} {round(middle.x)} {round(middle.y)}")
    ground = block.polygon.buffer(-STREET_HALF_WIDTH, join_style="mitre")
    if roads.intersects(ground):
        ground = ground.difference(roads)
    found: list[Polygon] = []
    for piece in polygon_pieces(ground):
        piece = piece.simplify(2.0)
        if piece.area < SMALLEST or piece.geom_type != "Polygon":
            continue
        if block.seed is not None:
            found += _sheds(piece, rng, (22, 55), (12, 17))
        elif block.style is INDUSTRY:
            found += _sheds(piece, rng, (40, 110), (26, 48))
        elif block.style in (SUBURB, VILLAGE):
            found += _houses(piece, rng, DETACHED, (34, 72))
        elif block.style is FAUBOURG:
            far = math.hypot(middle.x, middle.y) > CLOSED_BLOCKS
            found += _houses(piece, rng, TERRACES, (9, 20)) if far else _perimeter(piece)
        else:
            found += _perimeter(piece)
    return [b for b in found if b.area >= SMALLEST]
