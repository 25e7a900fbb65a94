"""The place field: a point on the map that can also be typed."""

import re

from django import forms
from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.places import PlaceError, point
from geo.routing import serving

# What map applications copy: latitude first, decimal points, in one go.
PASTED = re.compile(r"^\s*(-?\d+\.\d+)\s*[,;\s]\s*(-?\d+\.\d+)\s*$")


class PlaceWidget(forms.MultiWidget):
    """Longitude and latitude to type, around which a script draws a map. Names: `<name>_lon`, `<name>_lat`."""

    template_name = "geo/place_widget.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        # Text, not number: a number box throws away "46,75" where the browser's language wants a point.
        number = {"inputmode": "decimal", "spellcheck": "false"}
        super().__init__(
            {
                "lon": forms.TextInput(number | {"data-lon": True}),
                "lat": forms.TextInput(number | {"data-lat": True}),
            },
            attrs,
        )

    def use_required_attribute(self, initial):
        # One box may hold both numbers, and a closed box cannot be pointed at by the browser.
        return False

    def decompress(self, value):
        return [f"{value.x:.6f}", f"{value.y:.6f}"] if value else ["", ""]


class PlaceField(forms.Field):
    """A Point in EPSG:4326 inside the area served. What is wrong is said; what was typed stays."""

    widget = PlaceWidget
    default_error_messages = {
        "required": _("Say where it is: choose the place on the map, or type its longitude and latitude.")
    }

    def to_python(self, value) -> Point | None:
        lon, lat = (part or "" for part in value or ("", ""))
        if not lon.strip() and not lat.strip():
            return None
        if not (lon and lat) and (pasted := PASTED.match(lon + lat)):
            lat, lon = pasted.groups()
        try:
            place = point(lon, lat)
            serving(place, timezone.localdate())
        except PlaceError as error:
            raise forms.ValidationError(str(error), code=error.code) from None
        return place
