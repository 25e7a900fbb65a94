"""Who gets a report: the city's rules on place, time and answers, then competences; and all who are competent."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from alerts import services
from alerts.deadlines import due
from alerts.models import Alert, Category, Question, RoutingRule
from alerts.routing import route
from engagement.activity.models import Notification
from engagement.activity.services import hand_on
from geo.models import Jurisdiction
from geo.routing import explain

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
MONDAY_NOON = dt.datetime(2026, 11, 23, 12, tzinfo=PARIS)


def rule(town, **fields):
    return RoutingRule.objects.create(**{"name": "Astreinte", "body": town.triage} | fields)


def test_without_a_rule_competence_decides(town):
    found = route(town.street_light, town.IN_WEST)
    assert (found.body, found.also) == (town.light_service, ())


@pytest.mark.parametrize(
    ("fields", "at", "fits"),
    [
        ({}, MONDAY_NOON, True),
        ({"is_active": False}, MONDAY_NOON, False),
        ({"weekdays": [6, 7]}, MONDAY_NOON, False),
        ({"weekdays": [1]}, MONDAY_NOON, True),
        ({"weekdays": [8]}, dt.datetime(2026, 7, 14, 12, tzinfo=PARIS), True),
        ({"weekdays": [8]}, MONDAY_NOON, False),
        ({"from_time": dt.time(8), "until_time": dt.time(12)}, MONDAY_NOON, False),
        ({"from_time": dt.time(20), "until_time": dt.time(6)}, dt.datetime(2026, 11, 23, 23, tzinfo=PARIS), True),
        ({"from_time": dt.time(20), "until_time": dt.time(6)}, dt.datetime(2026, 11, 23, 5, 59, tzinfo=PARIS), True),
        ({"from_time": dt.time(20), "until_time": dt.time(6)}, MONDAY_NOON, False),
        ({"valid_from": dt.date(2026, 11, 24)}, MONDAY_NOON, False),
        ({"valid_until": dt.date(2026, 11, 23)}, MONDAY_NOON, True),
        ({"answers": {"danger": ["oui"]}}, MONDAY_NOON, True),
        ({"answers": {"danger": ["oui"], "etage": ["3"]}}, MONDAY_NOON, False),
        ({"answers": {"kinds": ["b", "c"]}}, MONDAY_NOON, True),
    ],
)
def test_a_rule_fits_by_time_and_answers(town, fields, at, fits):
    rule(town, **fields)
    found = route(town.street_light, town.IN_WEST, answers={"danger": "oui", "kinds": ["a", "b"]}, at=at)
    assert found.body == (town.triage if fits else town.light_service)


def test_a_rule_fits_by_place_and_for_all_inside_a_heading_and_the_first_wins(town):
    heading = Category.objects.create(code="rue", name="La rue")
    Category.objects.filter(pk=town.street_light.pk).update(parent=heading)
    town.street_light.refresh_from_db()
    rule(town, name="Ouest", position=1, territory=town.west, category=heading)
    rule(town, name="Partout", position=2, category=heading, body=town.road_service)
    assert route(town.street_light, town.IN_WEST).body == town.triage
    assert route(town.street_light, town.IN_EAST).body == town.road_service
    assert route(town.pothole, town.IN_WEST).body == town.road_service
    assert any("Ouest" in sentence for sentence in explain(route(town.street_light, town.IN_WEST).reasons))


def test_where_competences_overlap_all_are_told_and_all_may_act(town):
    Jurisdiction.objects.create(body=town.road_service, competence=town.lighting, territory=town.commune)
    alert = services.report(category=town.street_light, point=town.IN_WEST, description="!")
    assert alert.bodies == [town.light_service.pk, town.road_service.pk]
    assert "Service voirie" in explain(alert.reasons)[-1]
    hand_on()
    assert set(Notification.objects.values_list("email", flat=True)) == {
        "eclairage@ville.example",
        "voirie@ville.example",
    }
    other = town.person("voirie-agent@ville.example", "agent", body=town.road_service)
    assert Alert.objects.handled_by(other).get() == alert
    services.apply(alert=alert, transition="qualify", actor=other)
    assert Alert.objects.get().status == "qualified"


@pytest.mark.parametrize(
    ("start", "days", "region", "end"),
    [
        (dt.date(2026, 11, 23), 5, "", dt.date(2026, 11, 30)),
        (dt.date(2026, 12, 24), 1, "", dt.date(2026, 12, 28)),
        (dt.date(2026, 12, 24), 1, "57", dt.date(2026, 12, 28)),
        (dt.date(2026, 4, 2), 1, "", dt.date(2026, 4, 3)),
        (dt.date(2026, 4, 2), 1, "57", dt.date(2026, 4, 7)),  # Good Friday and Easter Monday in Alsace-Moselle
        (dt.date(2026, 5, 1), 0, "", dt.date(2026, 5, 1)),
    ],
)
def test_deadlines_count_working_days_with_french_public_holidays(settings, start, days, region, end):
    settings.HOLIDAYS_REGION = region
    assert due(start, days) == end


@pytest.mark.parametrize(
    ("answers", "sound"),
    [
        ({}, True),
        ({"etat": ["eteint"]}, True),
        ({"etat": ["enteint"]}, False),
        ({"couleur": ["bleu"]}, False),
        ({"etat": "eteint"}, False),
        ({"etat": [["x"]]}, False),
        ([], True),
        (["etat"], False),
    ],
)
def test_a_rule_wants_answers_that_can_be_given(town, answers, sound):
    choices = [{"key": "eteint", "name": "Éteint"}]
    Question.objects.create(
        category=town.street_light, code="etat", label="?", type="singlevaluelist", choices=choices
    )
    one = RoutingRule(name="x", body=town.light_service, answers=answers or {})
    if sound:
        one.full_clean()
    else:
        with pytest.raises(ValidationError):
            one.full_clean()


def test_an_administrator_writes_a_rule_in_words(town, client):
    choices = [{"key": "eteint", "name": "Éteint"}, {"key": "clignote", "name": "Clignote"}]
    Question.objects.create(
        category=town.street_light, code="etat", label="?", type="singlevaluelist", choices=choices
    )
    client.force_login(town.person("a@ville.example", is_staff=True, is_superuser=True))
    fields = {"name": "Nuit", "position": 0, "is_active": "on", "body": town.triage.pk, "weekdays": ""}
    client.post("/admin/alerts/routingrule/add/", fields | {"answers": "etat = eteint, clignote"})
    assert RoutingRule.objects.get().answers == {"etat": ["eteint", "clignote"]}
    refused = client.post("/admin/alerts/routingrule/add/", fields | {"answers": "etat"})
    assert (refused.status_code, RoutingRule.objects.count()) == (200, 1)


@pytest.mark.parametrize(
    "times",
    [
        {"valid_from": "2026-02-01", "valid_until": "2026-01-31"},
        {"from_time": "08:00", "until_time": "08:00"},
    ],
)
def test_a_rule_that_could_never_apply_is_refused(town, times):
    RoutingRule(name="x", body=town.light_service).full_clean()
    with pytest.raises(ValidationError):
        RoutingRule(name="x", body=town.light_service, **times).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.create(name="x", body=town.light_service, **times)
