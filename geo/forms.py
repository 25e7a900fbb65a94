"""The place field: an address, a point on the map, or two numbers."""

import re

from django import forms
from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from geo import addresses
from geo.lookup import territory_ids_at
from geo.places import PlaceError, point
from geo.routing import serving

# What map applications copy: latitude first, decimal points, in one go.
PASTED = re.compile(r"^\s*(-?\d+\.\d+)\s*[,;\s]\s*(-?\d+\.\d+)\s*$")
PROPOSED = 6
CORNER = re.compile(r"^\s*(-?\d+(?:[.,]\d+)?)\s*[;,\s]\s*(-?\d+(?:[.,]\d+)?)\s*$")
# Longer than any outline of geo.drawn.MAX_CORNERS corners.
MAX_TEXT = 40_000


class PlaceWidget(forms.MultiWidget):
    """An address to search and longitude and latitude to type, around which a script draws a map.

    Names: `<name>_lon`, `<name>_lat`, `<name>_search`; where an address has several places, `<name>_choice` is the
    one chosen ("lon,lat") and `<name>_asked` the text that it answers. The script writes there
    the address of a place that was chosen otherwise.
    """

    template_name = "geo/place_widget.html"
    use_fieldset = True
    choices: list[addresses.Found] = ()

    def __init__(self, attrs=None):
        # Text, not number: a number box throws away "46,75" where the browser's language wants a point.
        number = {"inputmode": "decimal", "spellcheck": "false"}
        search = {"autocomplete": "off", "spellcheck": "false", "enterkeyhint": "search", "data-search": True}
        super().__init__(
            {
                "lon": forms.TextInput(number | {"data-lon": True}),
                "lat": forms.TextInput(number | {"data-lat": True}),
                "search": forms.TextInput(search),
            },
            attrs,
        )

    def use_required_attribute(self, initial):
        # One box may hold both numbers, and a closed box cannot be pointed at by the browser.
        return False

    def decompress(self, value):
        return [f"{value.x:.6f}", f"{value.y:.6f}", ""] if value else ["", "", ""]

    def value_from_datadict(self, data, files, name):
        answered = data.get(f"{name}_asked", "") == data.get(f"{name}_search", "")
        return [*super().value_from_datadict(data, files, name), data.get(f"{name}_choice", "") if answered else ""]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["choices"] = self.choices
        return context


class PlaceField(forms.Field):
    """A Point in EPSG:4326 inside the area served. What is wrong is said; what was typed stays.

    Where an address was typed and no coordinates, the address gives the point; if it may mean several places, the
    form comes back with these to choose from.
    """

    widget = PlaceWidget
    default_error_messages = {
        "required": _("Say where it is: type an address, choose the place on the map, or type its coordinates.")
    }

    def to_python(self, value) -> Point | None:
        lon, lat, search, choice = [*((part or "").strip() for part in value or ()), "", "", "", ""][:4]
        if not lon and not lat:
            if not search:
                return None
            if not choice:
                return self._named(search)
            lon, _comma, lat = choice.partition(",")
        if not (lon and lat) and (pasted := PASTED.match(lon + lat)):
            lat, lon = pasted.groups()
        try:
            place = point(lon, lat)
            serving(place, timezone.localdate())
        except PlaceError as error:
            raise forms.ValidationError(str(error), code=error.code) from None
        return place

    def _named(self, text: str) -> Point:
        """The place that an address means. Raises ValidationError where there is none, or are several to choose."""
        places = [(one, Point(one.lon, one.lat, srid=4326)) for one in addresses.search(text)]
        # The remote geocoder knows the whole country, and a table of a département more than one town.
        places = [(one, place) for one, place in places if territory_ids_at(place)]
        if meant := addresses.certain([one for one, _place in places]):
            return next(place for one, place in places if one is meant)
        if places:
            self.widget.choices = [one for one, _place in places[:PROPOSED]]
            raise forms.ValidationError(_("Several places may be meant: choose one below."), code="ambiguous")
        raise forms.ValidationError(
            _("We found no address like “%(text)s” here. Check it, or show the place on the map."),
            code="unknown_address",
            params={"text": Truncator(text).chars(60)},
        )


class CornersField(forms.CharField):
    """Corners of a line or an area as points (EPSG:4326), one a line: latitude, longitude, as map applications do."""

    widget = forms.Textarea(attrs={"rows": 6, "inputmode": "text", "spellcheck": "false", "data-corners": True})
    default_error_messages = {
        "required": _("Draw the area on the map, or type its corners."),
        "corner": _("Line %(line)d is no corner. Type a latitude and a longitude, like 43.6045, 1.4442."),
    }

    def __init__(self, **kwargs):
        super().__init__(max_length=MAX_TEXT, **kwargs)

    def clean(self, value) -> list[Point]:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        return [self._corner(number, line) for number, line in enumerate(lines, 1)]

    def _corner(self, number: int, line: str) -> Point:
        found = CORNER.match(line)
        try:
            if found:
                lat, lon = found.groups()
                return point(lon, lat)
        except PlaceError:
            pass
        raise forms.ValidationError(self.error_messages["corner"], params={"line": number})

    def prepare_value(self, value):
        if isinstance(value, (str, type(None))):
            return value
        return "\n".join(f"{lat:.6f}, {lon:.6f}" for lon, lat in value)
