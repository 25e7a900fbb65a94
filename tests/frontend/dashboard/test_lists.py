"""Behind each figure stands the list of what it counts, as far as the viewer may see it."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts.models import Alert
from geo import layers
from tests.frontend.dashboard.reading import card, figures, opened, references, words
from tests.geo.dashboards.given import DAY, HOUR, alert, contest, noon

pytestmark = pytest.mark.django_db
URL = "/territoires/quartier/T1001-1/tableau-de-bord/"
LIST = f"{URL}alerts/%s/"
BOX = {"bbox": "1.9,46.9,2.2,47.2", "zoom": "14"}


@pytest.fixture
def lively(town):
    alert(town, 10, answered=DAY, closed=3 * DAY)
    alert(town, 20, status="planned", due_on=noon(5).date())
    alert(town, 25, due_on=noon(15).date())
    alert(town, 30, category=town.pothole, status="rejected", closed=DAY)
    contest(alert(town, 120, closed=DAY), 1)
    alert(town, 5, point=town.IN_EAST)
    return town


def test_each_card_leads_to_as_many_as_it_says(lively, office):
    board = opened(office, URL)
    counted = {name: value for name, value in figures(board).items() if value.isdigit()}
    assert len(counted) == 6
    for name, value in counted.items():
        link = next(one for one in board.css(".board__figure") if name in words(one)).css(".stat__value")[0]
        behind = opened(office, link.get("href"))
        assert len(references(behind)) == int(value), name
        assert json.loads(office.get(f"{link.get('href')}carte.json", BOX).content)["total"] == int(value), name


def test_a_category_and_its_period_come_along(lively, office):
    tree = opened(office, URL, periode="12-mois", avec="rien")
    cells = tree.xpath("//section[@aria-labelledby='kinds-title']//tbody/tr")[0].css("td a")
    for cell in [one for one in cells if words(one).isdigit()]:
        assert "periode=12-mois" in cell.get("href")
        assert "categorie=" in cell.get("href")
        assert len(references(opened(office, cell.get("href")))) == int(words(cell))


def test_the_newest_come_first_and_of_those_late_the_latest(lively, office):
    rows = Alert.objects.in_territory(lively.west)
    newest = list(rows.order_by("-created_at").values_list("reference", flat=True)[:4])
    assert references(opened(office, LIST % "reported")) == newest
    late = list(rows.filter(closed_at=None).order_by("due_on").values_list("reference", flat=True))
    assert references(opened(office, LIST % "late")) == late


def test_each_line_says_what_makes_the_figure(town, office):
    alert(town, 10, answered=5 * HOUR, closed=3 * DAY, due_on=noon(8).date(), confirmed=2, contested=1)
    alert(town, 20, due_on=noon(4).date())
    said = {
        name: " ".join(words(one) for one in opened(office, LIST % name).css(".row strong"))
        for name in ("answer", "closing", "late", "confirmed")
    }
    assert said == {
        "answer": "première réponse après 5 heures",
        "closing": "résolu après 3 jours",
        "late": "4 jours de retard",
        "confirmed": "2 habitants le trouvent réparé, 1 non",
    }
    due = [words(one) for one in opened(office, LIST % "on_time").css(".row strong")]
    assert sorted(one.split(" ")[0] for one in due) == ["1", "4"]  # a day late when it was closed, four by now


def test_pages_follow_each_other_without_a_gap(town, office):
    made = [alert(town, 3).reference for _number in range(45)]  # all of the same moment
    tree, seen = opened(office, LIST % "reported"), []
    while True:
        seen += references(tree)
        following = tree.css("a[rel=next]")
        if not following:
            break
        tree = opened(office, following[0].get("href"))
    assert sorted(seen) == sorted(made)
    assert tree.xpath("//a[contains(., 'Revenir au début')]")


def test_what_is_not_public_is_counted_and_not_shown(town, office):
    shown = [alert(town, 3).reference for _number in range(4)]
    for _number in range(5):
        alert(town, 3, is_public=False)
    tree = opened(office, LIST % "reported")
    assert sorted(references(tree)) == sorted(shown)
    assert "4 signalements." in words(tree)
    tree = opened(office, LIST % "unlisted")
    assert references(tree) == []
    assert "5 signalements." in words(tree)
    assert "Le service seul les voit" in words(tree)
    for name, count in (("reported", 4), ("unlisted", 0)):
        points = json.loads(office.get(f"{LIST % name}carte.json", BOX).content)
        assert points["total"] == count


def test_few_hidden_ones_are_not_numbered_nor_is_a_small_sum_said(town, office):
    alert(town, 3)
    alert(town, 3, is_public=False)
    own = alert(town, 3, is_public=False, reporter_id=office.session["_auth_user_id"])
    tree = opened(office, LIST % "unlisted")
    assert references(tree) == [own.reference]
    assert "Quelques-uns ne sont pas montrés" in words(tree)
    assert "Moins de 5." in words(tree)
    assert "2 signalements" not in words(tree)
    assert card(opened(office, URL), "Non publics").startswith("moins de 5")
    assert card(opened(office, URL), "Signalés").startswith("1")


def test_the_file_holds_what_the_list_does(lively, office):
    tree = opened(office, LIST % "reported", categorie="lampadaire")
    link = next(one.get("href") for one in tree.css("a.button") if ".csv" in one.get("href"))
    answer = office.get(link)
    assert b"".join(answer.streaming_content).count(b'"lampadaire"') == len(references(tree)) == 3
    assert not [one for one in opened(office, LIST % "late").css("a.button") if "/exports/" in one.get("href")]


def test_heat_is_of_what_is_public(lively, office):
    alert(lively, 3, is_public=False)
    found = json.loads(office.get(f"{URL}alerts/points-chauds.json").content)
    assert sum(total for _lon, _lat, _step, total in found["cells"]) == 4


def test_the_most_shared_problems_are_a_list_page_by_page(town, office):
    made = [alert(town, 3, supports=1 + number % 3) for number in range(45)]
    alert(town, 3, supports=9, is_public=False)
    alert(town, 3, closed=DAY, supports=9)
    link = next(one for one in opened(office, URL).css("a") if "Tout voir (45)" in words(one)).get("href")
    first = opened(office, link)
    assert "2 autres personnes concernées" in words(first) or "3 autres" in words(first)
    following = opened(office, first.css("a[rel=next]")[0].get("href"))
    seen = [
        *references(first),
        *references(following),
        *references(opened(office, following.css("a[rel=next]")[0].get("href"))),
    ]
    supports = {one.reference: one.supports for one in made}
    assert sorted(seen) == sorted(supports)
    assert [supports[one] for one in seen] == sorted(supports.values(), reverse=True)


@pytest.mark.parametrize(
    "path",
    [
        "alerts/unknown/",
        "unknown/reported/",
        "alerts_work/reported/",
        "unknown/points-chauds.json",
        "alerts/unknown/carte.json",
    ],
)
def test_what_is_not_declared_is_not_found(town, office, path):
    assert office.get(URL + path).status_code == 404


@pytest.mark.parametrize("cursor", ["x", "~", "\0", "2026-01-01~1"])
def test_a_page_that_does_not_exist_says_so(lively, office, cursor):
    tree = opened(office, LIST % "reported", suite=cursor)
    assert "n'existe pas" in words(tree.css("[role=alert]")[0])
    # Of a list sorted by days, a day is a place to go on from.
    assert bool(opened(office, LIST % "late", suite=cursor).css("[role=alert]")) == (cursor != "2026-01-01~1")


@pytest.mark.parametrize("wrong", [{}, {"bbox": "x"}, {"zoom": "99"}, {"zoom": "\0"}, {"bbox": "1,2,3,\0"}])
def test_a_map_that_cannot_be_drawn_is_refused(town, office, wrong):
    parameters = {} if not wrong else BOX | wrong
    assert office.get(f"{LIST % 'reported'}carte.json", parameters).status_code == 400


def test_the_list_costs_the_same_for_few_as_for_many(town, office):
    def queries(count: int, days: int) -> int:
        while Alert.objects.count() < count:
            alert(town, 3)
        with CaptureQueriesContext(connection) as captured:
            shown = opened(office, LIST % "reported", du=noon(days).date())
        assert len(references(shown)) == count
        return len(captured)

    opened(office, LIST % "reported")
    assert queries(3, 30) == queries(18, 31)


def test_every_indicator_has_a_list(lively, office):
    board = layers.get("alerts").board
    for one in (*board.indicators, *board.news):
        tree = opened(office, LIST % one.name, periode="tout")
        assert words(tree.css("h1")[0]) == one.title
    assert timezone.localdate().isoformat() not in references(tree)
    assert len(references(tree)) == 1
