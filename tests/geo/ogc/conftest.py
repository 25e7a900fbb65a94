"""Alerts to be read as features, and what each test asks."""

import datetime as dt

import pytest
from django.utils import timezone

from alerts import services
from alerts.models import Alert
from geo import crs

ITEMS = "/ogc/collections/alerts/items"
NAMES = ("EPSG/0/2154", "EPSG/0/4326", "OGC/1.3/CRS84")
L93, WGS84, CRS84 = (crs.BY_URI[f"http://www.opengis.net/def/crs/{one}"] for one in NAMES)


@pytest.fixture
def reports(town) -> list[Alert]:
    """Seven reports, a day apart, the newest last: five in the west, two in the east; one resolved."""
    found = []
    for number in range(7):
        place = town.IN_WEST if number < 5 else town.IN_EAST
        alert = services.report(category=town.street_light, point=place, description=f"Numéro {number}")
        moment = timezone.now() - dt.timedelta(days=7 - number)
        Alert.objects.filter(pk=alert.pk).update(created_at=moment, supports=number)
        found.append(alert)
    services.apply(alert=found[0], transition="resolve", actor=town.light_agent(), message="Fait.")
    return list(Alert.objects.order_by("pk"))


@pytest.fixture
def ask(client):
    """`ask(path, **parameters)` gives the JSON of a 200; underscores in names are dashes."""

    def get(path=ITEMS, **parameters):
        answer = client.get(path, {name.replace("_", "-"): value for name, value in parameters.items()})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return get


@pytest.fixture
def refused(client):
    """`refused(**parameters)` gives the parameter that a 400 names."""

    def get(path=ITEMS, **parameters):
        answer = client.get(path, {name.replace("_", "-"): value for name, value in parameters.items()})
        assert answer.status_code == 400, answer.content
        body = answer.json()
        assert body["code"]
        assert body["description"]
        return body["parameter"]

    return get


def keys(page: dict) -> list[str]:
    return [feature["id"] for feature in page["features"]]
