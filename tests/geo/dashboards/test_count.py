"""What the database counts against what a person counts; and the sheet that is made of it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from alerts.board import BOARD
from alerts.models import Alert
from geo import layers
from geo.dashboards import board, count, periods
from geo.dashboards.board import Question, sheet
from geo.dashboards.periods import Span
from tests.conftest import box, forget, make_territory
from tests.geo.dashboards.given import DAY, HOUR, alert, contest, noon

pytestmark = pytest.mark.django_db


def last(days: int) -> Span:
    until = timezone.localdate() + dt.timedelta(days=1)
    return Span(until - dt.timedelta(days=days), until)


def ask(territory, span=None, **changes) -> Question:
    span = span or last(91)
    return Question(layers.get("alerts"), territory, span, **({"against": span.before()} | changes))


def texts(made, name: str) -> dict[str, str]:
    return {line.title: line[name].text for line in made}


@pytest.fixture
def year(town):
    """Six reports west and one east, with what a person would note of them."""
    due = timezone.localdate() - 3 * DAY
    alert(town, 10, answered=2 * HOUR, closed=3 * DAY, due_on=due)
    alert(town, 12, answered=4 * HOUR, closed=5 * DAY, due_on=timezone.localdate() - 9 * DAY, confirmed=1)
    alert(town, 20, answered=10 * HOUR, status="planned", due_on=due)
    alert(town, 30, status="waiting", due_on=due)
    alert(town, 40, closed=DAY, status="rejected", category=town.pothole, due_on=noon(39).date())
    alert(town, 120, answered=DAY, closed=100 * DAY, due_on=noon(110).date())
    alert(town, 5, point=town.IN_EAST, due_on=timezone.localdate() + 20 * DAY)
    return town


def test_figures_are_those_counted_by_hand(year):
    made = sheet(ask(year.west))
    values = {name: (one.value, one.before) for name, one in made.by_name.items()}
    assert values["reported"] == (5, 1)
    assert values["open"] == (2, 1)  # planned and waiting now; before, the one that took 100 days
    assert values["late"] == (1, 1)  # the question to its reporter stops the clock
    assert values["resolved"] == (3, 0)
    assert values["unresolved"] == (1, 0)
    assert values["on_time"] == (pytest.approx(2 / 5), None)  # the first and the pothole, of five that are due
    # Under five, a median or share is none.
    assert values["answer"] == values["confirmed"] == (None, None)


def test_medians_and_shares_are_of_five_or_more(year):
    for days in (15, 16):
        alert(year, days, answered=30 * HOUR, closed=6 * DAY, due_on=noon(0).date() - 1 * DAY, confirmed=1)
    made = sheet(ask(year.west)).by_name
    assert made["answer"].value == (10 * HOUR).total_seconds()  # of 2, 4, 10, 30, 30
    assert made["closing"].value == (6 * DAY).total_seconds()  # of 3, 5, 6, 6, 100
    # Due in the period: in time are 10, 15, 16 and 40 days ago; not 12, nor the planned and the waiting one, overdue.
    assert made["on_time"].value == pytest.approx(4 / 7)
    assert made["confirmed"].value is None


def test_kinds_children_and_neighbours(year):
    make_territory("quartier", "T1001-3", "Sud", box(2.0, 46.9, 2.1, 47.0), year.commune)
    city = sheet(ask(year.commune))
    assert [(line.title, line["reported"].value) for line in city.kinds] == [
        ("Lampadaire en panne", 5),
        ("Nid-de-poule", 1),
    ]
    assert texts(city.children, "reported") == {"Est": "1", "Ouest": "5", "Sud": "0"}
    assert city.by_name["reported"].rate == pytest.approx(6 / 60)
    assert texts(city.neighbours, "reported") == {"Village": "0", "Ville": "6"}
    assert texts(sheet(ask(year.west)).neighbours, "open") == {"Est": "1", "Ouest": "2", "Sud": "0"}


def test_the_curves_have_each_report_in_its_step(year):
    made = sheet(ask(year.west))
    assert sum(made.curves[0]) == 5
    assert sum(made.curves[1]) == 3
    start = max(one for one in made.steps.starts if one <= noon(10).date())
    assert made.curves[0][made.steps.starts.index(start)] >= 1


def test_small_counts_with_something_hidden_are_not_said_nor_follow_from_others(town):
    for category, number in ((town.pothole, 2), (town.street_light, 9), (town.dump, 7)):
        for _number in range(number):
            alert(town, 3, is_public=False, category=category)
    with translation.override("en"):
        made = sheet(ask(town.west))
        assert made.by_name["unlisted"].text == "18"
        assert made.kinds == []  # a line of zeros would say that there is something
        for category in (town.pothole, town.street_light, town.dump):
            alert(town, 3, category=category)
        forget()
        made = sheet(ask(town.west))
        assert texts(made.kinds, "unlisted") == {
            "Nid-de-poule": "fewer than 5",
            "Dépôt sauvage": "not disclosed",
            "Lampadaire en panne": "9",
        }
        # Nor by a look at one kind alone.
        for one in (town.pothole, town.dump):
            assert sheet(ask(town.west, kind=one.code)).by_name["unlisted"].value is None
        assert sheet(ask(town.west, kind=town.street_light.code)).by_name["unlisted"].value == 9


def test_no_figure_mixes_what_everybody_may_see_with_the_rest(town):
    for _number in range(6):
        alert(town, 3, is_public=False, answered=HOUR, closed=DAY, due_on=noon(2).date(), confirmed=1)
    for _number in range(6):
        alert(town, 90, is_public=False, due_on=noon(30).date())
    alert(town, 3)
    erased = alert(town, 3)
    Alert.objects.filter(pk=erased.pk).update(is_public=False, erased_at=timezone.now())
    made = sheet(ask(town.west, last(28)))
    values = {name: (one.cells[0].base, one.cells[0].hidden) for name, one in made.by_name.items()}
    assert values.pop("unlisted") == (6, 6)
    assert values.pop("reported") == values.pop("open") == (2, 0)
    assert set(values.values()) == {(0, 0)}
    assert texts(made.neighbours, "reported") == {"Est": "0", "Ouest": "2"}
    assert [sum(curve) for curve in made.curves] == [2, 0]


def test_news_count_what_happened_since(town):
    alert(town, 2)
    alert(town, 40, closed=39 * DAY)
    contest(alert(town, 60, closed=2 * DAY), 1)
    contest(alert(town, 60, closed=2 * DAY), 30)
    found = {one.indicator.name: one.value for one in board.news(ask(town.west, last(5), against=None))}
    assert found == {"reported": 1, "resolved": 1, "contested": 1}


def test_heat_holds_what_everybody_may_see(town):
    alert(town, 2)
    alert(town, 2)
    alert(town, 2, is_public=False)
    question = ask(town.west)
    steps = sheet(question).steps
    whole, parts = board.heat(question, steps)
    assert [total for _lon, _lat, total in whole] == [2]
    assert [(at, total) for _lon, _lat, at, total in parts] == [
        (max(place for place, start in enumerate(steps.starts) if start <= noon(2).date()), 2)
    ]


def test_heat_of_a_period_is_of_that_period_though_its_steps_go_further_back(town):
    alert(town, 2)
    alert(town, 40)
    question = ask(town.west, last(28))
    whole, parts = board.heat(question, sheet(question).steps)
    assert sum(total for _lon, _lat, total in whole) == sheet(question).by_name["reported"].value == 1
    assert sum(total for *_place, total in parts) == 2


def test_a_median_too_small_to_be_said_is_a_dash(town):
    alert(town, 3, answered=HOUR, is_public=False)
    made = sheet(ask(town.west)).by_name
    assert (made["answer"].text, made["answer"].before_text) == ("–", "–")


def test_a_neighbour_without_any_report_ever_is_not_known(town):
    alert(town, 200, point=town.IN_EAST)
    assert {line.title: line.known for line in sheet(ask(town.west)).neighbours} == {"Est": True, "Ouest": False}


def test_the_overview_has_a_line_for_each(year):
    lines = board.overview(layers.get("alerts"), [year.west, year.village], last(91))
    assert texts(lines, "reported") == {"Ouest": "5", "Village": "0"}


def test_the_number_of_queries_does_not_grow(town):
    def queries(reports: int, districts: int) -> int:
        while Alert.objects.count() < reports:
            alert(town, Alert.objects.count())
        for at in range(town.commune.children.count(), districts):
            make_territory("quartier", f"T1001-{at + 1}", f"Q{at}", box(2.0, 46.8, 2.1, 46.9), town.commune)
        question = ask(town.commune, periods.named("tout", timezone.localdate()), against=None)
        count_key = dt.date(2001, 1, 1) + reports * DAY  # nothing kept from the time before
        question = Question(question.layer, town.commune, Span(count_key, question.span.until))
        with CaptureQueriesContext(connection) as captured:
            assert sheet(question).by_name["reported"].value == reports
        return len(captured)

    assert queries(3, 3) == queries(30, 10)


def test_each_indicator_has_a_name_of_its_own_and_says_how_it_is_counted():
    names = [one.name for one in BOARD.indicators]
    assert len(set(names)) == len(names)
    assert all(one.explained for one in (*BOARD.indicators, *BOARD.news))
    assert {BOARD.indicator(name).kind for name in BOARD.trend} == {"count"}
    assert count.FEWEST == 5
