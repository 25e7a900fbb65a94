"""The administrative map: region, départements, EPCI, communes, quartiers, each level tiling the one above.

One linework is drawn per tiling, noded once and polygonised; parents are unions of their children. So
neighbours share their border vertex for vertex, and nothing is ever simplified on one side only.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.ops import polygonize, unary_union

from geo.demo.projection import to_lonlat
from geo.demo.shapes import Point as XY
from geo.demo.shapes import dice, polygon_pieces, spline, wiggle
from geo.demo.skeleton import VILLAGES, Skeleton, river_border

TOWN_NAME = "Valmore-sur-Lys"
TOWN_CODE = "XA001"
EPCI_NAME, EPCI_CODE = "Valmore Agglomération", "X00000001"
POPULATION_YEAR, ELECTORS_YEAR = 2023, 2026
ELECTOR_SHARE = 0.71  # of the population, about the French average


@dataclass(frozen=True)
class Territory:
    """One administrative area. `parent_code` is "" for the region; geometry in EPSG:4326."""

    level: str
    code: str
    name: str
    parent_code: str
    population: int
    population_year: int
    electors: int
    electors_year: int
    geometry: MultiPolygon


# name, population, a point inside (metres)
QUARTIERS = (
    ("Centre-Halles", 8940, (0, 100)),
    ("L'Île-aux-Saules", 6320, (0, -1200)),
    ("La Gare", 9870, (1200, 2000)),
    ("Les Tanneries", 7450, (1900, 200)),
    ("Les Grands-Prés", 6180, (2200, -1300)),
    ("Belle-Croix", 7260, (800, -2300)),
    ("Les Coteaux", 8110, (-1500, -2300)),
    ("Port-Neuf", 3980, (-2200, -600)),
    ("Les Hauts-Murs", 7690, (-1700, 600)),
    ("Saint-Aubin", 5640, (-700, 2000)),
)
COMMUNES = {"NW": 3120, "N": 5480, "NE": 4260, "SE": 6070, "S": 2890, "SW": 1940}
DEPARTEMENTS = (
    ("XA", "Haute-Valmore", 412_380, (0.0, 0.0)),
    ("XB", "Orvain-et-Bruyères", 288_150, (65_000.0, 40_000.0)),
    ("XC", "Val-de-Sorne", 351_920, (60_000.0, -45_000.0)),
)
REGION_NAME, REGION_CODE = "Marches-du-Centre", "X1"

TOWN_BORDER = [
    (4250, 300), (4300, 1350), (3300, 2300), (2350, 3150), (1000, 3350), (-300, 3500), (-1500, 3300),
    (-2700, 2900), (-3600, 2050), (-3950, 900), (-4050, -300), (-3750, -1850), (-3500, -2750), (-2400, -3500),
    (-900, -3650), (500, -3500), (1900, -3650), (3000, -3200), (3650, -2250), (4150, -1300),
]  # fmt: skip
EPCI_BORDER = [
    (9100, 100), (9300, 2400), (8600, 4900), (7000, 6700), (4300, 7300), (1800, 7900), (-900, 7700),
    (-3300, 7900), (-6300, 7200), (-8300, 5600), (-9000, 3000), (-8700, 600), (-9200, -2000), (-8800, -4700),
    (-7300, -7000), (-4600, -7900), (-1900, -7600), (600, -8200), (3200, -7500), (5800, -7300), (8200, -5600),
    (9200, -2900),
]  # fmt: skip
SPOKES = (  # between neighbouring communes, from the town's border outwards
    ((-1500, 3200), (-2300, 5200), (-2100, 8200)),
    ((2300, 3000), (2700, 5200), (2900, 8000)),
    ((2500, -3250), (3000, -5000), (2700, -8000)),
    ((-2500, -3300), (-2600, -5200), (-2900, -8200)),
)
REGION_BORDER = [
    (125e3, 5e3), (118e3, 48e3), (80e3, 86e3), (30e3, 82e3), (-14e3, 60e3), (-46e3, 34e3), (-58e3, -4e3),
    (-44e3, -42e3), (-8e3, -66e3), (38e3, -92e3), (84e3, -84e3), (116e3, -44e3),
]  # fmt: skip
REGION_SPOKES = (
    ((38e3, -2e3), (30e3, 40e3), (22e3, 90e3)),
    ((38e3, -2e3), (26e3, -40e3), (18e3, -95e3)),
    ((38e3, -2e3), (80e3, 8e3), (135e3, 2e3)),
)
QUARTIER_AVENUES = (
    "avenue du Port",
    "avenue de Montrevel",
    "avenue Louise-Michel",
    "avenue Olympe-de-Gouges",
    "avenue de Belle-Croix",
    "avenue Jean-Jaurès",
)


def _closed(points: list[XY]) -> list[XY]:
    return [*points, points[0]]


def _cells(lines: list[LineString], seeds: list[XY]) -> list[Polygon | MultiPolygon]:
    """The pieces the lines make, one per seed; slivers join the neighbour with the longest common border."""
    pieces = sorted(polygonize(unary_union(lines)), key=lambda p: p.bounds)
    owners: dict[int, list[Polygon]] = {i: [] for i in range(len(seeds))}
    loose = []
    for piece in pieces:
        owner = next((i for i, seed in enumerate(seeds) if piece.contains(Point(seed))), None)
        (loose if owner is None else owners[owner]).append(piece)
    if not all(owners.values()):
        raise ValueError("two seeds share one piece of the tiling")
    while loose:
        shared = [
            (sum(piece.intersection(own).length for own in owned), -i, -n)
            for n, piece in enumerate(loose)
            for i, owned in owners.items()
        ]
        length, i, n = max(shared)
        if length <= 0:
            break  # outside: not enclosed by the borders
        owners[-i].append(loose.pop(-n))
    return [shapely.coverage_union_all(owned) for owned in owners.values()]


def _multi(geometry) -> MultiPolygon:
    return MultiPolygon(polygon_pieces(geometry))


def _make(level: str, code: str, name: str, parent: str, population: int, geometry) -> Territory:
    electors = round(population * ELECTOR_SHARE)
    return Territory(level, code, name, parent, population, POPULATION_YEAR, electors, ELECTORS_YEAR, _multi(geometry))


def _town_lines(skeleton: Skeleton, rng: random.Random) -> tuple[list[LineString], list[LineString], Polygon]:
    """(lines between quartiers, lines between communes, the town's outline)."""
    town = LineString(wiggle(spline(_closed(TOWN_BORDER), 500), rng, 0.12, 90))
    outline = Polygon(town.coords)
    epci = LineString(wiggle(spline(_closed(EPCI_BORDER), 900), rng, 0.12, 140))
    spokes = [LineString(wiggle(points, rng, 0.16, 140)) for points in SPOKES]
    river = LineString(river_border())
    near = outline.buffer(30)
    roads = {road.name: line for road, line in skeleton.roads}
    inner = [skeleton.ring, *(roads[name].intersection(near) for name in QUARTIER_AVENUES)]
    apart = [spoke.difference(outline.buffer(-30)) for spoke in spokes]
    return [river, town, *inner], [river, town, epci, *apart], outline


def build_territories(skeleton: Skeleton, seed: int) -> tuple[list[Territory], dict[str, Polygon]]:
    """(territories in degrees, the quartiers' polygons in local metres by code)."""
    rng = dice(seed)
    quartier_lines, commune_lines, outline = _town_lines(skeleton, rng)
    both = quartier_lines + commune_lines[2:]
    seeds = [q[2] for q in QUARTIERS] + [(v.x, v.y) for v in VILLAGES]
    cells = _cells(both, [*seeds])
    quartiers, communes = cells[: len(QUARTIERS)], cells[len(QUARTIERS) :]
    town = shapely.coverage_union_all(quartiers)
    epci = shapely.coverage_union_all(cells)
    region_lines = [
        LineString(wiggle(spline(points, 9000), rng, 0.14, 1500))
        for points in (_closed(REGION_BORDER), *REGION_SPOKES)
    ]
    departements = _cells(region_lines, [d[3] for d in DEPARTEMENTS])
    region = shapely.coverage_union_all(departements)
    if math.isclose(town.area, 0) or not outline.is_valid:
        raise ValueError("the town's border crosses itself")

    town_population = sum(q[1] for q in QUARTIERS)
    epci_population = town_population + sum(COMMUNES.values())
    made = [_make("region", REGION_CODE, REGION_NAME, "", sum(d[2] for d in DEPARTEMENTS), region)]
    for (code, name, population, _), shape in zip(DEPARTEMENTS, departements, strict=True):
        made.append(_make("departement", code, name, REGION_CODE, population, shape))
    made.append(_make("epci", EPCI_CODE, EPCI_NAME, "XA", epci_population, epci))
    made.append(_make("commune", TOWN_CODE, TOWN_NAME, EPCI_CODE, town_population, town))
    for i, (village, shape) in enumerate(zip(VILLAGES, communes, strict=True), start=2):
        population = COMMUNES[village.key]
        made.append(_make("commune", f"XA{i:03d}", village.name, EPCI_CODE, population, shape))
    local = {}
    for i, ((name, population, _), shape) in enumerate(zip(QUARTIERS, quartiers, strict=True), start=1):
        code = f"{TOWN_CODE}-{i:02d}"
        made.append(_make("quartier", code, name, TOWN_CODE, population, shape))
        local[code] = shape
    degrees = [Territory(**{**vars(t), "geometry": to_lonlat(t.geometry)}) for t in made]
    return degrees, local
