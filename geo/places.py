"""A place as a person or a client gives it: two numbers, checked before anything else happens."""

import math

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _


class PlaceError(ValueError):
    """The place cannot be used. `code` is for programs, the message for people."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def point(lon, lat) -> Point:
    """A point in EPSG:4326 from longitude and latitude in degrees, given as text or numbers.

    Accepts a decimal comma, as French keyboards give it. Raises PlaceError where a value is missing, no number,
    not finite or out of range.
    """
    values = [_number(lon, _("longitude")), _number(lat, _("latitude"))]
    if abs(values[0]) > 180 or abs(values[1]) > 90:
        raise PlaceError(
            "out_of_range",
            _("Longitude goes from -180 to 180 and latitude from -90 to 90; this is %(lon)s, %(lat)s.")
            % {"lon": values[0], "lat": values[1]},
        )
    return Point(*values, srid=4326)


def _number(value, name: str) -> float:
    try:
        number = float(str(value).strip().replace(",", ".").replace("_", "no"))
    except ValueError:
        raise PlaceError("not_a_number", _("The %(name)s is missing or is not a number.") % {"name": name}) from None
    if not math.isfinite(number):
        raise PlaceError("not_finite", _("The %(name)s is missing or is not a number.") % {"name": name})
    return number
