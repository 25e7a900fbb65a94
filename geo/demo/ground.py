"""The ground between the hand-drawn lines, cut into blocks, and the streets that run between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.ops import polygonize, unary_union

from geo.demo.blocks import Block, Cut, Junctions, Style, subdivide
from geo.demo.landmarks import SEEDS
from geo.demo.shapes import dice, line_pieces, polygon_pieces
from geo.demo.skeleton import EXTENT, Skeleton, town_reach, village_reach

GRID_ANGLE = math.radians(33)  # the station quarter is parallel to its avenue
STATION_QUARTER = Polygon([(560, 560), (740, 300), (1250, 640), (2260, 1180), (1900, 1560), (1300, 1300), (700, 1150)])
TANNERIES = Polygon([(790, 0), (1500, 120), (2200, 330), (2500, -300), (1700, -860), (830, -800)])
PORT = Polygon([(-1250, -1200), (-1000, -250), (-2500, -350), (-3700, -700), (-3700, -2000), (-2000, -1400)])

OLD_TOWN = Style(area=6600, jitter=0.17, bend=0.07)
SOUTH_SUBURB = Style(area=10500, jitter=0.13, bend=0.04)
GRID = Style(area=14500, jitter=0.05, bend=0.0, angle=GRID_ANGLE, pitch=92.0)
TANNERY_GRID = Style(area=15500, jitter=0.06, bend=0.02)
FAUBOURG = Style(area=19000, jitter=0.13, bend=0.05)
SUBURB = Style(area=34000, jitter=0.15, bend=0.11)
INDUSTRY = Style(area=52000, jitter=0.1, bend=0.0)
VILLAGE = Style(area=21000, jitter=0.17, bend=0.08)
FRINGE = Style(area=85000, jitter=0.15, bend=0.06)
COUNTRY = Style(area=560000, jitter=0.16, bend=0.03)


@dataclass(frozen=True)
class Street:
    """A drawn road or street, in metres; `rank` as in PlanFeature."""

    kind: str
    name: str
    line: LineString
    rank: int


@dataclass(frozen=True)
class Ground:
    """The result of the cutting."""

    blocks: tuple[Block, ...]  # urban blocks, places, parks
    fields: tuple[Block, ...]  # everything else
    cuts: tuple[Cut, ...]  # streets between blocks, already limited to the built-up area
    lanes: tuple[LineString, ...]  # field paths
    banks: tuple[LineString, ...]  # streets along water and tracks
    built: Polygon | MultiPolygon


def reach(x, y):
    """Metres inside the built-up area of the town or of a village (negative outside)."""
    return np.maximum(town_reach(x, y), village_reach(x, y))


def _middle_reach(block: Block) -> float:
    middle = block.polygon.representative_point()
    return float(reach(middle.x, middle.y))


class Styles:
    """Which neighbourhood a piece of ground belongs to."""

    def __init__(self, skeleton: Skeleton) -> None:
        self._ring = Polygon(skeleton.ring.coords)
        self._belt = Polygon(skeleton.belt.coords)
        for area in (self._ring, self._belt, STATION_QUARTER, TANNERIES, PORT):
            shapely.prepare(area)

    def __call__(self, polygon: Polygon) -> Style:
        """The finest style that the piece touches decides, so that a big face gets cut near the town."""
        xy = shapely.get_coordinates(polygon)
        middle = polygon.representative_point()
        x, y = np.append(xy[:, 0], middle.x), np.append(xy[:, 1], middle.y)
        village = village_reach(x, y)
        inside = np.maximum(town_reach(x, y), village)
        if inside.max() < -60:
            return COUNTRY
        if inside[-1] < -40 and inside.max() < 120:
            return FRINGE
        if village[-1] > -400:
            return VILLAGE
        if self._ring.contains(middle):
            return OLD_TOWN if middle.y > -620 else SOUTH_SUBURB
        if STATION_QUARTER.contains(middle):
            return GRID
        if PORT.contains(middle):
            return INDUSTRY
        if TANNERIES.contains(middle):
            return TANNERY_GRID
        return FAUBOURG if self._belt.contains(middle) else SUBURB


def _faces(skeleton: Skeleton) -> list[Polygon]:
    """The pieces of ground between the lines, none with a hole."""
    roads = [line for _, line in skeleton.roads]
    lines = [skeleton.ring, skeleton.belt, skeleton.halls, skeleton.wall, *roads]
    free = EXTENT.difference(skeleton.corridor)
    noded = unary_union([*lines, free.boundary])
    shapely.prepare(free)
    faces = []
    for face in polygonize(noded):
        if not free.contains(face.representative_point()):
            continue
        for hole in face.interiors:  # a slit on each side of a lake or a loop opens the ring
            middle = hole.centroid
            slit = LineString([(middle.x, EXTENT.bounds[1]), (middle.x, EXTENT.bounds[3])])
            noded_face = unary_union([face.boundary, slit.intersection(face)])
            faces += [p for p in polygonize(noded_face) if face.contains(p.representative_point())]
            break
        else:
            faces.append(face)
    return sorted((f for f in faces if f.area > 150), key=lambda f: (f.bounds, f.area))


def cut_ground(skeleton: Skeleton, seed: int) -> Ground:
    """Cut every face; sort blocks from fields; keep only streets that serve a block."""
    styles, junctions = Styles(skeleton), Junctions()
    blocks: list[Block] = []
    cuts: list[Cut] = []
    for face in _faces(skeleton):
        here = [s for s in SEEDS if shapely.contains_xy(face, s.x, s.y)]
        rng = dice(f"{seed} {round(face.centroid.x)} {round(face.centroid.y)}")
        more, streets = subdivide(face, styles, here, junctions, rng)
        blocks += more
        cuts += streets
    urban, fields = [], []
    for block in blocks:
        town = block.seed is not None or (
            block.style is not COUNTRY
            and (block.polygon.area < 60000 or block.style is INDUSTRY)
            and _middle_reach(block) > 0
        )
        (urban if town else fields).append(block)
    served = [b for b in urban if b.seed is None or b.seed.kind != "park" or _middle_reach(b) > 0]
    built = unary_union([b.polygon for b in served]).buffer(1.5, join_style="mitre")
    shapely.prepare(built)
    closed = unary_union([built, skeleton.corridor])
    kept, lanes = [], []
    for cut in cuts:
        line = LineString(cut.line)
        if built.contains(line):
            kept.append(cut)
            continue
        kept += [
            Cut(tuple(piece.coords), cut.depth) for piece in line_pieces(built.intersection(line)) if piece.length > 25
        ]
        lanes += [p for p in line_pieces(line.difference(closed)) if p.length > 120]
    roads = unary_union([skeleton.ring, skeleton.belt, *(line for _, line in skeleton.roads)])
    edges = line_pieces(built.intersection(skeleton.corridor.boundary))
    merged = line_pieces(shapely.line_merge(unary_union(edges))) if edges else []
    banks = [p for line in merged for p in line_pieces(line.difference(roads.buffer(1.0))) if p.length > 30]
    return Ground(tuple(urban), tuple(fields), tuple(kept), tuple(lanes), tuple(banks), built)


def chain(cuts: tuple[Cut, ...]) -> list[tuple[list, int]]:
    """Join cuts that continue each other across a junction into one street: (points, smallest depth)."""
    ends: dict[tuple, list[tuple[int, int]]] = {}
    for i, cut in enumerate(cuts):
        for end in (0, -1):
            x, y = cut.line[end]
            ends.setdefault((round(x, 1), round(y, 1)), []).append((i, end))

    def heading(i: int, end: int) -> float:
        line = cuts[i].line
        a, b = (line[0], line[1]) if end == 0 else (line[-1], line[-2])
        return math.atan2(b[1] - a[1], b[0] - a[0])

    partner: dict[tuple[int, int], tuple[int, int]] = {}
    for meeting in ends.values():
        options = []
        for n, one in enumerate(meeting):
            for other in meeting[n + 1 :]:
                turn = abs(math.remainder(heading(*one) - heading(*other) - math.pi, 2 * math.pi))
                if one[0] != other[0] and turn < math.radians(32):
                    options.append((turn, one, other))
        for _, one, other in sorted(options):
            if one not in partner and other not in partner:
                partner[one], partner[other] = other, one

    chains, used = [], set()
    order = [(i, e) for i in range(len(cuts)) for e in (0, -1) if (i, e) not in partner]
    order += [(i, 0) for i in range(len(cuts))]  # what is left are loops
    for i, end in order:
        points: list = []
        depth = 99
        while i not in used:
            used.add(i)
            line = cuts[i].line if end == 0 else cuts[i].line[::-1]
            points += line[1:] if points else line
            depth = min(depth, cuts[i].depth)
            following = partner.get((i, -1 if end == 0 else 0))
            if following is None:
                break
            i, end = following
        if points:
            chains.append((points, depth))
    return chains


def outline(blocks: Ground) -> list[Polygon]:
    """The built-up tint: blocks grown together, without pinholes."""
    grown = blocks.built.buffer(9, join_style="mitre").buffer(-4, join_style="mitre")
    return [Polygon(p.exterior, [h for h in p.interiors if Polygon(h).area > 12000]) for p in polygon_pieces(grown)]
