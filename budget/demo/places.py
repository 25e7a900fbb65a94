"""Where ideas are drawn: parks, squares, streets and schools of the demo city's own plan, district by district."""

import random
from dataclasses import dataclass

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from geo.models import Territory

# The longest a street is drawn for, and the half width of an area, in metres.
REACH, HALF = 160, 22
INSIDE = """
SELECT f.name, f.kind, ST_AsEWKB(CASE
    WHEN ST_Dimension(f.geometry) = 1 THEN ST_LineSubstring(longest.line, 0, least(1, %(reach)s / longest.metres))
    ELSE ST_PointOnSurface(ST_Intersection(f.geometry, b.geometry)) END), longest.metres
FROM geo_planfeature f
JOIN geo_boundary b
    ON b.territory_id = %(territory)s AND upper_inf(b.validity) AND ST_Intersects(f.geometry, b.geometry)
LEFT JOIN LATERAL (
    SELECT (dumped).geom AS line, ST_Length((dumped).geom::geography) AS metres
    FROM (SELECT ST_Dump(ST_LineMerge(ST_CollectionExtract(ST_Intersection(f.geometry, b.geometry), 2))) AS dumped) d
    ORDER BY 2 DESC LIMIT 1
) longest ON ST_Dimension(f.geometry) = 1
WHERE f.name <> '' AND f.kind = ANY(%(kinds)s) AND (longest.metres IS NULL OR longest.metres > 90)
ORDER BY f.name, f.id
"""


@dataclass(frozen=True)
class Place:
    """A feature of the plan inside a district: its name, and a shape (EPSG:4326); `metres` of a street."""

    name: str
    shape: GEOSGeometry
    metres: float


class Places:
    """Chooses places of a district, none twice for the same kinds while there are others."""

    def __init__(self, rng: random.Random):
        self.rng, self.left = rng, {}

    def choose(self, territory: Territory, kinds: tuple[str, ...], shape: str) -> Place | None:
        """A place of one of these kinds of the plan; None where the district has none."""
        key = (territory.pk, kinds)
        if not self.left.get(key):
            self.left[key] = self._read(territory, kinds)
            self.rng.shuffle(self.left[key])
        if not self.left[key]:
            return None
        place = self.left[key].pop()
        return Place(place.name, _square(place.shape), place.metres) if shape == "area" else place

    @staticmethod
    def _read(territory: Territory, kinds: tuple[str, ...]) -> list[Place]:
        with connection.cursor() as cursor:
            cursor.execute(INSIDE, {"territory": territory.pk, "kinds": list(kinds), "reach": float(REACH)})
            rows = cursor.fetchall()
        return [
            Place(name, GEOSGeometry(memoryview(shape)), min(metres or 0, REACH))
            for name, _kind, shape, metres in rows
            if shape
        ]


def _square(point: GEOSGeometry) -> GEOSGeometry:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsEWKB(ST_Multi(ST_Envelope(ST_Buffer(%s::geography, %s)::geometry)))", [point.ewkt, HALF]
        )
        return GEOSGeometry(memoryview(cursor.fetchone()[0]))
