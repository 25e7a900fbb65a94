"""A temporary table that holds what a file says, while PostGIS repairs, checks and compares it, all rows at once.

`staged_territory`: code, name, geometry (MultiPolygon, EPSG:4326), repaired, and what was wrong where it was.
"""

import logging
import re

from django.db import DataError, InternalError, connection
from django.utils.translation import gettext as _

from geo.importers import ImportRefused
from geo.importers.sources import Table

log = logging.getLogger(__name__)
# Overlaps and gaps below this area in m² are the rounding of coordinates.
NOTICED = 1.0
LISTED = 20

CREATE = """
DROP TABLE IF EXISTS pg_temp.staged_territory;
CREATE TEMPORARY TABLE staged_territory (
    line int, code text COLLATE "C", name text, wkb bytea, geometry geometry,
    repaired boolean DEFAULT false, problem text
) ON COMMIT DROP
"""
DEGREES = ("", "EPSG:4326", "OGC:CRS84")
# A system by its name, never by a text of the file's own: that may name other files to read.
NAMED = r"[A-Za-z]{2,10}:[A-Za-z0-9]{1,20}"
PARSE = "UPDATE {table} SET geometry = ST_SetSRID(ST_CurveToLine(ST_Force2D(ST_GeomFromWKB(wkb))), 4326)"
# PROJ inside PostGIS understands authority codes and WKT alike, x before y.
TRANSFORM = "UPDATE {table} SET geometry = ST_Transform(ST_SetSRID(geometry, 0), %s, 4326)"
REPAIR = """
UPDATE staged_territory SET repaired = true, problem = ST_IsValidReason(geometry),
    geometry = ST_CollectionExtract(ST_MakeValid(geometry, 'method=structure keepcollapsed=false'), 3)
WHERE NOT ST_IsValid(geometry)
"""
OVERLAPS = """
SELECT a.name, b.name, area, ST_X(p), ST_Y(p), count(*) OVER ()
FROM staged_territory a JOIN staged_territory b ON a.code < b.code AND a.geometry && b.geometry
CROSS JOIN LATERAL ST_CollectionExtract(ST_Intersection(a.geometry, b.geometry), 3) AS shared
CROSS JOIN LATERAL ST_Area(shared::geography) AS area
CROSS JOIN LATERAL ST_PointOnSurface(shared) AS p
WHERE area > %(noticed)s
ORDER BY area DESC, a.code, b.code LIMIT %(listed)s
"""
UNITE = """
DROP TABLE IF EXISTS pg_temp.staged_whole;
CREATE TEMPORARY TABLE staged_whole ON COMMIT DROP AS SELECT ST_Union(geometry) AS geometry FROM staged_territory
"""
# Square degrees counted twice. A square degree is at most 1.24e10 m².
COUNTED_TWICE = """
SELECT (SELECT sum(ST_Area(geometry)) FROM staged_territory) - ST_Area(geometry) > %s / 1.24e10 FROM staged_whole
"""
# A gap is a hole in the union of all; the point tells where to look.
GAPS = """
WITH ring AS (SELECT (ST_DumpRings((ST_Dump(geometry)).geom)).* FROM staged_whole),
gap AS (SELECT geom, ST_Area(geom::geography) AS area FROM ring WHERE path[1] > 0)
SELECT ST_X(p), ST_Y(p), area, count(*) OVER ()
FROM gap CROSS JOIN LATERAL ST_PointOnSurface(geom) AS p
WHERE area > %(noticed)s
ORDER BY area DESC, 1, 2 LIMIT %(listed)s
"""


