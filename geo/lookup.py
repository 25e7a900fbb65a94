"""From a point to the territories it lies in, one per level: a single place by SQL, a million by arrays.

Both read the subdivided parts with one rule. A point on a shared border or on a cut belongs to both sides, and the
lowest code wins, so that the answer never depends on the order of rows. A border clipped by a cut is rounded in its
last digit, so a point exactly on it could fall between both sides; parts within TOLERANCE are therefore taken too.
Figures and what lost: docs/adr/0002-lookups.md.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import shapely
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from geo.models import Level, Territory

# Degrees: about a tenth of a millimetre, far below the precision of any outline.
TOLERANCE = 1e-9
# Points looked up at a time, so that memory does not grow with their number.
CHUNK = 200_000

AT = "geo_territory_ids_at(%s, %s, %s::date, %s)"
TERRITORY_COLUMNS = [field.attname for field in Territory._meta.concrete_fields]
LEVEL_COLUMNS = [field.attname for field in Level._meta.concrete_fields]
# Every report and every call of the API comes by here: the ORM would take longer to write this than it takes to run.
TERRITORIES = f"""
SELECT {", ".join(f"t.{name}" for name in TERRITORY_COLUMNS)}, {", ".join(f"l.{name}" for name in LEVEL_COLUMNS)}
FROM geo_territory t JOIN geo_level l ON l.id = t.level_id
WHERE t.id = ANY({AT}) ORDER BY l.rank DESC
"""  # noqa: S608 - names of columns
EACH = """
SELECT geo_territory_ids_at(place.x, place.y, %s::date, %s)
FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS place (x, y, position) ORDER BY place.position
"""
# The lowest code of a level comes last, because the last one written stays.
PARTS = """
SELECT l.position, p.territory_id, ST_AsBinary(p.geometry)
FROM geo_territorypart p JOIN unnest(%s::bigint[]) WITH ORDINALITY AS l (id, position) ON l.id = p.level_id
WHERE p.validity @> %s::date
ORDER BY p.code DESC
"""


def _arguments(place: Point, on: dt.date | None) -> list:
    return [place.x, place.y, on or timezone.localdate(), TOLERANCE]


def territory_ids_at(place: Point, on: dt.date | None = None) -> list[int]:
    """Ids of the territories that `place` (EPSG:4326) lies in on that day, one per level, in no order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {AT}", _arguments(place, on))
        return cursor.fetchone()[0]


def territories_at(place: Point, on: dt.date | None = None) -> list[Territory]:
    """The territories that `place` (EPSG:4326) lies in on that day, smallest first, with their levels; one query."""
    with connection.cursor() as cursor:
        cursor.execute(TERRITORIES, _arguments(place, on))
        return [_territory(row) for row in cursor]


def territory_ids_at_each(places: list[Point], on: dt.date | None = None) -> list[list[int]]:
    """`territory_ids_at` of each of these places, in their order; one query. For a few thousand at most."""
    coordinates = [[place.x for place in places], [place.y for place in places]]
    with connection.cursor() as cursor:
        cursor.execute(EACH, [on or timezone.localdate(), TOLERANCE, *coordinates])
        return [ids for (ids,) in cursor]


def _territory(row: tuple) -> Territory:
    count = len(TERRITORY_COLUMNS)
    territory = Territory.from_db(connection.alias, TERRITORY_COLUMNS, row[:count])
    territory.level = Level.from_db(connection.alias, LEVEL_COLUMNS, row[count:])
    return territory


def territory_ids_at_many(points: Iterable[tuple[float, float]], on: dt.date | None = None) -> Iterator[np.ndarray]:
    """`territory_ids_at` for any number of points: (lon, lat) in EPSG:4326, an iterable or an array of shape (n, 2).

    Yields integer arrays of shape (at most CHUNK, levels) in the order of the points: the territory of each level,
    largest level first (Level.rank), 0 where there is none.
    """
    levels = list(Level.objects.order_by("rank").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(PARTS, [levels, on or timezone.localdate()])
        rows = cursor.fetchall()
    columns = np.array([row[0] - 1 for row in rows], dtype=np.intp)
    territories = np.array([row[1] for row in rows], dtype=np.int64)
    parts = np.array(shapely.from_wkb([row[2] for row in rows]), dtype=object)
    # A little wider than the tolerance: only between the two outlines must the distance be measured.
    wide = shapely.buffer(parts, 2 * TOLERANCE, quad_segs=2)
    shapely.prepare(parts)
    shapely.prepare(wide)
    for chunk in _chunks(points):
        found = np.zeros((len(chunk), len(levels)), dtype=np.int64)
        part, place = _pairs(parts, wide, chunk)
        found[place, columns[part]] = territories[part]
        yield found


def _pairs(parts: np.ndarray, wide: np.ndarray, chunk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indexes of the parts and points within TOLERANCE of each other, in the order of the parts."""
    points = shapely.points(chunk)
    # The tree holds the points and each part is prepared once: faster than a tree of parts.
    part, place = shapely.STRtree(points).query(wide)
    close = shapely.intersects_xy(wide[part], chunk[place, 0], chunk[place, 1])
    part, place = part[close], place[close]
    hit = shapely.intersects_xy(parts[part], chunk[place, 0], chunk[place, 1])
    edge = np.flatnonzero(~hit)
    hit[edge] = shapely.dwithin(parts[part[edge]], points[place[edge]], TOLERANCE)
    part, place = part[hit], place[hit]
    order = np.argsort(part, kind="stable")
    return part[order], place[order]


def _chunks(points: Iterable[tuple[float, float]]) -> Iterator[np.ndarray]:
    if isinstance(points, np.ndarray):
        yield from (points[start : start + CHUNK] for start in range(0, len(points), CHUNK))
        return
    points = iter(points)
    while chunk := list(islice(points, CHUNK)):
        yield np.array(chunk, dtype=float)
