"""One act on many reports: said before, done to each by itself, and never twice."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from alerts import services
from alerts.models import Alert, AlertEvent, Team
from alerts.services import Wish
from tests.alerts.desk import URL, report

pytestmark = pytest.mark.django_db
TOGETHER = f"{URL}ensemble/"


def seen(*alerts) -> list[str]:
    return [f"{alert.pk}~{alert.events.last().pk}" for alert in alerts]


def test_what_will_happen_is_said_for_each_before_anything_does(town, desk, agent):
    open_one, closed = report(town), report(town)
    services.apply(alert=closed, transition="resolve", actor=agent, message="Fait.")
    names = [open_one.reference, closed.reference]
    assert desk.post(TOGETHER, {"alert": names}).status_code == 200
    preview = desk.post(TOGETHER, {"alert": names, "step": "preview", "act": "plan", "message": "Mardi."})
    assert [one.alert for one in preview.context["done"]] == [open_one]
    assert [one.alert for one in preview.context["refused"]] == [closed]
    assert "Resolved" in preview.content.decode()
    assert not AlertEvent.objects.filter(transition="plan").exists()
    done = desk.post(TOGETHER, {"seen": seen(open_one), "step": "do", "act": "plan", "message": "Mardi."})
    assert [one.alert for one in done.context["done"]] == [open_one]
    assert AlertEvent.objects.get(transition="plan").message == "Mardi."


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"act": ""}, "act"),
        ({"act": "reopen"}, "act"),
        ({"act": "resolve", "message": ""}, "message"),
        ({"act": "plan", "message": "!", "planned_for": "2020-01-01"}, "planned_for"),
        ({"act": "transfer", "message": "!"}, "service"),
        ({"act": "assign", "who": "a999999"}, "who"),
        ({"act": "prioritise", "priority": "7"}, "priority"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_keeps_what_was_typed(town, desk, given, field):
    alert = report(town)
    answer = desk.post(TOGETHER, {"alert": alert.reference, "step": "preview", "note": "À garder."} | given)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert "À garder." in answer.content.decode()


def test_sending_twice_acts_once_and_says_that_it_is_done(town, desk):
    alerts = [report(town) for _number in range(3)]
    given = {"seen": seen(*alerts), "step": "do", "act": "resolve", "message": "Réparé."}
    for _time in range(2):
        assert len(desk.post(TOGETHER, given).context["done"]) == 3
    assert AlertEvent.objects.filter(transition="resolve").count() == 3


@pytest.mark.parametrize("act", ["assign", "prioritise"])
def test_sharing_twice_records_once(town, agent, act):
    alert = report(town)
    wish = Wish(act=act, assignee=agent, priority=1)
    before = {alert.pk: alert.events.last().pk}
    for _time in range(2):
        assert services.carry_out(seen=before, wish=wish, actor=agent)[0].done
    assert alert.events.filter(transition=act).count() == 1


def test_what_somebody_changed_meanwhile_is_refused_and_stops_no_other(town, agent):
    other = town.person("autre@ville.example", Role.AGENT, body=town.light_service)
    changed, fine = report(town), report(town)
    before = {alert.pk: alert.events.last().pk for alert in (changed, fine)}
    services.apply(alert=changed, transition="qualify", actor=other)
    outcomes = services.carry_out(seen=before, wish=Wish(act="resolve", message="Fait."), actor=agent)
    assert {one.alert: one.done for one in outcomes} == {changed: False, fine: True}
    changed.refresh_from_db()
    assert changed.status == "qualified"


def test_a_message_of_mine_before_is_no_excuse_for_another_one(town, agent):
    """Only the very same act counts as sent twice."""
    alert = report(town)
    before = {alert.pk: alert.events.last().pk}
    services.apply(alert=alert, transition="plan", actor=agent, message="Lundi.")
    outcome = services.carry_out(seen=before, wish=Wish(act="plan", message="Mardi."), actor=agent)[0]
    assert not outcome.done
    assert alert.events.filter(transition="plan").count() == 1


def test_each_act_does_its_own(town, desk, agent):
    team = Team.objects.create(body=town.light_service, name="Nuit")
    day = (timezone.localdate() + dt.timedelta(days=3)).isoformat()
    acts = {
        "plan": {"message": "!", "planned_for": day},
        "transfer": {"message": "!", "service": town.road_service.pk},
        "assign": {"who": f"e{team.pk}"},
        "prioritise": {"priority": "1"},
    }
    alerts = {act: report(town) for act in acts}
    for act, alert in alerts.items():
        answer = desk.post(TOGETHER, {"seen": seen(alert), "step": "do", "act": act} | acts[act])
        assert [one.alert for one in answer.context["done"]] == [alert], act
        alert.refresh_from_db()
    assert alerts["plan"].planned_for.isoformat() == day
    assert alerts["transfer"].body == town.road_service
    assert alerts["assign"].team == team
    assert alerts["prioritise"].priority == 1


def test_all_of_the_list_is_what_its_filters_let_through(town, desk):
    wanted = report(town, point=town.IN_EAST)
    report(town)
    answer = desk.post(TOGETHER, {"tout": "1", "liste": f"territory={town.east.pk}"})
    assert answer.context["alerts"] == [wanted]


def test_nothing_of_another_service_is_touched(town, desk):
    theirs = report(town, category=town.pothole)
    assert desk.post(TOGETHER, {"alert": theirs.reference}).status_code == 302
    given = {"seen": seen(theirs), "step": "do", "act": "resolve", "message": "Réparé."}
    assert desk.post(TOGETHER, given).status_code == 302
    theirs.refresh_from_db()
    assert theirs.status == "received"


def test_nonsense_is_no_error_of_ours(town, desk):
    for given in ({}, {"alert": "\0"}, {"alert": ["x"] * 900}, {"seen": ["~", "1~-1", "9" * 40 + "~1", "a~b"]}):
        assert desk.post(TOGETHER, given).status_code == 302
    assert desk.get(TOGETHER).status_code == 405


def test_foreseeing_costs_the_same_for_three_as_for_thirty(town, desk):
    def queries(count):
        names = [report(town).reference for _number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            given = {"alert": names, "step": "preview", "act": "resolve", "message": "Fait."}
            assert len(desk.post(TOGETHER, given).context["done"]) == count
        return len(captured)

    assert queries(3) == queries(30)


def test_an_error_of_ours_at_one_report_leaves_the_others_whole(town, agent):
    alerts = [report(town) for _number in range(2)]
    before = {alert.pk: alert.events.last().pk for alert in alerts}
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER broken BEFORE UPDATE ON alerts_alert FOR EACH ROW WHEN (OLD.id = {alerts[0].pk:d}) "
            "EXECUTE FUNCTION pg_temp.fail()"
        )
    outcomes = services.carry_out(seen=before, wish=Wish(act="resolve", message="Fait."), actor=agent)
    assert [one.done for one in outcomes] == [False, True]
    assert list(Alert.objects.order_by("pk").values_list("status", flat=True)) == ["received", "resolved"]
    assert not alerts[0].events.filter(transition="resolve").exists()
