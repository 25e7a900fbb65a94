"""Valmore-sur-Lys, the fictional demo city: territories, plan and addresses, from fixed seeds.

Pure Python, NumPy and Shapely: no Django, no file, no clock. Two builds give the same bytes.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import json
import math
from dataclasses import dataclass, field
from typing import NamedTuple

import shapely
from shapely.geometry import LineString, Polygon

from geo.demo.ground import Street
from geo.demo.houses import first_houses, house_number
from geo.demo.plan import PlanFeature, build_plan, in_degrees
from geo.demo.projection import CITY_LAT, CITY_LON, point_to_lonlat
from geo.demo.shapes import dice
from geo.demo.skeleton import build_skeleton
from geo.demo.territories import TOWN_CODE, TOWN_NAME, Territory, build_territories

CITY_SEED = 1871
COORDINATE_DECIMALS = 5  # of a degree in the base map: about 1 m, what the eye sees at the largest zoom
BESIDE = (6.0, 13.0)  # metres from a street's middle to the thing somebody reports
CENTRE_RADIUS = 1100.0  # metres: how fast the density of points falls off


class StreetPoint(NamedTuple):
    """A place somebody could report from; `address` is the label shown, e.g. "12 rue des Tanneurs"."""

    lon: float
    lat: float
    street_name: str
    quartier_code: str
    address: str


@dataclass(frozen=True)
class City:
    """The demo city. All geometry is in EPSG:4326."""

    name: str
    code: str  # of the main commune
    center: tuple[float, float]  # longitude, latitude
    bounds: tuple[float, float, float, float]  # west, south, east, north of the main commune
    territories: tuple[Territory, ...] = field(repr=False)
    plan: tuple[PlanFeature, ...] = field(repr=False)  # in drawing order, the ground first
    _streets: tuple[Street, ...] = field(repr=False)
    _quartiers: tuple[tuple[str, Polygon], ...] = field(repr=False)
    _water: object = field(repr=False)

    def territory(self, code: str) -> Territory:
        """The territory with this code."""
        return next(t for t in self.territories if t.code == code)

    def level(self, level: str) -> tuple[Territory, ...]:
        """The territories of one level, in code order."""
        return tuple(t for t in self.territories if t.level == level)

    def street_points(self, n: int, seed: int) -> list[StreetPoint]:
        """`n` places a little beside named streets of the main town, denser towards the centre.

        Each lies strictly inside one quartier and never in the water.
        """
        return _street_points(self, n, seed)

    def plan_geojson(self, max_rank: int = 5) -> dict:
        """The base map up to a rank as a GeoJSON FeatureCollection with rounded coordinates."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"kind": f.kind, "name": f.name, "rank": f.rank},
                    "geometry": _rounded_mapping(f.geometry),
                }
                for f in self.plan
                if f.rank <= max_rank
            ],
        }


def _rounded_mapping(geometry) -> dict:
    def rounded(values):
        if isinstance(values[0], (int, float)):
            return [round(v, COORDINATE_DECIMALS) for v in values]
        return [rounded(v) for v in values]

    shape = shapely.geometry.mapping(geometry)
    return {"type": shape["type"], "coordinates": rounded(shape["coordinates"])}


def _beside(line: LineString, at: float, side: int, distance: float) -> tuple[float, float]:
    """A point `distance` metres to one side of the line, `at` metres along it."""
    a, b = line.interpolate(max(0.0, at - 2)), line.interpolate(min(line.length, at + 2))
    length = math.hypot(b.x - a.x, b.y - a.y) or 1.0
    nx, ny = -(b.y - a.y) / length * side, (b.x - a.x) / length * side
    return (a.x + b.x) / 2 + nx * distance, (a.y + b.y) / 2 + ny * distance


def _street_points(city: City, n: int, seed: int) -> list[StreetPoint]:
    rng = dice(seed)
    town = shapely.coverage_union_all([shape for _, shape in city._quartiers])
    for shape in (town, city._water, *(shape for _, shape in city._quartiers)):
        shapely.prepare(shape)
    streets, weights = [], []
    for street, first in zip(city._streets, first_houses(city._streets), strict=True):
        middle = street.line.interpolate(0.5, normalized=True)
        if street.name and street.line.length > 40 and town.contains(middle):
            streets.append((street, first))
            away = math.hypot(middle.x, middle.y) / CENTRE_RADIUS
            weights.append(street.line.length * (0.12 + math.exp(-away * away)))
    totals = list(itertools.accumulate(weights))
    points: list[StreetPoint] = []
    while len(points) < n:
        street, first = streets[bisect.bisect(totals, rng.random() * totals[-1])]
        at, side = rng.uniform(5, street.line.length - 5), rng.choice((-1, 1))
        x, y = _beside(street.line, at, side, rng.uniform(*BESIDE))
        if shapely.contains_xy(city._water, x, y):
            continue
        inside = [code for code, shape in city._quartiers if shapely.contains_xy(shape, x, y)]
        if len(inside) != 1:
            continue
        number = house_number(first, at, side)
        lon, lat = point_to_lonlat(x, y)
        points.append(StreetPoint(lon, lat, street.name, inside[0], f"{number} {street.name}"))
    return points


def build_city_afresh() -> City:
    """Build without the cache: for the test that two builds are the same."""
    skeleton = build_skeleton()
    territories, quartiers = build_territories(skeleton, CITY_SEED)
    plan = build_plan(skeleton, CITY_SEED)
    town = next(t for t in territories if t.code == TOWN_CODE)
    return City(
        name=TOWN_NAME,
        code=TOWN_CODE,
        center=(CITY_LON, CITY_LAT),
        bounds=town.geometry.bounds,
        territories=tuple(territories),
        plan=in_degrees(plan.features),
        _streets=plan.streets,
        _quartiers=tuple(sorted(quartiers.items())),
        _water=plan.water,
    )


@functools.cache
def build_city() -> City:
    """The demo city, built once per process."""
    return build_city_afresh()


def geojson_bytes(collection: dict) -> bytes:
    """The compact encoding served to browsers."""
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
