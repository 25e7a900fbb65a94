"""The page says what was counted, compares it, and keeps small counts to itself."""

import dataclasses

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from alerts.models import Alert
from common.dates import long_date
from frontend.dashboard import asked as asking
from frontend.dashboard import shapes
from frontend.dashboard.classes import classed
from geo import layers
from tests.conftest import box, make_territory
from tests.frontend.dashboard.reading import card, figures, opened, references, rows, words
from tests.geo.dashboards.given import DAY, alert, noon

pytestmark = pytest.mark.django_db
URL = "/territoires/quartier/T1001-1/tableau-de-bord/"
CITY = "/territoires/commune/T1001/tableau-de-bord/"


@pytest.fixture
def lively(town):
    alert(town, 10, answered=DAY, closed=3 * DAY)
    alert(town, 20, status="planned", due_on=noon(5).date())
    alert(town, 30, category=town.pothole)
    alert(town, 120, closed=DAY)
    alert(town, 400, closed=DAY)
    alert(town, 5, point=town.IN_EAST)
    return town


def test_figures_now_and_before(lively, office):
    tree = opened(office, URL)
    assert {name: figures(tree)[name] for name in ("Signalés", "Encore ouverts", "En retard", "Résolus")} == {
        "Signalés": "3",
        "Encore ouverts": "2",
        "En retard": "1",
        "Résolus": "1",
    }
    assert card(tree, "Signalés") == "3 Signalés Avant : 1 +2"
    assert words(tree).count("sur la période précédente") == 2  # for all cards, and of the categories
    before = next(one for one in tree.css(".board__figure") if "Signalés" in words(one)).css(".board__before a")[0]
    assert len(references(opened(office, before.get("href")))) == 1
    assert "année" not in card(tree, "Signalés")


def test_other_periods_and_comparisons(lively, office):
    assert figures(opened(office, URL, periode="tout"))["Signalés"] == "5"
    assert figures(opened(office, URL, periode="4-semaines"))["Signalés"] == "2"
    year = card(opened(office, URL, periode="12-mois", avec="an"), "Signalés")
    assert year.startswith("4 Signalés Avant : 1")
    assert "Avant" not in card(opened(office, URL, avec="rien"), "Signalés")
    own = opened(office, URL, du=noon(30).date(), au=noon(15).date())
    assert figures(own)["Signalés"] == "2"


def test_a_category_alone(lively, office):
    tree = opened(office, URL, categorie="nid-de-poule")
    assert figures(tree)["Signalés"] == "1"
    assert list(rows(tree, "kinds-title")) == ["Nid-de-poule"]
    assert words(tree.xpath("//section[@aria-labelledby='figures-title']//strong")[0]) == "Nid-de-poule."
    whole = rows(opened(office, URL), "kinds-title")
    assert (whole["Lampadaire en panne"][0], whole["Nid-de-poule"][0]) == ("2", "1")


def test_per_thousand_inhabitants(lively, client):
    client.force_login(lively.person("maire@ville.example", "official", lively.commune))
    assert "0,1 pour 1 000 habitants" in card(opened(client, CITY), "Signalés")  # 4 of 60,000


def test_children_lead_to_their_dashboards_and_neighbours_to_public_pages(lively, client):
    client.force_login(lively.person("maire@ville.example", "official", lively.commune))
    tree = opened(client, CITY)
    places = tree.css("[data-place] a")
    assert [(words(one), one.get("href")) for one in places] == [
        ("Est", "/territoires/quartier/T1001-2/tableau-de-bord/"),
        ("1", "/territoires/quartier/T1001-2/tableau-de-bord/alerts/reported/"),
        ("Ouest", URL),
        ("3", f"{URL}alerts/reported/"),
    ]
    assert [words(one) for one in tree.css("[data-value]")] == ["1", "3"]
    assert rows(tree, "neighbours-title")["Village"] == ["Pas de données"]
    assert [words(one) for one in opened(client, CITY, mesure="late").css("[data-value]")] == ["0", "1"]
    assert words(opened(client, CITY, mesure="x").css("[data-title]")[0]) == "Signalés"


