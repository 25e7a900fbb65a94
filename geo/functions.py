"""Expressions of the database that models index and queries repeat word for word."""

from django.contrib.gis.db.models import PointField
from django.db.models import Func, TextField
from django.db.models.functions import Cast


class Plain(Func):
    """A name in small letters without accents or signs; see geo.addresses.words.plain."""

    function = "geo_plain"
    output_field = TextField()


def Geography(name: str) -> Cast:
    """A point's column (EPSG:4326) on the round earth: its distances are metres."""
    return Cast(name, PointField(geography=True, srid=4326))
