"""The dashboard's figures against values computed by hand, and who may see them."""

import datetime as dt
import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Role
from alerts import services
from alerts.models import Alert
from frontend.views.dashboard import in_words

pytestmark = pytest.mark.django_db
URL = "/territoires/quartier/T1001-1/tableau-de-bord/"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def alert(town, ago, *, answered=None, closed=None, status="received", **changes) -> Alert:
    """An alert of `ago` before now, answered and closed so long after."""
    given = {"category": town.street_light, "point": town.IN_WEST, "description": "!"}
    made = services.report(**given | changes)
    then = timezone.now() - ago
    Alert.objects.filter(pk=made.pk).update(
        created_at=then,
        status=status,
        answered_at=answered and then + answered,
        closed_at=closed and then + closed,
    )
    return made


@pytest.fixture
def office(client, town):
    client.force_login(town.official())
    return client


def test_figures_are_those_counted_by_hand(town, office):
    oldest = alert(town, 60 * DAY)
    alert(town, 40 * DAY, answered=2 * DAY, closed=4 * DAY, status="resolved")
    alert(town, 30 * DAY, answered=4 * DAY, closed=4 * DAY, status="rejected", category=town.pothole)
    alert(town, 20 * DAY, answered=9 * DAY, status="planned")
    alert(town, 500 * DAY, answered=DAY, closed=480 * DAY, status="resolved")
    alert(town, 5 * DAY, point=town.IN_EAST)
    page = office.get(URL, {"periode": "3-mois"}).context
    figures = page["figures"]
    assert [figures[name] for name in ("total", "open", "resolved", "rejected")] == [4, 2, 1, 1]
    assert (figures["median_answer"], figures["median_closing"]) == (4 * DAY, 4 * DAY)
    assert [(row["name"], row["total"], row["open"]) for row in page["categories"]] == [
        ("Lampadaire en panne", 3, 2),
        ("Nid-de-poule", 1, 0),
    ]
    # The one reported 500 days ago was closed 20 days ago: it counts among those closed.
    assert (sum(week.reported for week in page["weeks"]), sum(week.closed for week in page["weeks"])) == (4, 3)
    assert page["oldest"][0] == oldest
    assert office.get(URL, {"periode": "tout"}).context["figures"]["total"] == 5
    assert office.get(URL, {"periode": "4-semaines"}).context["figures"]["total"] == 1
    assert office.get(URL, {"periode": "x"}).context["period"] == "3-mois"


def test_weeks_without_any_report_are_there(town, office):
    alert(town, 21 * DAY)
    weeks = office.get(URL).context["weeks"]
    assert [week.reported for week in weeks] == [1, 0, 0, 0]
    assert all(later.monday - week.monday == 7 * DAY for week, later in itertools.pairwise(weeks))


def test_a_territory_without_any_report_has_a_page(town, office):
    assert office.get(URL).status_code == 200


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (None, ""),
        (HOUR / 3600, "1 minute"),
        (HOUR, "1 hour"),
        (23 * HOUR, "23 hours"),
        (37 * HOUR, "2 days"),
        (75 * HOUR, "3 days"),
    ],
)
def test_durations_are_said_as_people_do(span, words):
    with translation.override("en"):
        assert in_words(span) == words


@pytest.mark.parametrize(
    ("role", "where", "status"),
    [
        (None, None, 302),
        (Role.RESIDENT, "west", 403),
        (Role.MODERATOR, "commune", 403),
        (Role.OFFICIAL, "east", 403),
        (Role.OFFICIAL, "west", 200),
        (Role.OFFICIAL, "commune", 200),
        (Role.ADMINISTRATOR, "departement", 200),
    ],
)
def test_who_may_see_it(town, client, role, where, status):
    if role:
        client.force_login(town.person("qui@ville.example", role, territory=getattr(town, where)))
    assert client.get(URL).status_code == status


def test_it_costs_the_same_for_three_as_for_thirty(town, office):
    def queries(count):
        while Alert.objects.count() < count:
            alert(town, 3 * DAY)
        with CaptureQueriesContext(connection) as captured:
            assert office.get(URL).context["figures"]["total"] == count
        return len(captured)

    assert queries(3) == queries(30)


def test_an_unknown_territory_is_not_found(town, office):
    assert office.get("/territoires/quartier/inconnu/tableau-de-bord/").status_code == 404
