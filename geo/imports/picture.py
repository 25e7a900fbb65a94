"""What is in a file, drawn for a map and looked at row by row, before anything is imported."""

import json
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.translation import gettext as _

from geo.importers import reach, staging
from geo.importers.sources import Table

DRAWN = 3000  # objects
STEPS = 1500  # a line is drawn to this part of the whole
CREATE = """
DROP TABLE IF EXISTS pg_temp.staged_picture;
CREATE TEMPORARY TABLE staged_picture (line int, name text, wkb bytea, geometry geometry) ON COMMIT DROP
"""
DRAW = """
WITH whole AS (SELECT ST_Extent(geometry)::geometry AS box FROM staged_picture WHERE geometry && %(world)s::geometry),
step AS (SELECT greatest(ST_XMax(box) - ST_XMin(box), ST_YMax(box) - ST_YMin(box), 0.0001) / %(steps)s AS size
    FROM whole)
SELECT line, name, ST_AsGeoJSON(ST_Simplify(geometry, step.size, true), 6), ST_X(middle), ST_Y(middle)
FROM staged_picture, step, LATERAL ST_Centroid(ST_Envelope(geometry)) AS middle
WHERE NOT ST_IsEmpty(geometry) AND geometry && %(world)s::geometry ORDER BY line LIMIT %(drawn)s
"""
WORLD = "SRID=4326;POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"
INVALID = """
SELECT line, name, (found).reason, ST_X((found).location), ST_Y((found).location)
FROM staged_picture CROSS JOIN LATERAL ST_IsValidDetail(geometry) AS found
WHERE ST_Dimension(geometry) = 2 AND NOT (found).valid ORDER BY line
"""
OUTSIDE = "SELECT line, name FROM staged_picture WHERE NOT ST_IsEmpty(geometry) AND NOT {covered} ORDER BY line"
MIDDLE = "ST_Centroid(ST_Envelope(geometry))"
NOWHERE = "SELECT line, name FROM staged_picture WHERE geometry IS NULL OR ST_IsEmpty(geometry) ORDER BY line"


@dataclass
class Finding:
    """One thing to know. `weight` is error, warning or info; `line` the row in the file; `at` lon, lat."""

    weight: str
    text: str
    line: int | None = None
    at: tuple[float, float] | None = None


@dataclass
class Picture:
    """The objects of a file, as GeoJSON features with line, name and middle; and what is wrong with them."""

    features: list[dict] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def place_of(self, line: int | None) -> tuple[float, float] | None:
        """Where that row is, if it is drawn."""
        if not hasattr(self, "_places"):
            self._places = {one["properties"]["line"]: one["properties"]["at"] for one in self.features}
        return self._places.get(line)

    def as_json(self) -> str:
        """The features, those with an error or a warning marked, and the places of findings."""
        bad = {one.line for one in self.findings if one.weight != "info"}
        for feature in self.features:
            feature["properties"]["bad"] = feature["properties"]["line"] in bad
        return json.dumps({"type": "FeatureCollection", "features": self.features})


@transaction.atomic
def draw(table: Table, names: list[str], crs: str, within: list[int] | None) -> Picture:
    """The picture of a table in `crs` ("" for its own). Raises ImportRefused where the coordinates do not fit it."""
    picture = Picture()
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        with cursor.copy("COPY staged_picture (line, name, wkb) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "text", "bytea"])
            for row in zip(table.lines(), names, table.geometries, strict=True):
                copy.write_row(row)
        staging.to_degrees("staged_picture", crs or table.crs)
        cursor.execute(NOWHERE)
        picture.findings += [Finding("error", said(*row, _("it has no place")), row[0]) for row in cursor.fetchall()]
        cursor.execute(INVALID)
        picture.findings += [
            Finding(
                "warning", said(line, name, _("its outline is repaired: %(why)s") % {"why": reason(why)}), line, (x, y)
            )
            for line, name, why, x, y in cursor.fetchall()
        ]
        if within is not None:
            cursor.execute(OUTSIDE.format(covered=reach.COVERED.format(point=MIDDLE)), {"within": within})
            why = _("it lies outside the territories of your mandate")
            picture.findings += [Finding("error", said(*row, why), row[0]) for row in cursor.fetchall()]
        cursor.execute(DRAW, {"world": WORLD, "steps": STEPS, "drawn": DRAWN})
        picture.features = [
            {
                "type": "Feature",
                "geometry": json.loads(shape),
                "properties": {"line": line, "name": name, "at": [round(x, 6), round(y, 6)]},
            }
            for line, name, shape, x, y in cursor.fetchall()
            if shape
        ]
    transaction.set_rollback(True)
    return picture


def said(line: int, name: str, why: str) -> str:
    """What is wrong with a row, in words."""
    if name:
        return _("Row %(line)d, %(name)s: %(why)s.") % {"line": line, "name": name, "why": why}
    return _("Row %(line)d: %(why)s.") % {"line": line, "why": why}


def reason(why: str) -> str:
    """GEOS's reason that an outline is invalid, in words."""
    return {
        "Self-intersection": _("it crosses itself"),
        "Ring Self-intersection": _("it touches itself"),
        "Nested holes": _("a hole lies inside another"),
        "Nested shells": _("a part lies inside another"),
        "Hole lies outside shell": _("a hole lies outside"),
        "Interior is disconnected": _("a hole cuts it in two"),
        "Duplicate Rings": _("a ring comes twice"),
        "Too few points in geometry component": _("a part has too few points"),
        "Invalid Coordinate": _("a coordinate is not a number"),
    }.get(why, why)