def test_what_is_not_public_is_in_one_figure_alone(lively, office):
    for _number in range(6):
        alert(lively, 3, is_public=False, point=lively.IN_EAST)
        alert(lively, 3, is_public=False)
    tree = opened(office, URL)
    assert (figures(tree)["Signalés"], figures(tree)["Non publics"]) == ("3", "6")
    beside = rows(tree, "neighbours-title")
    assert (beside["Est"][0], beside["Ouest"][0]) == ("1", "3")


def test_small_counts_are_unsaid_and_do_not_follow_from_others(town, office):
    for category, count in ((town.pothole, 2), (town.street_light, 9), (town.dump, 7)):
        for _number in range(count):
            alert(town, 3, category=category, is_public=False)
    hidden = "Non publics"
    assert figures(opened(office, URL))[hidden] == "18"
    assert figures(opened(office, URL, categorie="depot-sauvage"))[hidden] == "non communiqué"
    behind = words(opened(office, f"{URL}alerts/unlisted/", categorie="depot-sauvage"))
    assert "Non communiqué." in behind
    assert "7 signalements" not in behind
    assert figures(opened(office, URL, categorie="nid-de-poule"))[hidden] == "moins de 5"


def test_what_waits_is_late_first_and_contested(town, office):
    late = alert(town, 30, due_on=noon(9).date())
    later = alert(town, 40, due_on=noon(20).date())
    contested = alert(town, 20, closed=DAY, contested=2, confirmed=1)
    alert(town, 10, due_on=timezone.localdate() + 9 * DAY)
    sections = opened(office, URL).xpath("//section[@aria-labelledby='waiting-title']//section")
    assert [[link.get("href") for link in one.css("li a")] for one in sections] == [
        [later.get_absolute_url(), late.get_absolute_url()],
        [contested.get_absolute_url()],
    ]
    assert "20 jours de retard" in words(sections[0])


def test_what_waits_in_all_services_is_not_the_administrators_own_answer(town, client):
    alert(town, 10)
    client.force_login(town.person("admin@ville.example", "administrator", town.commune))
    waiting = opened(client, CITY).xpath("//section[@aria-labelledby='waiting-title']")[0]
    assert "En attente dans les services" in words(waiting)
    assert "ma réponse" not in words(waiting)


def test_a_period_of_one_day_is_called_by_that_day(town, office):
    day = noon(10).date()
    about = words(opened(office, URL, du=day, au=day).xpath("//section[@aria-labelledby='figures-title']")[0])
    assert about.startswith(f"En bref Le {long_date(day)}. Avant")


def test_the_trend_is_drawn_and_stands_in_a_table(lively, office):
    tree = opened(office, URL)
    weeks = rows(tree, "trend-title")
    assert len(weeks) >= 13
    assert sum(int(cells[0]) for cells in weeks.values()) == 3
    assert [words(one) for one in tree.css(".board__chart svg text")].count("1") == 5  # of each bar, and of the axis
    links = tree.xpath("//section[@aria-labelledby='trend-title']//tbody//a")
    for link in links:
        assert len(references(opened(office, link.get("href")))) == int(words(link))


def test_the_trend_says_what_of_it_is_outside_the_period(lively, office):
    tree = opened(office, URL, periode="4-semaines")
    weeks = rows(tree, "trend-title")
    outside = {title: cells for title, cells in weeks.items() if "hors de la période" in title}
    assert len(weeks) == 13
    assert len(outside) >= 8
    assert sum(int(cells[0]) for title, cells in weeks.items() if title not in outside) == 2
    assert "qui est ombrée" in words(tree.css(".board__trend figcaption")[0])


def test_the_report_is_asked_for_the_same(lively, office):
    links = [one.get("href") for one in opened(office, URL, categorie="lampadaire").css("header a.button")]
    assert links == ["/territoires/quartier/T1001-1/rapport/?categorie=lampadaire&periode=3-mois"]


