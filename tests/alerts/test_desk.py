"""The agents' desk: who sees which queue, who may take which step, and what happens to two at once."""

import datetime as dt
import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from alerts import services
from alerts.models import Alert, AlertEvent, Category
from alerts.worklist import PAGE
from geo.models import Asset, AssetKind
from tests.alerts.conftest import jpeg, upload
from tests.alerts.desk import URL, listed, report

pytestmark = pytest.mark.django_db


def answer(alert, **changes) -> dict:
    given = {"act": "resolve", "message": "Ampoule changée.", "seen": alert.events.last().pk}
    return given | changes


def test_the_queue_holds_one_services_alerts_oldest_first_and_marks_late_ones(town, desk):
    new, old = report(town), report(town, days_ago=20)
    report(town, category=town.pothole)
    response = desk.get(URL)
    assert listed(response) == [old.reference, new.reference]
    assert [alert.late for alert in response.context["alerts"]] == [True, False]


def test_an_alert_is_late_when_its_planned_day_has_passed_and_not_before(town, desk):
    alert = report(town)
    today = timezone.localdate()
    services.apply(
        alert=alert,
        transition="plan",
        actor=town.person("a@b.example", Role.ADMINISTRATOR),
        message="!",
        planned_for=today,
    )
    assert not Alert.objects.with_late(today).get().late
    assert Alert.objects.with_late(today + dt.timedelta(days=1)).get().late


def test_an_administrator_sees_what_nobody_got_in_their_area(town, phone):
    lost = report(town, point=town.IN_VILLAGE)
    phone.force_login(town.person("admin@t1.example", Role.ADMINISTRATOR, territory=town.departement))
    assert listed(phone.get(URL)) == [lost.reference]


def test_filters_narrow_and_nonsense_is_left_out(town, desk):
    west, east = report(town, address="rue des Lilas"), report(town, point=town.IN_EAST)
    assert listed(desk.get(URL, {"territory": town.east.pk})) == [east.reference]
    assert listed(desk.get(URL, {"text": "lilas"})) == [west.reference]
    for days in ({"until": "9999-12-31"}, {"since": "0001-01-01"}):
        assert len(listed(desk.get(URL, days))) == 2
    assert desk.get(f"{URL}carte.json", {"bbox": "2,47,2.1,47.1", "zoom": "9" * 5000}).status_code == 400
    assert listed(desk.get(URL, {"text": east.reference.lower()})) == [east.reference]
    assert listed(desk.get(URL, {"category": "nid-de-poule"})) == []
    assert listed(desk.get(URL, {"etat": "resolved"})) == []
    nonsense = {"territory": "x", "category": "x", "etat": "x", "apres": "x~y"}
    assert len(listed(desk.get(URL, nonsense))) == 2


def test_pages_go_on_where_the_last_one_ended(town, desk):
    expected = [report(town, days_ago=PAGE + 2 - n).reference for n in range(PAGE + 2)]
    first = desk.get(URL)
    second = desk.get(URL + first.context["next"])
    assert listed(first) + listed(second) == expected
    assert second.context["next"] is None


def test_tabs_count_what_is_in_them(town, desk):
    report(town)
    desk.post(report(town).get_handle_url(), answer(Alert.objects.first()))
    counts = {str(tab["title"]): tab["count"] for tab in desk.get(URL).context["tabs"]}
    assert (counts["To do"], counts["Late"], counts["Closed"]) == (1, 0, 1)


def test_the_queue_costs_the_same_for_three_as_for_thirty(town, desk):
    def queries(count):
        while Alert.objects.count() < count:
            report(town)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(listed(desk.get(URL))) == min(count, PAGE)
        return len(captured)

    assert queries(3) == queries(30)


