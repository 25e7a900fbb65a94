"""What the staged file means for the territories that its level already has."""

from django.db import connection

from geo.models import Level

FAR = 1_000_000  # metres

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


def _rows(sql: str, level: Level) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"level": level.pk, "far": FAR})
        return cursor.fetchall()
