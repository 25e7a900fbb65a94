"""Spatial conditions whose geometry is given in any of our reference systems.

A geometry given in another system than the stored one is compared in its own, so that an edge that is straight there
stays straight; the stored index narrows the rows first.
"""

import math

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSGeometry, LineString, Polygon
from django.db.models import BooleanField, F, Func, Q, Value

from geo.crs import System

STORED = 4326
STEPS = 20  # points along each side of a box before it is bent into the stored system
SLACK = 0.001  # degrees: what lies between those points
# OGC's names and PostGIS's.
RELATIONS = {
    "s_intersects": "ST_Intersects",
    "s_within": "ST_Within",
    "s_contains": "ST_Contains",
    "s_disjoint": "ST_Disjoint",
    "s_equals": "ST_Equals",
    "s_touches": "ST_Touches",
    "s_crosses": "ST_Crosses",
    "s_overlaps": "ST_Overlaps",
}


class OutOfReach(ValueError):
    """The geometry lies where its reference system has no meaning."""


def related(relation: str, field: str, given: GEOSGeometry, system: System) -> Q:
    """Rows whose `field` stands in that relation (a key of RELATIONS) to `given`, whose numbers are x, y in `system`.

    Raises OutOfReach.
    """
    given = given.clone()
    given.srid = system.srid
    stored = F(field) if system.srid == STORED else Func(F(field), Value(system.srid), function="ST_Transform")
    constant = Value(given, output_field=GeometryField(srid=system.srid))
    holds = Func(stored, constant, function=RELATIONS[relation], output_field=BooleanField())
    if relation == "s_disjoint" or given.empty:
        return Q(holds)
    return Q(**{f"{field}__bboverlaps": around(given)}) & Q(holds)


def around(given: GEOSGeometry) -> Polygon:
    """A box in the stored system that holds all of `given`. Raises OutOfReach."""
    box = given.extent
    if given.srid != STORED:
        try:
            box = _densified(box, given.srid).transform(STORED, clone=True).extent
        except GDALException as error:
            raise OutOfReach(str(error)) from error
        if not all(map(math.isfinite, box)):
            raise OutOfReach("not finite")
        west, south, east, north = box
        box = (west - SLACK, south - SLACK, east + SLACK, north + SLACK)
    found = Polygon.from_bbox(box)
    found.srid = STORED
    return found


def _densified(box: tuple[float, float, float, float], srid: int) -> LineString:
    west, south, east, north = box
    parts = [step / STEPS for step in range(STEPS + 1)]
    xs, ys = ([low + (high - low) * part for part in parts] for low, high in ((west, east), (south, north)))
    return LineString(
        [(x, y) for x in xs for y in (south, north)] + [(x, y) for y in ys for x in (west, east)], srid=srid
    )
