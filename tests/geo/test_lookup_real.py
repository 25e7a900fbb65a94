"""On real outlines: one territory per level for every point, on borders and cuts too, by every way of asking."""

from collections import Counter

import numpy as np
import pytest
from django.contrib.gis.geos import Point
from django.db import connection, transaction

from geo.lookup import territories_at, territory_ids_at, territory_ids_at_many
from geo.models import Territory
from tests.geo import realdata

pytestmark = pytest.mark.django_db
# What lookups must agree with: no parts, no tolerance, the whole outlines. Ids of all that cover each point.
PLAIN = """
SELECT n, array_agg(b.territory_id)
FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p (lon, lat, n)
JOIN geo_boundary b ON ST_Covers(b.geometry, ST_SetSRID(ST_MakePoint(lon, lat), 4326))
GROUP BY n
"""
# Vertices, middles of edges and points at a third of edges of whole outlines, or of their parts.
EDGES = """
WITH edge AS (SELECT (ST_DumpSegments(geometry)).geom FROM {table})
SELECT ST_X(p), ST_Y(p) FROM edge CROSS JOIN LATERAL (VALUES
    (ST_StartPoint(geom)), (ST_LineInterpolatePoint(geom, 0.5)), (ST_LineInterpolatePoint(geom, 1 / 3.0))) AS place (p)
ORDER BY md5(ST_AsEWKT(p, 17)) LIMIT %s
"""


@pytest.fixture(scope="module")
def france(django_db_setup, django_db_blocker):
    """All of the real data, imported once for the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        for position in range(len(realdata.ALL)):
            realdata.load(position)
        yield
        transaction.set_rollback(True)


def edges(table: str, count: int) -> np.ndarray:
    with connection.cursor() as cursor:
        cursor.execute(EDGES.format(table=table), [count])
        return np.array(cursor.fetchall())


def covering(points: np.ndarray) -> list[set[int]]:
    """For each point, all territories whose whole outline covers it."""
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [points[:, 0].tolist(), points[:, 1].tolist()])
        found = dict(cursor.fetchall())
    return [set(found.get(number, ())) for number in range(1, len(points) + 1)]


def many(points) -> list[list[int]]:
    return [sorted(filter(None, row)) for chunk in territory_ids_at_many(points) for row in chunk.tolist()]


def check(points: np.ndarray) -> None:
    """Batch and plain agree about every point: one territory per level, the lowest code of those that cover it."""
    territories = {pk: (level, code) for pk, level, code in Territory.objects.values_list("pk", "level_id", "code")}
    for place, ids, plain in zip(points, many(points), covering(points), strict=True):
        answer = {territories[pk][0]: territories[pk][1] for pk in ids}
        assert len(answer) == len(ids), place
        least = {}
        for level, code in sorted((territories[pk] for pk in plain), reverse=True):
            least[level] = code
        # A midpoint is rounded and may lie beside the border: the tolerance then adds the neighbour.
        assert answer.keys() >= least.keys(), place
        assert all(answer[level] <= code for level, code in least.items()), place


@realdata.needed
def test_random_points_equal_the_whole_outlines(france):
    rng = np.random.default_rng(1)
    boxes = [(-5, 42, 8.5, 51), (0.4, 42.6, 2.1, 44), (1.35, 43.53, 1.52, 43.67), (2.25, 48.81, 2.42, 48.91)]
    points = np.vstack([rng.uniform(b[:2], b[2:], (2500, 2)) for b in boxes])
    plain = [sorted(ids) for ids in covering(points)]
    assert many(points) == plain
    assert Counter(map(len, plain)).keys() >= {0, 2, 3, 4}


@realdata.needed
@pytest.mark.parametrize("table", ["geo_boundary", "geo_territorypart"])
def test_borders_and_cuts_belong_to_one_territory_of_each_level(france, table):
    check(edges(table, 6000))


@realdata.needed
def test_one_point_and_many_give_the_same(france):
    points = np.vstack([edges("geo_boundary", 700), edges("geo_territorypart", 700)])
    assert [sorted(territory_ids_at(Point(*place, srid=4326))) for place in points.tolist()] == many(points)


@realdata.needed
@pytest.mark.parametrize(
    ("lon", "lat", "expected"),
    [
        (1.4440, 43.6045, ["quartier:1", "commune:31555", "departement:31", "region:76"]),
        (2.3364, 48.8606, ["quartier:7510101", "arrondissement:75101", "departement:75", "region:11"]),
        (-30.0, 40.0, []),
    ],
)
def test_known_places(france, lon, lat, expected):
    found = territories_at(Point(lon, lat, srid=4326))
    assert [f"{territory.level.code}:{territory.code}" for territory in found] == expected
