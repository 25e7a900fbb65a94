"""What the map shows: every visible alert once, as an object or inside a count, and nothing hidden."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts.models import Alert
from geo import viewport

pytestmark = pytest.mark.django_db
WHOLE = "1.9,46.9,2.3,47.2"


def make_alerts(town, count, **fields):
    now = timezone.now()
    chain = [town.west.pk, town.commune.pk, town.departement.pk]
    given = {"category": town.street_light, "point": town.IN_WEST, "territories": chain, "body": town.light_service}
    given |= {"description": "x", "created_at": now, "updated_at": now, "due_on": now.date()} | fields
    return Alert.objects.bulk_create(Alert(**given) for _ in range(count))


def ask(client, **parameters):
    response = client.get("/map/alerts.json", {"bbox": WHOLE, "zoom": 12} | parameters)
    return response, json.loads(response.content)


def test_few_are_objects_and_many_are_counts(client, town):
    make_alerts(town, 3)
    _response, body = ask(client)
    assert (body["type"], body["total"]) == ("objects", 3)
    key, lon, lat, style, label = body["objects"][0]
    assert (lon, lat, style, label) == (2.02, 47.05, "received", "Lampadaire en panne")
    assert Alert.objects.filter(reference=key).exists()
    make_alerts(town, viewport.MAX_OBJECTS, point=town.IN_EAST, status="qualified")
    _response, body = ask(client, zoom=13)
    assert body["type"] == "cells"
    assert sorted((cell[2], cell[3]) for cell in body["cells"]) == [(3, "received"), (400, "qualified")]


def test_what_is_not_public_is_in_no_count(client, town):
    make_alerts(town, 2)
    make_alerts(town, 5, is_public=False)
    assert ask(client)[1]["total"] == 2
    client.force_login(town.person("moderation@ville.example", "moderator"))
    assert ask(client)[1]["total"] == 2


def test_filters_narrow_the_map(client, town):
    make_alerts(town, 1)
    make_alerts(town, 2, category=town.pothole, status="planned")
    make_alerts(town, 4, point=town.IN_VILLAGE, territories=[town.village.pk, town.departement.pk])
    totals = {
        name: ask(client, **parameters)[1]["total"]
        for name, parameters in {
            "category": {"category": "nid-de-poule"},
            "two states": {"status": ["planned", "received"]},
            "territory": {"territory": "commune:T1002"},
            "future": {"since": "2999-01-01"},
            "no end": {"since": "0001-01-01", "until": "9999-12-31"},
            "rectangle": {"bbox": "2.1,47.0,2.2,47.1"},
        }.items()
    }
    assert totals == {"category": 2, "two states": 7, "territory": 4, "future": 0, "no end": 7, "rectangle": 4}


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "nan,nan,nan,nan"}, "bbox"),
        ({"bbox": "3,0,1,1"}, "bbox"),
        ({"bbox": "inf,0,1,1"}, "bbox"),
        ({"bbox": "200,10,220,20"}, "bbox"),
        ({"zoom": "-1"}, "zoom"),
        ({"zoom": "99"}, "zoom"),
        ({"zoom": "9" * 5000}, "zoom"),
        ({"zoom": "²"}, "zoom"),
        ({"status": "unknown"}, "status"),
        ({"since": "2026-02-31"}, "since"),
        ({"until": "yesterday"}, "until"),
        ({"territory": "commune"}, "territory"),
        ({"category": "' OR 1=1 --"}, "category"),
    ],
)
def test_a_wrong_parameter_is_named(client, town, parameters, named):
    response, body = ask(client, **parameters)
    assert response.status_code == 400
    assert body["parameter"] == named


def test_the_number_of_queries_does_not_grow(client, town):
    counts = []
    for more in (3, 297):
        make_alerts(town, more)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ask(client, until=f"20{30 + more % 60}-01-01")
        counts.append(len(queries))
    assert counts == [1, 1]