def fill(table: Table, codes: list[str], names: list[str], crs: str) -> None:
    """Put the rows into the staging table, from `crs` ("" for EPSG:4326) into EPSG:4326.

    Must run inside a transaction. Raises ImportRefused where the coordinates do not fit the system.
    """
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        with cursor.copy("COPY staged_territory (line, code, name, wkb) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "text", "text", "bytea"])
            for row in zip(table.lines(), codes, names, table.geometries, strict=True):
                copy.write_row(row)
    to_degrees("staged_territory", crs)
    _refuse_where(
        "ST_XMin(geometry) < -180 OR ST_XMax(geometry) > 180 OR ST_YMin(geometry) < -90 OR ST_YMax(geometry) > 90",
        _("These territories have coordinates that are not degrees; give their coordinate system: %(codes)s"),
        "crs",
    )


def to_degrees(table: str, crs: str) -> None:
    """Fill the column `geometry` (EPSG:4326) of a temporary table from its `wkb` in `crs` ("" for EPSG:4326).

    Raises ImportRefused where the system has no name, or the coordinates do not fit it.
    """
    if crs and not re.fullmatch(NAMED, crs):
        log.warning("a file has a system without a name: %s", crs[:500])
        raise ImportRefused(_("The coordinate system of this file is not a known one: choose the right one."), "crs")
    try:
        with connection.cursor() as cursor:
            cursor.execute(PARSE.format(table=table))
            if crs not in DEGREES:
                cursor.execute(TRANSFORM.format(table=table), [crs])
    except (InternalError, DataError) as error:
        log.warning("coordinates do not fit %s: %s", crs, error)
        raise ImportRefused(
            _("The coordinates do not fit the system %(crs)s: give the right one.") % {"crs": crs or "EPSG:4326"},
            "crs",
        ) from error


def repair() -> list[tuple[str, str, str]]:
    """Make every outline a valid MultiPolygon; returns (code, name, what was wrong) of those repaired.

    Raises ImportRefused where a row has no polygon.
    """
    no_polygon = _("These territories have no outline (an empty geometry, points or lines): %(codes)s")
    with connection.cursor() as cursor:
        cursor.execute(REPAIR)
        # What is left of a collapsed polygon is nothing.
        _refuse_where("geometry IS NULL OR ST_IsEmpty(ST_CollectionExtract(geometry, 3))", no_polygon)
        cursor.execute("UPDATE staged_territory SET geometry = ST_Multi(ST_CollectionExtract(geometry, 3))")
        cursor.execute("CREATE INDEX ON staged_territory USING gist (geometry)")
        cursor.execute("ANALYZE staged_territory")
        cursor.execute("SELECT code, name, problem FROM staged_territory WHERE repaired ORDER BY code")
        return cursor.fetchall()


def unite() -> bool:
    """Make the union of all, which `gaps` reads; True where it is smaller than the sum, so that some overlap."""
    with connection.cursor() as cursor:
        cursor.execute(UNITE)
        cursor.execute(COUNTED_TWICE, [NOTICED])
        return cursor.fetchone()[0]


def overlaps() -> tuple[list[tuple[str, str, float, float, float]], int]:
    """Pairs of names, the m² they share, lon, lat inside; largest first, at most LISTED; and how many there are."""
    return _largest(OVERLAPS)


def gaps() -> tuple[list[tuple[float, float, float]], int]:
    """Holes between the territories: lon, lat of a point inside and m², largest first; and how many there are."""
    return _largest(GAPS)


def _largest(sql: str) -> tuple[list[tuple], int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"noticed": NOTICED, "listed": LISTED})
        rows = cursor.fetchall()
    return [row[:-1] for row in rows], rows[0][-1] if rows else 0


def _refuse_where(condition: str, message: str, *options: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT line, code FROM staged_territory WHERE {condition} ORDER BY line")  # noqa: S608 - constants
        if codes := [in_row(*row) for row in cursor]:
            raise ImportRefused(message % {"codes": shortened(codes)}, *options)


def in_row(line: int, text: str) -> str:
    """A code or name, and the number of the row it stands in."""
    return _("%(text)s (row %(line)d)") % {"text": text or "?", "line": line}


def shortened(values: list[str], listed: int = LISTED) -> str:
    """At most `listed` values as a text, and how many more there are."""
    text = ", ".join(values[:listed])
    more = len(values) - listed
    return text + (" " + _("and %(count)d more") % {"count": more} if more > 0 else "") + "."
