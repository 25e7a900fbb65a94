"""From a report to its answer, on real PostGIS."""

import uuid

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from accounts.models import User
from alerts import services
from alerts.models import Alert, AlertEvent
from common.workflow import TransitionError
from engagement.activity.models import Activity, Outbox
from engagement.activity.services import hand_on, send_waiting
from geo.models import Body
from geo.places import PlaceError

pytestmark = pytest.mark.django_db


def report(town, **changes):
    given = {"category": town.street_light, "point": town.IN_WEST, "description": "Le lampadaire est éteint."}
    return services.report(**given | changes)


def test_place_and_category_decide_the_service(town):
    assert report(town).body == town.light_service
    assert report(town, category=town.pothole).body == town.road_service


def test_nobody_competent_goes_to_the_triage_of_the_commune(town):
    alert = report(town, category=town.dump)
    assert alert.body == town.triage
    assert [reason["step"] for reason in alert.reasons] == ["place", "competence", "triage"]


def test_nobody_at_all_still_keeps_the_report(town):
    alert = report(town, point=town.IN_VILLAGE)
    assert alert.body is None
    assert Alert.objects.filter(pk=alert.pk).exists()


def test_outside_every_territory_is_refused(town):
    with pytest.raises(PlaceError):
        report(town, point=town.OUTSIDE)
    assert not Alert.objects.exists()


def test_sending_twice_gives_one_report(town):
    submission = uuid.uuid4()
    assert report(town, submission=submission) == report(town, submission=submission)
    assert Activity.objects.count() == 1


def test_the_act_and_its_activity_are_there_together_or_not_at_all(town):
    with transaction.atomic():
        report(town)
        transaction.set_rollback(True)
    assert (Alert.objects.count(), Activity.objects.count(), Outbox.objects.count()) == (0, 0, 0)


def test_each_step_reaches_the_resident_and_the_first_one_the_service(town):
    alert = report(town, contact_email="resident@example.org")
    services.apply(alert=alert, transition="plan", actor=town.light_agent(), message="Passage mardi.")
    assert hand_on() == 2
    assert send_waiting() == 3
    told = sorted((message.to[0], message.subject) for message in mail.outbox)
    assert [address for address, _subject in told] == [
        "eclairage@ville.example",
        "resident@example.org",
        "resident@example.org",
    ]
    assert any("Passage mardi." in message.body for message in mail.outbox)
    assert all(alert.get_tracking_url() in m.body for m in mail.outbox if m.to == ["resident@example.org"])
    assert hand_on() == send_waiting() == 0


def test_only_the_agent_of_the_service_may_answer(town):
    alert = report(town, category=town.pothole)
    with pytest.raises(PermissionDenied):
        services.apply(alert=alert, transition="qualify", actor=town.light_agent())
    assert alert.events.count() == 1


def test_a_step_the_table_does_not_have_is_refused(town):
    with pytest.raises(TransitionError):
        services.apply(alert=report(town), transition="reopen", actor=town.light_agent(), message="?")


def test_closing_needs_a_public_message(town):
    agent, alert = town.light_agent(), report(town)
    with pytest.raises(services.MessageMissing):
        services.apply(alert=alert, transition="resolve", actor=agent)
    alert = services.apply(alert=alert, transition="resolve", actor=agent, message="Ampoule changée.")
    assert alert.closed_at is not None
    assert alert.answered_at == alert.closed_at


def test_history_cannot_be_rewritten(town):
    report(town)
    with pytest.raises(DatabaseError), transaction.atomic():
        AlertEvent.objects.update(message="autre chose")


def test_sent_on_it_is_the_other_services_and_says_so(town):
    agent, alert = town.light_agent(), report(town, contact_email="resident@example.org")
    hand_on(), send_waiting(), mail.outbox.clear()
    alert = services.apply(
        alert=alert, transition="transfer", actor=agent, body=town.road_service, message="C'est un nid-de-poule."
    )
    assert (alert.body, alert.status, alert.answered_at) == (town.road_service, "received", None)
    assert alert.reasons[-1]["body"] == town.road_service.name
    assert alert.events.last().body == town.light_service
    assert not agent.has_perm("alerts.handle_alert", alert)
    hand_on(), send_waiting()
    assert sorted(message.to[0] for message in mail.outbox) == ["resident@example.org", "voirie@ville.example"]
    assert all(town.light_service.name in message.body for message in mail.outbox)


@pytest.mark.parametrize("where", ["nowhere", "the same", "elsewhere"])
def test_it_is_sent_on_only_to_another_service_of_the_place(town, where):
    elsewhere = Body.objects.create(slug="village", name="Mairie du village", territory=town.village)
    body = {"nowhere": None, "the same": town.light_service, "elsewhere": elsewhere}[where]
    alert = report(town)
    with pytest.raises(services.ServiceMissing):
        services.apply(alert=alert, transition="transfer", actor=town.light_agent(), body=body, message="Pour vous.")


def test_what_has_no_service_reaches_those_who_administer(town):
    root = User.objects.create_superuser("root@ville.example")
    alert = report(town, point=town.IN_VILLAGE)
    assert list(Alert.objects.handled_by(root)) == [alert]
    hand_on(), send_waiting()
    assert [message.to for message in mail.outbox] == [["root@ville.example"]]
    town.person("mairie@village.example", "administrator", territory=town.village)
    mail.outbox.clear()
    report(town, point=town.IN_VILLAGE)
    hand_on(), send_waiting()
    assert [message.to for message in mail.outbox] == [["mairie@village.example"]]
