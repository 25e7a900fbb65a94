"""The town's record: figures equal to the rows, few people never spoken of, the erased still counted."""

import csv
import datetime as dt
import io
import statistics as reference

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts import statistics
from alerts.models import Alert
from alerts.statistics import FEWEST
from geo.models import Level

pytestmark = pytest.mark.django_db
TODAY = {"today": dt.date(2026, 6, 30), "zone": "Europe/Paris"}
START = dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC)


def make(town, hours=None, place=None, answered=None, **fields):
    """An alert of June 2026, resolved after that many hours where given."""
    place = place or town.west
    closed = hours and START + dt.timedelta(hours=hours)
    given = {
        "category": town.street_light,
        "point": town.IN_WEST if place == town.west else town.IN_EAST,
        "territories": [place.pk, town.commune.pk, town.departement.pk],
        "body": town.light_service,
        "status": "resolved" if closed else "received",
        "created_at": START,
        "updated_at": START,
        "answered_at": START + dt.timedelta(hours=answered) if answered else closed,
        "closed_at": closed,
        "due_on": dt.date(2026, 6, 3),
    }
    return Alert.objects.create(**given | fields)


def by_name(rows) -> dict:
    return {row.name: row for row in rows}


def test_figures_are_those_of_the_rows(town):
    hours = [5, 20, 30, 70, 90, 200]
    for number, one in enumerate(hours):
        make(town, one, confirmed=number % 3, contested=1)
    make(town)
    make(town, due_on=dt.date(2026, 8, 1))
    make(town, 10, place=town.east)
    rows = by_name(statistics.by_territory(statistics.reported(), Level.objects.get(code="quartier"), **TODAY))
    west = rows["Ouest"]
    assert (west.total, west.open, west.resolved) == (8, 2, 6)
    assert west.closing == dt.timedelta(hours=reference.median(hours))
    assert (west.on_time, west.due) == (3, 7)  # closed on the 3rd at the latest; one not closed is not due yet
    assert (west.confirmed, west.judged) == (2, 6)
    east = rows["Est"]
    assert (east.total, east.closing, east.on_time_share, east.confirmed_share) == (1, None, None, None)
    commune = by_name(statistics.by_territory(statistics.reported(), Level.objects.get(code="commune"), **TODAY))
    assert (commune["Ville"].total, commune["Village"].total) == (9, 0)


def test_a_median_appears_with_enough_answers_and_not_before(town):
    for number in range(FEWEST - 1):
        make(town, 10 + number)
    assert statistics.by_category(statistics.reported(), **TODAY)[0].closing is None
    make(town, 50)
    assert statistics.by_category(statistics.reported(), **TODAY)[0].closing == dt.timedelta(hours=12)


def test_what_only_the_service_sees_is_not_counted_and_what_time_erased_is(town):
    make(town, is_public=False)
    make(town, 5, is_public=False, erased_at=timezone.now())
    assert statistics.reported().count() == 1


def test_the_months_count_each_report_once_in_its_square(town):
    for _number in range(3):
        make(town)
    make(town, created_at=dt.datetime(2026, 5, 31, 21, 59, tzinfo=dt.UTC))  # 23:59 in Paris, still May
    make(town, place=town.east)
    starts, cells = statistics.months(statistics.reported(), 2, today=dt.date(2026, 6, 30))
    assert starts == [dt.date(2026, 5, 1), dt.date(2026, 6, 1)]
    assert sorted((month, count) for _lon, _lat, month, count in cells) == [(0, 1), (1, 1), (1, 3)]
    assert all(abs(lat - 47.05) < statistics.CELL for _lon, lat, _month, _count in cells)


def test_the_page_the_file_and_the_map_say_it_to_everybody(town, client):
    now = timezone.now()
    for number in range(FEWEST):
        ended = now - dt.timedelta(days=number + 1)
        make(town, status="resolved", created_at=now - dt.timedelta(days=9), closed_at=ended)
    page = client.get("/signalements/bilan/?niveau=quartier")
    assert page.status_code == 200
    assert "Ouest" in page.content.decode()
    rows = list(
        csv.DictReader(io.StringIO(client.get("/signalements/bilan.csv").content.decode("utf-8-sig")), delimiter=";")
    )
    assert {row["nom"]: row["signales"] for row in rows if row["nom"] in ("Ouest", "Est")} == {
        "Ouest": "5",
        "Est": "0",
    }
    months = client.get("/signalements/bilan/mois.json").json()
    assert sum(count for _lon, _lat, _month, count in months["cells"]) == FEWEST


@pytest.mark.parametrize(
    "query", ["periode=x", "categorie=%00", "niveau=nulle", "periode=999999999", "categorie=" + "x" * 5000]
)
def test_filters_that_mean_nothing_are_named(town, client, query):
    """A page shows everything and says beside the field what it did not understand; a program is refused."""
    assert "field__error" in client.get(f"/signalements/bilan/?{query}").content.decode()
    for path in ("bilan/mois.json", "bilan.csv"):
        refused = client.get(f"/signalements/{path}?{query}")
        assert (refused.status_code, refused.json()["parameter"]) == (400, query.partition("=")[0])


def test_more_reports_cost_no_more_queries(town, client):
    def queries(number):
        for _one in range(3):
            make(town, 10)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/signalements/bilan/?periode=730&x={number}")
        return len(captured)

    first = queries(1)
    cache.clear()
    assert queries(2) == first
