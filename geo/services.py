"""Writes of territories and their outlines."""

import datetime as dt

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from geo.models import Boundary, Level, Territory

# Vertices of a part: the fewer, the cheaper a test, but the more parts in the index. Chosen by benchmarks/lookup.py.
PART_VERTICES = 64

CUT = """
INSERT INTO geo_territorypart (boundary_id, territory_id, level_id, code, validity, geometry)
SELECT b.id, t.id, t.level_id, t.code, b.validity, ST_Subdivide(b.geometry, %(vertices)s)
FROM geo_boundary b JOIN geo_territory t ON t.id = b.territory_id
WHERE b.id = ANY(%(ids)s)
"""


@transaction.atomic
def set_boundary(
    *, territory: Territory, geometry: GEOSGeometry, since: dt.date | None = None, repaired: bool = False
) -> Boundary | None:
    """Give a territory the outline it has from `since` on (always had, where None); the earlier one stays as history.

    `geometry` is a Polygon or MultiPolygon in EPSG:4326. Returns None where the outline is already that one. Raises
    ValueError where `since` is not after the start of the present outline.
    """
    if geometry.geom_type == "Polygon":
        geometry = MultiPolygon(geometry, srid=geometry.srid)
    present = territory.boundaries.filter(validity__endswith=None).first()
    if present is not None:
        if present.geometry.equals_exact(geometry):
            return None
        start = present.validity.lower
        if since is None or (start and since <= start):
            raise ValueError(f"{territory}: the present outline is valid since {start or 'ever'}")
        close_boundaries(boundaries=[present.pk], on=since)
    boundary = Boundary.objects.create(
        territory=territory, geometry=geometry, validity=DateRange(since, None), repaired=repaired
    )
    cut(boundaries=[boundary.pk])
    return boundary


class OutlinesInPlace(ValueError):
    """Territories already have another outline for that time. `codes` says which."""

    def __init__(self, codes: list[str]):
        super().__init__(", ".join(codes))
        self.codes = codes


# The same outline moves by rounding where a file went through another system or format: less than a millimetre
# on average along its length is no change.
DIFFERENT = """
SELECT t.id, t.code, b.id, EXISTS (
    SELECT FROM geo_boundary o WHERE o.territory_id = t.id AND (
        %(since)s::date IS NULL OR lower(o.validity) >= %(since)s::date OR upper(o.validity) > %(since)s::date))
FROM {table} s
JOIN geo_territory t ON t.level_id = %(level)s AND t.code = s.code
LEFT JOIN geo_boundary b ON b.territory_id = t.id AND upper_inf(b.validity)
WHERE CASE WHEN b.id IS NULL THEN true WHEN ST_OrderingEquals(b.geometry, s.geometry) THEN false
    ELSE ST_Area(ST_SymDifference(b.geometry, s.geometry)::geography)
        > 0.001 * ST_Perimeter(s.geometry::geography) END
ORDER BY t.code
"""
DRAW = """
INSERT INTO geo_boundary (territory_id, validity, geometry, repaired)
SELECT t.id, daterange(%(since)s, NULL), s.geometry, s.repaired
FROM {table} s JOIN geo_territory t ON t.level_id = %(level)s AND t.code = s.code
WHERE t.id = ANY(%(ids)s)
RETURNING id
"""


@transaction.atomic
def set_boundaries(*, level: Level, table: str, since: dt.date | None = None) -> set[str]:
    """`set_boundary` for many: the rows (code, geometry, repaired) of a temporary table, by statements over all.

    `geometry` is a valid MultiPolygon in EPSG:4326. Returns the codes of the territories that got an outline; those
    that already have it keep it. Raises OutlinesInPlace.
    """
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT.format(table=table), {"since": since, "level": level.pk})
        different = cursor.fetchall()
        if taken := [code for _territory, code, _present, taken in different if taken]:
            raise OutlinesInPlace(taken)
        close_boundaries(boundaries=[present for _territory, _code, present, _taken in different if present], on=since)
        cursor.execute(
            DRAW.format(table=table), {"since": since, "level": level.pk, "ids": [row[0] for row in different]}
        )
        cut(boundaries=[row[0] for row in cursor.fetchall()])
    return {code for _territory, code, _present, _taken in different}


@transaction.atomic
def close_boundaries(*, boundaries: list[int], on: dt.date | None) -> None:
    """End these outlines, and their parts, on that day (excluded).

    Raises OutlinesInPlace where one has already ended, or starts on that day or after.
    """
    if not boundaries:
        return
    closed_or_later = Q(validity__endswith__isnull=False) | Q(validity__startswith__gte=on)
    kept = Boundary.objects.filter(closed_or_later, pk__in=boundaries)
    if codes := sorted(kept.values_list("territory__code", flat=True)):
        raise OutlinesInPlace(codes)
    with connection.cursor() as cursor:
        for table, key in (("geo_boundary", "id"), ("geo_territorypart", "boundary_id")):
            cursor.execute(
                f"UPDATE {table} SET validity = daterange(lower(validity), %s) WHERE {key} = ANY(%s)",  # noqa: S608
                [on, boundaries],
            )


def cut(*, boundaries: list[int]) -> int:
    """Cut these outlines into the parts that lookups read; returns the number of parts."""
    with connection.cursor() as cursor:
        cursor.execute(CUT, {"vertices": PART_VERTICES, "ids": boundaries})
        return cursor.rowcount
