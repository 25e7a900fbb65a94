"""Equipment or places of one kind from a file: street lights, schools. What the file lost stays, inactive."""

import datetime as dt
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from geo.importers import ImportRefused, quoted, reach, sources, staging
from geo.importers.refusals import Refusals
from geo.importers.territories import as_text
from geo.models import Asset, AssetKind

MAX_CODE = Asset._meta.get_field("code").max_length
MAX_NAME = Asset._meta.get_field("name").max_length
# The part of what is in place that a whole file may have lost since the last one.
MOST_GONE = 0.1
# Characters of all other columns of one row: a description fits, a file in a cell does not.
MAX_PROPERTIES = 20_000

CREATE = """
DROP TABLE IF EXISTS pg_temp.staged_asset;
CREATE TEMPORARY TABLE staged_asset (
    line int, code text COLLATE "C", name text, properties jsonb, wkb bytea, geometry geometry
) ON COMMIT DROP
"""
TWICE = """
DELETE FROM staged_asset s USING (
    SELECT line, row_number() OVER (PARTITION BY code ORDER BY line) AS position FROM staged_asset
) AS seen
WHERE s.line = seen.line AND seen.position > 1 RETURNING s.line, s.code
"""
NOWHERE = """
DELETE FROM staged_asset WHERE geometry IS NULL OR ST_IsEmpty(geometry)
    OR NOT ST_XMin(geometry) >= -180 OR NOT ST_XMax(geometry) <= 180
    OR NOT ST_YMin(geometry) >= -90 OR NOT ST_YMax(geometry) <= 90
    OR ST_XMin(geometry) = 'NaN' OR ST_YMin(geometry) = 'NaN'
RETURNING line, geometry IS NULL OR ST_IsEmpty(geometry)
"""
# A bench drawn as a line or a playground as an area stands at a point of itself.
SAVE = """
WITH saved AS (
    INSERT INTO geo_asset AS a (kind_id, code, name, point, properties, is_active)
    SELECT %(kind)s, code, name, CASE WHEN ST_GeometryType(geometry) = 'ST_Point' THEN geometry
        ELSE ST_PointOnSurface(geometry) END, properties, true FROM staged_asset
    ON CONFLICT (kind_id, code) DO UPDATE SET name = excluded.name, point = excluded.point,
        properties = excluded.properties, is_active = true
    WHERE (a.name, a.properties, a.is_active) IS DISTINCT FROM (excluded.name, excluded.properties, true)
        OR NOT ST_OrderingEquals(a.point, excluded.point)
    RETURNING xmax = 0 AS is_new)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new), (SELECT count(*) FROM staged_asset)
FROM saved
"""
GONE = (
    """
UPDATE geo_asset a SET is_active = false
WHERE kind_id = %(kind)s AND is_active AND NOT EXISTS (SELECT FROM staged_asset s WHERE s.code = a.code)
    AND (%(everywhere)s OR """
    + reach.COVERED.format(point="a.point")
    + ")"
)


@dataclass
class Report:
    """What an import found and did, in pieces of equipment."""

    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    deactivated: int = 0
    kind_created: bool = False
    refused: Refusals = field(default_factory=Refusals)

    @property
    def displaces(self) -> bool:
        """Whether so much of what is in place would become inactive that the file may be a part of the whole."""
        return self.deactivated > MOST_GONE * (self.deactivated + self.changed + self.unchanged)