def test_classes_of_durations_are_told_apart(town):
    one = layers.get("alerts").board.indicator("answer")
    hours = {"a": 26, "b": 31, "c": 33, "d": 45}
    with translation.override("fr"):
        texts = [shapes._written(one, shapes._rounded(one, 3600 * value + 7)) for value in hours.values()]
    assert texts == ["1 j 2 h", "1 j 7 h", "1 j 9 h", "1 j 21 h"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"periode": "x"}, "periode"),
        ({"periode": "\0"}, "periode"),
        ({"periode": "dates"}, "du"),
        ({"periode": "dates", "du": "31/02/2026"}, "du"),
        ({"periode": "dates", "du": "\0"}, "du"),
        ({"periode": "dates", "du": "0001-01-01"}, "du"),
        ({"periode": "dates", "du": "9999-12-31"}, "du"),
        ({"periode": "dates", "du": "2001-01-01"}, "du"),
        ({"periode": "dates", "du": "2026-02-01", "au": "2026-01-01"}, "au"),
        ({"periode": "dates", "du": "2026-02-01", "au": "x" * 10_000}, "au"),
        ({"periode": "4-semaines", "du": "2026-02-01"}, "du"),
        ({"avec": "tout"}, "avec"),
        ({"categorie": "inconnue"}, "categorie"),
        ({"categorie": "x\0"}, "categorie"),
    ],
)
def test_what_cannot_be_understood_is_said_beside_its_field(town, office, parameters, field):
    alert(town, 60)
    for url in (URL, f"{URL}alerts/reported/", f"{URL}alerts/points-chauds.json"):
        answer = office.get(url, parameters)
        assert answer.status_code == 200
    tree = opened(office, URL, **parameters)
    wrong = tree.css(".board__controls .field--error [name]")
    assert [one.get("name") for one in wrong] == [field]
    assert tree.css("details[open] .board__controls")
    shown = figures(tree)["Signalés"]
    assert shown == ("0" if parameters.get("periode") == "4-semaines" else "1")


def test_a_territory_without_any_report_has_a_page(town, office):
    tree = opened(office, URL)
    assert figures(tree)["Signalés"] == "0"
    assert "Rien n'attend" in words(tree)


def test_it_costs_the_same_for_few_as_for_many(town, client):
    client.force_login(town.person("maire@ville.example", "official", town.commune))

    def queries(reports: int, districts: int, days: int) -> int:
        while Alert.objects.count() < reports:
            alert(town, 2 + Alert.objects.count(), due_on=noon(1).date(), supports=1)
        for at in range(town.commune.children.count(), districts):
            make_territory("quartier", f"T1001-{at + 1}", f"Q{at}", box(2.0, 46.8, 2.1, 46.9), town.commune)
        opened(client, CITY, periode="tout")  # who asks is known by now
        with CaptureQueriesContext(connection) as captured:
            shown = figures(opened(client, CITY, du=noon(days).date()))
        assert shown["Signalés"] == str(reports)
        return len(captured)

    assert queries(6, 3, 99) == queries(30, 10, 100)


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ({}, []),
        ({"a": None}, []),
        ({"a": 3, "b": 3, "c": None}, [(3, 3)]),
        ({"a": 1, "b": 2, "c": 9}, [(1, 1), (2, 2), (9, 9)]),
        (dict(enumerate(range(10))), [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]),
    ],
)
def test_classes_hold_about_as_many_values_each(values, groups):
    found, bounds = classed(values)
    assert bounds == groups
    for key, value in values.items():
        assert (found[key] is None) == (value is None)
        assert value is None or bounds[found[key]][0] <= value <= bounds[found[key]][1]


def test_several_layers_are_a_choice_of_subject(town):
    one = layers.get("alerts")
    found = [one, dataclasses.replace(one, name="deux", title="Deux")]
    asked = asking.read(QueryDict("sujet=deux&periode=tout"), town.west, found)
    assert asked.question.layer.name == "deux"
    assert asked.query() == "?periode=tout&sujet=deux"
    assert asking.read(QueryDict("sujet=deux"), town.west, [one]).question.layer is one
    unknown = asking.read(QueryDict("sujet=trois"), town.west, found)
    assert (unknown.question.layer, list(unknown.controls.errors), unknown.query()) == (one, ["sujet"], "")