def test_an_act_is_recorded_and_leads_to_the_next_alert(town, desk):
    alert, following = report(town, days_ago=2, contact_email="moi@example.org"), report(town, days_ago=1)
    page = desk.get(alert.get_handle_url()).content.decode()
    assert "moi@example.org" in page
    response = desk.post(alert.get_handle_url(), answer(alert, note="Prévenir le chef."), follow=True)
    assert following.get_handle_url() in response.content.decode()
    assert "Prévenir le chef." in response.content.decode()
    alert.refresh_from_db()
    assert alert.status == "resolved"
    public = desk.get(alert.get_absolute_url()).content.decode()
    assert "Ampoule changée." in public
    assert "Prévenir le chef." not in public
    assert "moi@example.org" not in public


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"act": ""}, "act", "Choose what you do"),
        ({"act": "reopen"}, "act", "not open any more"),
        ({"message": ""}, "message", "public message"),
        ({"message": "a" * 5000}, "message", "5,000"),
        ({"act": "plan", "planned_for": "2020-01-01"}, "planned_for", "day is over"),
        ({"act": "plan", "planned_for": "demain"}, "planned_for", "not a date"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_keeps_what_was_typed(town, desk, changes, field, said):
    alert = report(town)
    response = desk.post(alert.get_handle_url(), answer(alert, note="À garder.", **changes))
    assert response.status_code == 422
    assert said in " ".join(response.context["form"].errors[field])
    assert "À garder." in response.content.decode()
    assert alert.events.count() == 1


def test_a_planned_day_is_kept_and_shown(town, desk):
    alert = report(town)
    day = timezone.localdate() + dt.timedelta(days=9)
    desk.post(alert.get_handle_url(), answer(alert, act="plan", planned_for=day.isoformat()))
    assert alert.events.last().planned_for == day


def test_the_second_of_two_agents_is_told_and_keeps_the_text(town, desk):
    alert = report(town)
    mine = answer(alert, act="plan", message="Passage mardi.")
    services.apply(
        alert=alert, transition="plan", actor=town.person("x@y.example", Role.ADMINISTRATOR), message="Lundi."
    )
    response = desk.post(alert.get_handle_url(), mine)
    page = response.content.decode()
    assert response.status_code == 422
    assert "changed while you were writing" in page
    assert "Passage mardi." in page
    assert AlertEvent.objects.filter(transition="plan").count() == 1
    seen = response.context["form"]["seen"].value()
    assert desk.post(alert.get_handle_url(), mine | {"seen": seen}).status_code == 302


@pytest.mark.parametrize(
    ("role", "queue", "alert", "act"),
    [
        (None, 302, 302, 302),
        (Role.RESIDENT, 403, 403, 403),
        (Role.OFFICIAL, 403, 403, 403),
        (Role.MODERATOR, 403, 403, 403),
        (Role.GIS_OFFICER, 403, 403, 403),
        ("other service", 200, 403, 403),
        ("other territory", 200, 403, 403),
        ("ended", 403, 403, 403),
        (Role.AGENT, 200, 200, 302),
        (Role.ADMINISTRATOR, 200, 200, 302),
    ],
)
def test_who_may_see_the_desk_and_act(town, phone, role, queue, alert, act):
    thing = report(town)
    if role:
        phone.force_login(_somebody(town, role))
    assert phone.get(URL).status_code == queue
    assert phone.get(thing.get_handle_url()).status_code == alert
    assert phone.post(thing.get_handle_url(), answer(thing)).status_code == act
    thing.refresh_from_db()
    assert (thing.status == "resolved") == (role in (Role.AGENT, Role.ADMINISTRATOR))


def _somebody(town, role):
    if role == "other service":
        return town.person("q@q.example", Role.AGENT, body=town.road_service)
    if role == "other territory":
        return town.person("q@q.example", Role.AGENT, territory=town.east, body=town.light_service)
    body = town.light_service if role in (Role.AGENT, "ended") else None
    person = town.person("q@q.example", Role.AGENT if role == "ended" else role, body=body)
    if role == "ended":
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        person.mandates.update(valid_from=yesterday, valid_until=yesterday)
    return person


def test_a_hidden_alert_and_its_photos_are_for_its_handlers_and_reporter(town, phone, desk):
    kept = services.keep_photo(file=upload(jpeg()))
    alert = report(town, photo_tokens=[kept.photo.token])
    Alert.objects.update(is_public=False)
    photo = kept.photo.get_url()
    assert desk.get(alert.get_handle_url()).status_code == 200
    assert desk.get(photo).status_code == 200
    desk.logout()
    assert desk.get(alert.get_absolute_url()).status_code == 404
    assert desk.get(photo).status_code == 404
    assert desk.get(alert.get_tracking_url()).status_code == 200
    assert desk.get(f"{photo}?suivi={alert.tracking_token}").status_code == 200
    assert not Alert.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_agents_at_the_same_moment_one_acts_and_the_other_is_told(town):
    alert = report(town)
    agents = [town.light_agent(), town.person("deux@ville.example", Role.AGENT, body=town.light_service)]
    seen = alert.events.last().pk
    start, outcomes = threading.Barrier(2), []

    def act(agent):
        try:
            start.wait()
            services.apply(alert=alert, transition="plan", actor=agent, message="!", seen=seen)
            outcomes.append("done")
        except services.Changed:
            outcomes.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=[agent]) for agent in agents]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["done", "told"]
    assert alert.events.count() == 2


def test_the_equipment_is_named_and_not_only_numbered(town, desk):
    kind = AssetKind.objects.create(code="mat", name="Lampadaire")
    Asset.objects.create(kind=kind, code="L18", name="Mât du parvis", point=town.IN_WEST)
    Category.objects.filter(pk=town.street_light.pk).update(asset_kind="mat")
    known, unknown = report(town), report(town)
    Alert.objects.filter(pk=known.pk).update(asset_code="L18")
    Alert.objects.filter(pk=unknown.pk).update(asset_code="L99")
    for alert, words in ((known, "Mât du parvis (L18)"), (unknown, "L99")):
        assert f"<dd>{words}</dd>" in desk.get(alert.get_handle_url()).content.decode()
    sheet = desk.get(f"{URL}tournee/", {"alert": [known.reference, unknown.reference]}).content.decode()
    assert "<span>Mât du parvis (L18)</span>" in sheet
    assert "<span>L99</span>" in sheet


def test_the_priority_stays_where_none_is_sent(town, desk):
    alert = report(town)
    Alert.objects.filter(pk=alert.pk).update(priority=1)
    page = desk.get(alert.get_handle_url()).content.decode()
    assert page.count("(required)") == 0
    desk.post(f"{alert.get_handle_url()}organiser/", {"org-note": "Vu."})
    alert.refresh_from_db()
    assert (alert.priority, alert.events.last().note) == (1, "Vu.")
