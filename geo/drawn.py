"""What people draw on a map, corner by corner: lines and areas in EPSG:4326, with their size on the ground."""

from dataclasses import dataclass

from django.contrib.gis.geos import GEOSException, GEOSGeometry, LineString, Point, Polygon
from django.db import connection
from django.utils.translation import gettext as _

MAX_CORNERS = 500
LEAST = 1  # metre or square metre
LENGTH = "SELECT ST_Length(ST_GeomFromEWKB(%s)::geography)"
# Of a crossing outline the parts it encloses.
SOUND = """
SELECT ST_AsEWKB(ST_Multi(ST_CollectionExtract(sound, 3))), ST_Area(ST_CollectionExtract(sound, 3)::geography)
FROM (SELECT ST_MakeValid(ST_GeomFromEWKB(%s)) AS sound) AS made
"""


class DrawnError(ValueError):
    """Nothing can be made of these corners; the message says why, and what to do."""


@dataclass(frozen=True)
class Drawn:
    """A LineString with its length in metres, or a MultiPolygon with its area in square metres (on the ellipsoid)."""

    shape: GEOSGeometry
    size: float


def line(corners: list[Point]) -> Drawn:
    """The line along these corners. Raises DrawnError for fewer than two, too many, or less than a metre."""
    _count(corners, 2, _("Draw at least two points of the line."), _("Draw at most %(most)d points of the line."))
    drawn = LineString([corner.coords for corner in corners], srid=4326)
    with connection.cursor() as cursor:
        cursor.execute(LENGTH, [bytes(drawn.ewkb)])
        (length,) = cursor.fetchone()
    if length < LEAST:
        raise DrawnError(_("This line is shorter than a metre. Draw it again."))
    return Drawn(drawn, length)


def area(corners: list[Point]) -> Drawn:
    """The area inside these corners, in order; an outline that crosses itself is put right.

    Raises DrawnError where there are too few or too many corners, or they enclose nothing.
    """
    _count(
        corners,
        3,
        _("Draw at least three corners around the area."),
        _("Draw at most %(most)d corners around the area."),
    )
    nothing = _("These corners enclose nothing. Draw the area again.")
    try:
        drawn = Polygon([*(corner.coords for corner in corners), corners[0].coords], srid=4326)
    except GEOSException:
        raise DrawnError(nothing) from None
    with connection.cursor() as cursor:
        cursor.execute(SOUND, [bytes(drawn.ewkb)])
        sound, size = cursor.fetchone()
    if size < LEAST:
        raise DrawnError(nothing)
    return Drawn(GEOSGeometry(memoryview(sound)), size)


def corners_of(shape: GEOSGeometry) -> list[tuple[float, float]]:
    """(longitude, latitude) of the corners of a line, or of the outline of an area's first part."""
    if shape.geom_type == "LineString":
        return list(shape.coords)
    outline = shape[0] if shape.geom_type == "MultiPolygon" else shape
    return list(outline[0].coords[:-1])


def _count(corners: list[Point], least: int, too_few: str, too_many: str) -> None:
    if len(corners) < least:
        raise DrawnError(too_few)
    if len(corners) > MAX_CORNERS:
        raise DrawnError(too_many % {"most": MAX_CORNERS})
