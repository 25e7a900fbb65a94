"""What the staged file means for the territories that its level already has."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q

from geo.importers.staging import LISTED, NOTICED
from geo.models import Level, Territory

FAR = 1_000_000  # metres
# Files of two producers differ along an edge: neighbours share less than this part of the smaller one.
EDGE = 0.01

# Touching none of the outlines that the territory has or had.
ELSEWHERE = """
SELECT s.code, t.name
FROM staged_territory s JOIN geo_territory t ON t.level_id = %(level)s AND t.code = s.code
WHERE EXISTS (SELECT FROM geo_boundary b WHERE b.territory_id = t.id)
  AND NOT EXISTS (SELECT FROM geo_boundary b WHERE b.territory_id = t.id AND ST_Intersects(b.geometry, s.geometry))
ORDER BY s.code
"""
# A hull on one side and boxes on the other: to within a few kilometres, and quick for a whole country.
IS_FAR = """
SELECT EXISTS (SELECT FROM geo_boundary b JOIN geo_territory t ON t.id = b.territory_id WHERE t.level_id = %(level)s)
  AND NOT EXISTS (
    SELECT FROM (SELECT ST_ConvexHull(geometry)::geography AS hull FROM staged_whole) AS whole,
        geo_boundary b JOIN geo_territory t ON t.id = b.territory_id
    WHERE t.level_id = %(level)s AND ST_DWithin(hull, ST_Envelope(b.geometry)::geography, %(far)s))
"""
ABSENT = """
SELECT t.name, b.id, t.parent_id IN (
        SELECT k.parent_id FROM geo_territory k JOIN staged_territory s ON s.code = k.code
        WHERE k.level_id = %(level)s AND k.parent_id IS NOT NULL)
    OR EXISTS (SELECT FROM staged_territory s WHERE ST_Intersects(s.geometry, ST_PointOnSurface(b.geometry)))
FROM geo_boundary b JOIN geo_territory t ON t.id = b.territory_id
WHERE t.level_id = %(level)s AND upper_inf(b.validity)
  AND NOT EXISTS (SELECT FROM staged_territory s WHERE s.code = t.code)
ORDER BY t.name, t.code
"""

# In force, and still so after the import: neither in the file nor ended by it.
OVERLAID = """
SELECT s.code, s.name, t.name, area, area / least(ST_Area(s.geometry::geography), ST_Area(b.geometry::geography)),
    ST_X(p), ST_Y(p), count(*) OVER ()
FROM staged_territory s JOIN geo_boundary b ON b.geometry && s.geometry AND upper_inf(b.validity)
JOIN geo_territory t ON t.id = b.territory_id AND t.level_id = %(level)s
CROSS JOIN LATERAL ST_CollectionExtract(ST_Intersection(s.geometry, b.geometry), 3) AS shared
CROSS JOIN LATERAL ST_Area(shared::geography) AS area
CROSS JOIN LATERAL ST_PointOnSurface(shared) AS p
WHERE s.code = ANY(%(drawn)s) AND area > %(noticed)s
  AND NOT EXISTS (SELECT FROM staged_territory k WHERE k.code = t.code)
ORDER BY area DESC, s.code, t.code LIMIT %(listed)s
"""


@dataclass(frozen=True)
class Overlaid:
    """A territory of the file and one that stays in force beside it: their names, the m² they share, lon, lat inside.

    `share` is the part of the smaller one.
    """

    code: str
    name: str
    other: str
    area: float
    share: float
    lon: float
    lat: float

    @property
    def displaces(self) -> bool:
        """Whether it is more than two producers' drawing of the same edge."""
        return self.share >= EDGE


def elsewhere(level: Level) -> list[tuple[str, str]]:
    """Codes of the file that belong to a territory in another place, with its name."""
    return _rows(ELSEWHERE, level)


def is_far(level: Level) -> bool:
    """Whether the level has outlines, and all are more than FAR from those of the file. Reads `staging.unite`."""
    return _rows(IS_FAR, level)[0][0]


def absent(level: Level) -> tuple[list[tuple[str, int]], int]:
    """Names and open outlines of the territories that the file replaces without naming them; how many others go on.

    It replaces those whose parent is the parent of one of its own, and those whose middle its outlines cover.
    """
    rows = _rows(ABSENT, level)
    replaced = [(name, boundary) for name, boundary, is_replaced in rows if is_replaced]
    return replaced, len(rows) - len(replaced)


def overlaid(level: Level, drawn: list[str]) -> tuple[list[Overlaid], int]:
    """What the new outlines (codes) lie over and do not replace, largest first, at most LISTED; and how many.

    To be asked after the import, which ends some.
    """
    rows = _rows(OVERLAID, level, drawn=drawn)
    return [Overlaid(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def mandates(boundaries: list[int], on: dt.date) -> list[tuple[str, int]]:
    """Names of roles, and how many mandates of each last to that day on the territories of these outlines."""
    # The app that has them knows us, not the other way round.
    of = Territory._meta.get_field("mandates").related_model
    names = dict(of._meta.get_field("role").flatchoices)
    lasting = of.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), territory__boundaries__in=boundaries)
    counts = lasting.values_list("role").annotate(count=Count("pk", distinct=True)).order_by("role")
    return [(str(names[role]), count) for role, count in counts]


def _rows(sql: str, level: Level, **more) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"level": level.pk, "far": FAR, "noticed": NOTICED, "listed": LISTED} | more)
        return cursor.fetchall()
