"""The town plan: ground, water, streets, buildings and landmarks as features a map can draw by itself."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from geo.demo.buildings import buildings_on
from geo.demo.ground import SUBURB, VILLAGE, Ground, Street, chain, cut_ground, outline
from geo.demo.landmarks import (
    MONUMENTS,
    OPEN_KINDS,
    OTHER_LANDMARKS,
    STATION_SQUARE,
    monument_on,
    station_by,
)
from geo.demo.names import StreetNames
from geo.demo.projection import to_lonlat
from geo.demo.shapes import line_pieces, polygon_pieces, rounded, smooth_noise, spline
from geo.demo.skeleton import (
    BELT_NAMES,
    BELT_POINTS,
    EXTENT,
    RING_NAMES,
    RING_POINTS,
    VILLAGES,
    Skeleton,
    town_reach,
)

AVENUE_HALF_WIDTH = 10.0  # metres, trees included
TILE = 900.0  # buildings travel in packets of this size (metres): few features, yet cheap to clip
LINE_TOLERANCE = 1.8  # metres: a street may be drawn so far from its place
LONG_STREET = 420.0  # metres: drawn one zoom earlier
BRIDGE_AXIS = "rue du Pont-aux-Saules"
BRIDGES = (  # name, about where (metres)
    ("Pont des Remparts", -790, -650),
    ("Pont de la République", 830, -850),
    ("Pont-Vieux", 0, -560),
    ("Pont des Saules", 20, -760),
    ("Pont du Levant", 2450, -400),
    ("Pont du Couchant", -2100, -1400),
)
EXITS = ((7, "avenue Jean-Jaurès"),)
LAKE_NAME, RIVER_NAME = "Lac des Grands-Prés", "la Lys"


@dataclass(frozen=True)
class PlanFeature:
    """One drawn thing. `rank` 1 shows on the whole town, 5 only in the street; geometry in EPSG:4326."""

    kind: str
    name: str
    geometry: BaseGeometry
    rank: int


@dataclass(frozen=True)
class Plan:
    """The plan in local metres, with the streets apart because addresses are drawn from them."""

    features: tuple[PlanFeature, ...]
    streets: tuple[Street, ...]
    water: BaseGeometry


def _arcs(points: list, names: Iterable[str], rank: int) -> list[Street]:
    """A closed boulevard as one named arc per quarter."""
    names = tuple(names)
    curve = spline(points, 50, closed=True)
    step = len(curve) // len(names)
    cuts = [i * step for i in range(len(names))] + [len(curve) - 1]
    return [
        Street("avenue", name, LineString(curve[a : b + 1]), rank)
        for name, a, b in zip(names, cuts[:-1], cuts[1:], strict=True)
    ]


def _hand_drawn(skeleton: Skeleton) -> list[Street]:
    """Boulevards, avenues, the old gates' streets."""
    streets = _arcs(RING_POINTS, RING_NAMES, 2) + _arcs(BELT_POINTS, BELT_NAMES, 2)
    ring, belt = Polygon(skeleton.ring.coords), Polygon(skeleton.belt.coords).buffer(700)
    square, inner = Polygon(skeleton.halls.coords), Polygon(skeleton.belt.coords)
    for road, line in skeleton.roads:
        line = line.difference(square)  # roads are drawn a little too long, so that the noding closes
        if road.name != BRIDGE_AXIS and road.kind == "avenue":
            line = line.difference(ring)
        if road.kind == "street":
            inside = line.intersection(ring).difference(skeleton.corridor)
            streets += [Street("street", road.name, p, 3) for p in line_pieces(inside) if p.length > 40]
        elif road.outer_name:
            streets += [Street("avenue", road.name, p, 2) for p in line_pieces(line.intersection(belt))]
            outside = line.difference(belt)
            streets += [Street("avenue", road.outer_name, p, 2) for p in line_pieces(outside)]
        else:
            if road.name == BRIDGE_AXIS:
                line = line.intersection(ring)
            elif inner.contains(line.centroid):  # ends on the belt or by the tracks
                line = line.intersection(inner).difference(skeleton.corridor)
            streets += [Street("avenue", road.name, p, 2) for p in line_pieces(line) if p.length > 60]
    streets.append(Street("street", "rue du Tour-de-Ville", skeleton.wall, 3))
    streets.append(Street("street", "place des Halles", skeleton.halls, 4))
    return streets


