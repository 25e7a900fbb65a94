"""From a point to the territories it lies in, one per level.

`ST_Covers` on subdivided parts: a point on a shared border or on a cut is covered by both sides, and the lowest
code wins, so that the answer never depends on the order of rows. A border clipped by a cut is rounded in its last
digit, so a point exactly on it could fall between both sides; parts within TOLERANCE are therefore taken too.
"""

import datetime as dt

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from geo.models import Territory

# Degrees: about a tenth of a millimetre, far below the precision of any outline.
TOLERANCE = 1e-9

AT_POINT = """
SELECT DISTINCT ON (level_id) territory_id
FROM geo_territorypart
WHERE ST_DWithin(geometry, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(tolerance)s)
  AND validity @> %(on)s::date
ORDER BY level_id, code
"""


def territory_ids_at(place: Point, on: dt.date | None = None) -> list[int]:
    """Ids of the territories that `place` (EPSG:4326) lies in on that day, one per level, in no order."""
    with connection.cursor() as cursor:
        cursor.execute(
            AT_POINT,
            {"lon": place.x, "lat": place.y, "tolerance": TOLERANCE, "on": on or timezone.localdate()},
        )
        return [row[0] for row in cursor]


def territories_at(place: Point, on: dt.date | None = None) -> list[Territory]:
    """The territories that `place` (EPSG:4326) lies in on that day, smallest first."""
    ids = territory_ids_at(place, on)
    return list(Territory.objects.filter(pk__in=ids).select_related("level").order_by("-level__rank"))
