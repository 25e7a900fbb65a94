"""Who brings data for one place may not touch that of another: the limits of an import, as ids of territories."""

from django.db import connection
from django.utils.translation import gettext as _

from geo.importers import ImportRefused, quoted
from geo.importers.staging import LISTED, shortened
from geo.models import AssetKind, Level

# Files of two producers differ along an edge: this part of an outline's area must lie inside.
MOST = 0.9

COVERED = """EXISTS (
    SELECT FROM geo_territorypart p WHERE p.territory_id = ANY(%(within)s::bigint[]) AND p.validity @> current_date
    AND ST_Covers(p.geometry, {point}))"""
REACH = """
DROP TABLE IF EXISTS pg_temp.staged_reach;
CREATE TEMPORARY TABLE staged_reach ON COMMIT DROP AS
SELECT coalesce(ST_Union(b.geometry), ST_GeomFromText('POLYGON EMPTY', 4326)) AS geometry
FROM geo_boundary b JOIN geo_territory t ON t.id = b.territory_id JOIN geo_level l ON l.id = t.level_id
WHERE t.id = ANY(%(within)s::bigint[]) AND b.validity @> current_date AND l.rank < %(rank)s
"""
# {inside} of the templates below.
INSIDE = """coalesce((SELECT ST_Area(ST_Intersection(r.geometry, {geometry})) >= {most} * ST_Area({geometry})
    FROM staged_reach r), false)"""
OUTSIDE = "SELECT s.code, s.name FROM staged_territory s WHERE NOT {inside}"
# A code of the file that a territory of somebody else bears already.
OTHERS = """
SELECT t.code, t.name FROM geo_territory t JOIN staged_territory s ON s.code = t.code
LEFT JOIN geo_boundary b ON b.territory_id = t.id AND upper_inf(b.validity)
WHERE t.level_id = %(level)s AND NOT CASE WHEN b.id IS NULL
    THEN coalesce(t.parent_id = ANY(%(within)s::bigint[]), false) ELSE {inside} END
"""
PARENTS = """
SELECT t.code, t.name FROM geo_territory t
LEFT JOIN geo_boundary b ON b.territory_id = t.id AND b.validity @> current_date
WHERE t.id = ANY(%(parents)s::bigint[]) AND NOT t.id = ANY(%(within)s::bigint[]) AND NOT {inside}
"""
ENDED = """
SELECT t.code, t.name FROM geo_boundary b JOIN geo_territory t ON t.id = b.territory_id
WHERE b.id = ANY(%(ended)s::bigint[]) AND NOT {inside}
"""
FAR_ROWS = "DELETE FROM staged_asset s WHERE NOT {covered} RETURNING s.line"
TAKEN_ROWS = """
DELETE FROM staged_asset s USING geo_asset a
WHERE a.kind_id = %(kind)s AND a.code = s.code AND NOT {covered} RETURNING s.line
"""


def check_outlines(within: list[int], level: Level, parents: set[int]) -> None:
    """Refuse an import of the staged outlines that reaches outside `within`: raises ImportRefused.

    An outline must lie inside one of these territories of a higher level than its own (so that nobody redraws the
    territory of their own mandate), and so must those that the import would change, and the parents it names.
    """
    parameters = {"within": within, "rank": level.rank, "level": level.pk, "parents": list(parents)}
    with connection.cursor() as cursor:
        cursor.execute(REACH, parameters)
        cursor.execute("SELECT ST_IsEmpty(geometry) FROM staged_reach")
        if cursor.fetchone()[0]:
            raise ImportRefused(
                _("Your mandate does not reach the level %(level)s: only levels below its territory.")
                % {"level": quoted(level.name)},
                "level",
            )
    for table, sql, said in (
        ("s", OUTSIDE, _("These territories of the file lie outside your mandate: %(names)s")),
        ("b", OTHERS, _("These codes are those of territories outside your mandate: %(names)s")),
        ("b", PARENTS, _("These parents lie outside your mandate: %(names)s")),
    ):
        _refuse(sql, f"{table}.geometry", parameters, said)


def check_ended(boundaries: list[int]) -> None:
    """Refuse to end one of these outlines outside what `check_outlines` was given: raises ImportRefused."""
    said = _("The import would end these territories, which lie outside your mandate: %(names)s")
    _refuse(ENDED, "b.geometry", {"ended": boundaries}, said)


def leave_out(within: list[int], kind: AssetKind) -> list[tuple[int, str]]:
    """Take the staged rows away that lie outside these territories, or whose code is something's outside of them.

    Returns (line, why) of each.
    """
    found = []
    with connection.cursor() as cursor:
        for sql, point, why in (
            (FAR_ROWS, "ST_PointOnSurface(s.geometry)", _("it lies outside the territories of your mandate")),
            (TAKEN_ROWS, "a.point", _("its code is that of an object outside the territories of your mandate")),
        ):
            cursor.execute(sql.format(covered=COVERED.format(point=point)), {"within": within, "kind": kind.pk})
            found += [(line, why) for (line,) in cursor.fetchall()]
    return sorted(found)


def _refuse(sql: str, geometry: str, parameters: dict, said: str) -> None:
    inside = INSIDE.format(geometry=geometry, most=MOST)
    with connection.cursor() as cursor:
        cursor.execute(sql.format(inside=inside), parameters)
        if names := sorted(f"{code} ({quoted(name)})" for code, name in cursor.fetchall()):
            raise ImportRefused(said % {"names": shortened(names, LISTED)})