def _streets(skeleton: Skeleton, ground: Ground, seed: int) -> list[Street]:
    """Every named line: hand-drawn first, then what the cutting made, longest first."""
    streets = _hand_drawn(skeleton)
    names = StreetNames(seed, {s.name for s in streets})
    for bank in sorted(ground.banks, key=lambda line: -line.length):
        middle = bank.interpolate(0.5, normalized=True)
        wet = skeleton.water.distance(bank) < 25
        in_town = town_reach(middle.x, middle.y) > 0
        name = names.quay() if wet else names.street(bank.length, 2000) if in_town else ""
        streets.append(Street("street", name, bank, 3 if wet else 4))
    lines = [(LineString(points), depth) for points, depth in chain(ground.cuts)]
    lines.sort(key=lambda item: -item[0].length)
    for line, _depth in lines:
        middle = line.interpolate(0.5, normalized=True)
        distance = (middle.x**2 + middle.y**2) ** 0.5
        in_town = town_reach(middle.x, middle.y) > -200
        name = names.street(line.length, distance) if in_town else ""
        rank = 3 if line.length > LONG_STREET and in_town else 4
        streets.append(Street("street", name, line, rank))
    return [replace(s, line=s.line.simplify(LINE_TOLERANCE)) for s in streets]


def _drawn(streets: list[Street]) -> list[PlanFeature]:
    """One feature per named street; the unnamed ones together, since nobody asks them anything."""
    features, unnamed = [], []
    for street in streets:
        line = street.line.intersection(EXTENT)
        if street.name:
            features.append(PlanFeature(street.kind, street.name, line, street.rank))
        else:
            unnamed += line_pieces(line)
    return [*features, PlanFeature("street", "", MultiLineString(unnamed), 4)]


