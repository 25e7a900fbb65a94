"""Mails, photos nobody sent, and what is kept of a person."""

import datetime as dt
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone

from accounts import privacy
from accounts.models import Role
from alerts import services, tasks
from alerts.models import Alert, AlertPhoto
from alerts.workflow import HANDLE, TOGETHER, WORKFLOW
from engagement.activity.services import follow, hand_on, send_waiting
from tests.alerts.conftest import jpeg, upload

pytestmark = pytest.mark.django_db


def report(town, **changes) -> Alert:
    given = {
        "category": town.street_light,
        "point": town.IN_WEST,
        "description": "Éteint depuis <lundi>.",
        "contact_email": "moi@example.org",
    }
    return services.report(**given | changes)


def mails() -> dict:
    """Sends what waits; the messages by address."""
    hand_on()
    send_waiting()
    sent, mail.outbox = mail.outbox, []
    return {message.to[0]: message for message in sent}


def test_the_service_and_the_resident_are_told_different_things(town):
    alert = report(town)
    told = mails()
    mine, service = told["moi@example.org"], told["eclairage@ville.example"]
    assert alert.get_tracking_url() in mine.body
    assert "Service éclairage" in mine.body
    assert alert.get_handle_url() in service.body
    assert "Éteint depuis <lundi>." in service.body
    assert "moi@example.org" not in service.body
    assert alert.tracking_token not in service.body
    html = service.alternatives[0].content
    assert "&lt;lundi&gt;" in html
    assert f'href="http://localhost:8000{alert.get_handle_url()}"' in html


ACTS = [step.name for step in WORKFLOW.transitions if "received" in step.sources and step.permission == HANDLE]


@pytest.mark.parametrize("act", sorted({*ACTS, "start"} - {*TOGETHER}))
def test_each_step_has_a_mail_that_says_what_happened(town, act):
    alert, agent = report(town, description="!"), town.light_agent()
    follower = town.person("suit@example.org")
    follow(user=follower, object_type="alert", object_key=alert.pk, title="!", url=alert.get_absolute_url())
    if act == "start":
        services.apply(alert=alert, transition="qualify", actor=agent)
    mails()
    day = dt.date(2030, 5, 17) if act == "plan" else None
    body = town.road_service if act == "transfer" else None
    services.apply(alert=alert, transition=act, actor=agent, message="Voici pourquoi.", planned_for=day, body=body)
    told = mails()
    mine, theirs = told["moi@example.org"], told["suit@example.org"]
    for message in (mine, theirs):
        assert "Lampadaire en panne" in message.subject
        assert "Voici pourquoi." in message.body
        assert "\n\n\n" not in message.body
    assert ("17 mai 2030" in mine.body) == (act == "plan")
    assert alert.tracking_token in mine.body
    assert alert.tracking_token not in theirs.body


def test_photos_never_sent_go_after_a_day_with_their_files(town, media_root, django_capture_on_commit_callbacks):
    old, new, sent = (services.keep_photo(file=upload(jpeg())).photo for _ in range(3))
    report(town, photo_tokens=[sent.token])
    long_ago = timezone.now() - dt.timedelta(hours=tasks.DRAFT_HOURS + 1)
    AlertPhoto.objects.filter(pk__in=[old.pk, sent.pk]).update(created_at=long_ago)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tasks.drop_draft_photos()
        assert set(AlertPhoto.objects.all()) == {new, sent}
    assert len([path for path in Path(media_root).rglob("*") if path.is_file()]) == 4


def test_a_person_takes_their_reports_along_and_leaves_none_of_themselves(town):
    person = town.person("moi@example.org")
    mine, other = report(town, reporter=person), report(town, contact_email="autre@example.org")
    report(town)
    assert [row["reference"] for row in privacy.export(person)["alerts"]].count(mine.reference) == 1
    assert privacy.erase(user=person)["alerts"] == 2
    mine.refresh_from_db()
    assert (mine.reporter, mine.contact_email) == (None, "")
    other.refresh_from_db()
    assert other.contact_email == "autre@example.org"


def test_the_administration_site_shows_alerts_and_lets_nobody_write_them(town, client):
    alert = report(town)
    client.force_login(town.person("chef@ville.example", Role.ADMINISTRATOR, is_staff=True, is_superuser=True))
    assert client.get(f"/admin/alerts/alert/{alert.pk}/change/").status_code == 200
    assert client.post(f"/admin/alerts/alert/{alert.pk}/change/", {"description": "x"}).status_code == 403
    assert client.get("/admin/alerts/category/add/").status_code == 200
