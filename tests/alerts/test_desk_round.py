"""The order of a walk, and its sheet."""

import itertools
import random

import pytest
from django.contrib.gis.geos import LineString, Point
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts import services
from alerts.rounds import length, walk
from geo.models import PlanFeature
from tests.alerts.desk import URL, report

SHEET = f"{URL}tournee/"


def places(count, seed):
    rng = random.Random(seed)
    return [(2 + rng.random() / 50, 47 + rng.random() / 50) for _number in range(count)]


@pytest.mark.parametrize("start", [None, (2.01, 47.01)])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 60])
def test_a_walk_visits_each_place_once_and_is_never_longer_than_the_given_order(count, start):
    for seed in range(8 if count < 60 else 2):
        given = places(count, seed)
        order = walk(given, start)
        assert sorted(order) == list(range(count))
        assert length([given[one] for one in order], start) <= length(given, start) + 1e-6
        assert walk(given, start) == order


def test_a_short_walk_is_nearly_the_shortest_one():
    for seed in range(20):
        given = places(7, seed)
        best = min(length(list(one)) for one in itertools.permutations(given))
        assert length([given[one] for one in walk(given)]) <= best * 1.15


def test_places_on_a_street_are_walked_along_it():
    street = [(2 + x / 1000, 47.0) for x in (5, 1, 4, 2, 3)]
    assert walk(street, (2.0, 47.0)) == [1, 3, 4, 2, 0]
    assert walk(street) in ([1, 3, 4, 2, 0], [0, 2, 4, 3, 1])


def test_the_same_place_twice_is_no_trouble():
    assert sorted(walk([(2.0, 47.0)] * 5)) == [0, 1, 2, 3, 4]


def test_metres_are_those_of_the_ground():
    # 0.01 degrees of latitude: 1,111.8 m on the WGS 84 ellipsoid at 47° (geographiclib).
    assert length([(2.0, 47.0), (2.0, 47.01)]) == pytest.approx(1111.8, rel=0.002)


@pytest.mark.django_db
def test_the_sheet_holds_what_was_chosen_or_the_own_list(town, desk, agent):
    one, two, theirs = report(town), report(town, point=town.IN_EAST), report(town, category=town.pothole)
    chosen = desk.get(SHEET, {"alert": [one.reference, theirs.reference, "\0", "x"]})
    assert chosen.context["stops"] == [one]
    services.shortlist(user=agent, alert=two, on=True)
    assert desk.get(SHEET).context["stops"] == [two]
    assert desk.get(SHEET, {"alert": ["x"]}).status_code == 302


@pytest.mark.django_db
def test_the_start_decides_where_the_walk_begins(town, desk):
    west, east = report(town), report(town, point=town.IN_EAST)
    chosen = {"alert": [west.reference, east.reference]}
    near_east = desk.get(SHEET, chosen | {"start_lon": "2.08", "start_lat": "47.05"})
    assert near_east.context["stops"] == [east, west]
    wrong = desk.get(SHEET, chosen | {"start_lon": "x", "start_lat": "1"})
    assert wrong.status_code == 422
    assert len(wrong.context["stops"]) == 2


@pytest.mark.django_db
def test_the_sheet_costs_the_same_for_three_stops_as_for_thirty(town, desk):
    def queries(count):
        names = [report(town).reference for _number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            assert len(desk.get(SHEET, {"alert": names}).context["stops"]) == count
        return len(captured)

    assert queries(3) == queries(30)


@pytest.mark.django_db
def test_the_sheet_has_a_map_that_prints_with_each_stop_where_it_is(town, desk):
    PlanFeature.objects.create(
        kind="street", name="Rue A", geometry=LineString((2.0, 47.05), (2.05, 47.05), srid=4326), rank=1
    )
    west, east = report(town, point=Point(2.02, 47.05, srid=4326)), report(town, point=Point(2.03, 47.06, srid=4326))
    same = report(town, point=Point(2.03, 47.06, srid=4326))
    page = desk.get(SHEET, {"alert": [west.reference, east.reference, same.reference]})
    drawing = page.context["drawing"]
    assert sorted(pin["text"] for pin in drawing["pins"]) in (["1", "2, 3"], ["1, 2", "3"])
    places = {pin["text"]: (pin["x"], pin["y"]) for pin in drawing["pins"]}
    (x1, y1), (x2, y2) = sorted(places.values())
    metre = drawing["map"].bar[1] / drawing["map"].bar[0]
    # 0.01° are 759.8 m east and 1,111.8 m north at 47.05° (WGS 84 ellipsoid).
    assert (x2 - x1) / metre == pytest.approx(759.8, rel=0.01)
    assert (y1 - y2) / metre == pytest.approx(1111.8, rel=0.01)
    assert ("street", False) in [(kind, filled) for kind, _path, filled in drawing["map"].shapes]
    assert [name for name, *_rest in drawing["map"].streets] == ["Rue A"]
    assert page.content.decode().count('class="sketch__pin"') == 2


@pytest.mark.django_db
def test_one_stop_alone_is_drawn_too(town, desk):
    alert = report(town)
    (pin,) = desk.get(SHEET, {"alert": alert.reference}).context["drawing"]["pins"]
    assert (pin["x"], pin["y"]) == (500, 320)