def _packets(polygons: list[Polygon]) -> list[MultiPolygon]:
    tiles: dict[tuple[int, int], list[Polygon]] = {}
    for polygon in polygons:
        x, y = polygon.bounds[:2]
        tiles.setdefault((int(x // TILE), int(y // TILE)), []).append(polygon)
    return [MultiPolygon(tiles[key]) for key in sorted(tiles)]


def _waver(xy: np.ndarray) -> np.ndarray:
    """Forest edges wander: move each vertex by a smooth field, too gently to make edges cross."""
    x, y = xy[:, 0], xy[:, 1]
    return xy + 75 * np.column_stack([smooth_noise(x, y, 900, 2.2), smooth_noise(x, y, 900, 5.1)])


def _country(ground: Ground, skeleton: Skeleton) -> list[PlanFeature]:
    """Woods, fields, meadows by the water and vineyards on the southern slopes, as packets."""
    kinds: dict[str, list[Polygon]] = {"wood": [], "field": [], "meadow": [], "vineyard": []}
    for block in ground.fields:
        middle = block.polygon.centroid
        x, y = middle.x, middle.y
        if block.polygon.area < 4000:
            continue
        if smooth_noise(x, y, 4200, 1.7) > 0.42 and block.polygon.area > 30000:
            kinds["wood"].append(block.polygon)
        elif skeleton.water.distance(block.polygon) < 120 or smooth_noise(x, y, 2500, 0.3) > 0.55:
            kinds["meadow"].append(block.polygon)
        elif y < -2200 and x < -200 and smooth_noise(x, y, 1900, 2.6) > 0.1:
            kinds["vineyard"].append(block.polygon)
        elif smooth_noise(x * 7, y * 7, 5000, 0.5) > -0.15:
            kinds["field"].append(block.polygon)
    grown = unary_union([p.buffer(2, join_style="mitre") for p in kinds["wood"]])
    soft = grown.buffer(-75, quad_segs=3).buffer(150, quad_segs=3).buffer(-85, quad_segs=3)
    soft = shapely.transform(soft.segmentize(110), _waver)
    soft = soft.difference(unary_union([skeleton.corridor, ground.built.buffer(12)])).simplify(7).intersection(EXTENT)
    woods = [q for q in polygon_pieces(soft) if q.area > 20000]
    features = []
    for kind in ("field", "meadow", "vineyard"):
        plots = [q for p in kinds[kind] for q in polygon_pieces(p.buffer(-7, join_style="mitre").simplify(7))]
        features.append(PlanFeature(kind, "", MultiPolygon([p for p in plots if p.area > 3000]), 3))
    return [*features, PlanFeature("wood", "", MultiPolygon(woods), 1)]


def _paths(ground: Ground) -> list[PlanFeature]:
    """Every fifth long field lane is open to walkers."""
    lanes = [p for p in ground.lanes if p.length > 330]
    walks = [lane.simplify(2) for i, lane in enumerate(lanes) if i % 5 == 0]
    return [PlanFeature("path", "", MultiLineString(walks), 4)] if walks else []


def _grounds(ground: Ground, roads: BaseGeometry) -> list[PlanFeature]:
    """Squares, parks and the grounds of public buildings: the blocks that a place asked for."""
    features = []
    for block in ground.blocks:
        if block.seed is None:
            continue
        plot = block.polygon.buffer(-5, join_style="mitre").difference(roads)
        if block.seed.kind == "park" and plot.area > 20000:
            plot = rounded(plot, 14 if plot.area < 100000 else 70)
        kind = block.seed.kind if block.seed.kind in OPEN_KINDS else "civic"
        features.append(PlanFeature(kind, block.seed.name, plot.simplify(0.6), block.seed.rank))
    return features


def _station(ground: Ground, skeleton: Skeleton) -> Polygon:
    square = next(b for b in ground.blocks if b.seed is not None and b.seed.name == STATION_SQUARE)
    return station_by(skeleton.railway, square.polygon.centroid)


def _buildings(ground: Ground, skeleton: Skeleton, roads: BaseGeometry, seed: int) -> list[PlanFeature]:
    """Closed blocks one zoom before the houses, and the monuments."""
    monuments = [("Gare de Valmore", _station(ground, skeleton))]
    monuments += [
        (MONUMENTS[b.seed.name][1], monument_on(b))
        for b in ground.blocks
        if b.seed is not None and b.seed.name in MONUMENTS
    ]
    taken = unary_union([shape.buffer(4) for _, shape in monuments])
    closed, houses = [], []
    for block in ground.blocks:
        standing = [b for b in buildings_on(block, roads, seed) if not taken.intersects(b)]
        (houses if block.style in (SUBURB, VILLAGE) else closed).extend(standing)
    features = [PlanFeature("building", "", packet, 4) for packet in _packets(closed)]
    features += [PlanFeature("building", "", packet, 5) for packet in _packets(houses)]
    return features + [PlanFeature("monument", name, shape, 4) for name, shape in monuments]


def _landmarks(ground: Ground, skeleton: Skeleton) -> list[PlanFeature]:
    """One point per public building, in the middle of its block."""
    found = [(kind, name, Point(x, y), rank) for kind, name, x, y, rank in OTHER_LANDMARKS]
    found.append(("gare", "Gare de Valmore", _station(ground, skeleton).centroid, 2))
    for block in ground.blocks:
        if block.seed is None:
            continue
        where = block.polygon.centroid
        if block.seed.name in MONUMENTS:
            kind, name, _, rank = MONUMENTS[block.seed.name]
            found.append((kind, name, where, rank))
        elif block.seed.kind not in ("place", "park", "cemetery"):
            found.append((block.seed.kind, block.seed.name, where, block.seed.rank))
    for village in VILLAGES:
        where = Point(village.x + 40, village.y + 35)
        found.append(("mairie", f"Mairie de {village.name}", where, 4))
    return [PlanFeature(kind, name, where, rank) for kind, name, where, rank in found]


def _ramps(skeleton: Skeleton) -> list[PlanFeature]:
    """Slip roads where an avenue meets the motorway: four gentle curves."""
    features = []
    for number, name in EXITS:
        road = next(line for road, line in skeleton.roads if road.name == name)
        meeting = road.intersection(skeleton.motorway)
        for along in (-420.0, 420.0):
            for aside in (-120.0, 120.0):
                at = skeleton.motorway.project(meeting)
                start = skeleton.motorway.interpolate(at + along)
                near = skeleton.motorway.interpolate(at + along / 3)
                end = road.interpolate(road.project(meeting) + aside)
                bend = ((near.x * 2 + end.x) / 3, (near.y * 2 + end.y) / 3)
                curve = LineString(spline([(start.x, start.y), bend, (end.x, end.y)], 60))
                features.append(PlanFeature("motorway", f"sortie {number}", curve, 3))
    return features


def _water(skeleton: Skeleton) -> list[PlanFeature]:
    river = skeleton.water.intersection(EXTENT).simplify(0.8)
    return [
        PlanFeature("river", RIVER_NAME, river, 1),
        PlanFeature("lake", LAKE_NAME, skeleton.lake.simplify(0.8), 1),
    ]


def _bridges(skeleton: Skeleton, streets: list[Street]) -> list[PlanFeature]:
    banks = skeleton.water.buffer(8)
    spans = [
        piece
        for street in streets
        if street.kind == "avenue"
        for piece in line_pieces(street.line.intersection(banks))
        if piece.intersection(skeleton.water).length > 20
    ]
    features = []
    for span in spans:
        middle = span.interpolate(0.5, normalized=True)
        name = min(BRIDGES, key=lambda b: math.dist((middle.x, middle.y), b[1:]))[0]
        features.append(PlanFeature("bridge", name, span, 2))
    return features


def build_plan(skeleton: Skeleton, seed: int) -> Plan:
    """The whole plan in local metres."""
    ground = cut_ground(skeleton, seed)
    streets = _streets(skeleton, ground, seed)
    avenues = unary_union([s.line for s in streets if s.kind == "avenue"])
    roads = avenues.buffer(AVENUE_HALF_WIDTH, quad_segs=2)
    shapely.prepare(roads)

    built = [p.simplify(4) for p in outline(ground) if p.area > 20000]
    features = _country(ground, skeleton)
    features.append(PlanFeature("built", "", MultiPolygon(built), 1))
    lake_park = skeleton.lake.buffer(112, quad_segs=4).difference(skeleton.lake).simplify(1)
    features.append(PlanFeature("park", "Parc des Grands-Prés", lake_park, 2))
    features += _grounds(ground, roads)
    features += _water(skeleton)

    features += _buildings(ground, skeleton, roads, seed)
    features += _paths(ground)
    features.append(PlanFeature("railway", "", skeleton.railway.intersection(EXTENT).simplify(1), 1))
    features.append(PlanFeature("motorway", "A 909", skeleton.motorway.intersection(EXTENT).simplify(1), 1))
    features += _ramps(skeleton)
    features += _drawn(streets)
    features += _bridges(skeleton, streets)
    features += _landmarks(ground, skeleton)
    return Plan(tuple(f for f in features if not f.geometry.is_empty), tuple(streets), skeleton.water)


def in_degrees(features: Iterable[PlanFeature]) -> tuple[PlanFeature, ...]:
    """The same features in EPSG:4326."""
    return tuple(PlanFeature(f.kind, f.name, to_lonlat(f.geometry), f.rank) for f in features)