@transaction.atomic
def import_assets(
    *,
    source: str,
    kind: str,
    id_column: str,
    name_column: str = "",
    kind_name: str = "",
    layer: str = "",
    crs: str = "",
    is_place: bool = False,
    within: list[int] | None = None,
    read: Callable[..., sources.Table] = sources.read,
    dry_run: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> Report:
    """Make the equipment of the kind with the code `kind` that of a vector file, a CSV or an http(s) address.

    The kind is made where it does not exist and `kind_name` is given, one of places of interest where `is_place`. The
    other columns of the file become `properties`. `within` are the ids of territories: what lies outside is left out
    and left as it is. `read` opens the source. Rows that cannot be taken are in the report. Raises ImportRefused, and
    then nothing was changed.
    """
    progress(_("Reading %(source)s…") % {"source": source})
    fields = list(dict.fromkeys(filter(None, (id_column, name_column))))
    table = read(source, fields=fields, layer=layer, others=True)
    report = Report(read=len(table))
    of, report.kind_created = _kind(kind, kind_name, is_place)
    _stage(table, id_column, name_column, crs, report)
    if within is not None:
        for line, why in reach.leave_out(within, of):
            report.refused.add(line, why)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM staged_asset)")
        if not cursor.fetchone()[0]:
            raise ImportRefused(_("No row of this file can be taken: %(why)s.") % {"why": report.refused.first()})
        progress(_("Comparing with the equipment in place…"))
        cursor.execute(SAVE, {"kind": of.pk})
        report.created, report.changed, taken = cursor.fetchone()
        report.unchanged = taken - report.created - report.changed
        cursor.execute(GONE, {"kind": of.pk, "everywhere": within is None, "within": within})
        report.deactivated = cursor.rowcount
    transaction.set_rollback(dry_run)
    return report


def _kind(code: str, name: str, is_place: bool) -> tuple[AssetKind, bool]:
    # Two imports of one kind at once would each deactivate what the other brings.
    kind = AssetKind.objects.select_for_update().filter(code=code).first()
    if kind and kind.is_place != is_place:
        raise ImportRefused(
            _("The kind %(code)s is one of places of interest, not of equipment.") % {"code": quoted(code)}
            if kind.is_place
            else _("The kind %(code)s is one of equipment, not of places of interest.") % {"code": quoted(code)},
            "kind",
        )
    if kind:
        return kind, False
    if not name:
        known = ", ".join(AssetKind.objects.values_list("code", flat=True)) or _("none")
        raise ImportRefused(
            _("There is no kind of equipment %(code)s (there are: %(known)s). Give a name to make it.")
            % {"code": quoted(code), "known": known},
            "kind-name",
        )
    made = AssetKind(code=code, name=name, name_plural=name, is_place=is_place)
    try:
        made.full_clean()
    except ValidationError as error:
        raise ImportRefused(" ".join(error.messages)) from error
    made.save()
    return made, True


def _stage(table: sources.Table, id_column: str, name_column: str, crs: str, report: Report) -> None:
    """Fill the staging table with the rows that can be taken, in EPSG:4326."""
    others = {name: values for name, values in table.columns.items() if name not in (id_column, name_column)}
    names = table.columns[name_column] if name_column else np.full(len(table), "")
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        with cursor.copy("COPY staged_asset (line, code, name, properties, wkb) FROM STDIN") as copy:
            for position, (code, name, geometry) in enumerate(
                zip(table.columns[id_column], names, table.geometries, strict=True)
            ):
                code, name = as_text(code), as_text(name)
                properties = json.dumps({key: _plain(values[position]) for key, values in others.items()})
                if why := _problem(code, name, properties, geometry):
                    report.refused.add(table.first + position, why)
                else:
                    copy.write_row((table.first + position, code, name, properties, geometry))
        cursor.execute(TWICE)
        for line, code in sorted(cursor.fetchall()):
            report.refused.add(line, _("the code %(code)s comes a second time") % {"code": quoted(code)})
        staging.to_degrees("staged_asset", crs or table.crs)
        cursor.execute(NOWHERE)
        for line, is_empty in sorted(cursor.fetchall()):
            report.refused.add(line, _("it has no place") if is_empty else _("its coordinates are not degrees"))


def _problem(code: str, name: str, properties: str, geometry) -> str:
    if not code:
        return _("its code is empty")
    for text, longest, what in ((code, MAX_CODE, _("code")), (name, MAX_NAME, _("name"))):
        if len(text) > longest:
            return _("its %(what)s is longer than %(length)d characters") % {"what": what, "length": longest}
    if len(properties) > MAX_PROPERTIES:
        return _("its columns hold more than %(length)d characters") % {"length": MAX_PROPERTIES}
    if geometry is None:
        return _("it has no place")
    return ""


def _plain(value):
    """A cell as JSON can hold it."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value).replace("\0", "")
