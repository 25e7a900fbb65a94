"""What time takes away, and what it leaves: nobody, no text, the same statistics."""

import datetime as dt

import pytest
from django.utils import timezone

from alerts import services
from alerts.models import Alert, AlertEvent, AlertPhoto, Category, Moderation, Support, Verdict
from engagement.activity.models import Activity, Notification
from engagement.activity.services import hand_on
from tests.alerts.conftest import jpeg, upload

pytestmark = pytest.mark.django_db
SECRET = "je suis Zoé du 3 rue des Lilas"


@pytest.fixture
def closed(town, media_root, django_capture_on_commit_callbacks):
    """`closed(days)` gives an alert full of personal data, resolved that many days ago."""
    agent = town.person("root@ville.example", is_superuser=True)

    def make(days, **fields):
        photo = services.keep_photo(file=upload(jpeg())).photo
        alert = services.report(
            category=fields.pop("category", town.street_light),
            point=town.IN_WEST,
            description=SECRET,
            address=SECRET,
            answers={"nom": SECRET},
            photo_tokens=[photo.token],
            contact_email="zoe@example.org",
        )
        hand_on()
        services.apply(alert=alert, transition="ask", actor=agent, message="Où ?", note=SECRET)
        services.apply(alert=alert, transition="reply", actor=None, message=SECRET, holds_key=True)
        alert = services.apply(alert=alert, transition="resolve", actor=agent, message="Réparé.")
        hand_on()
        Support.objects.create(alert=alert, email="max@example.org")
        now = timezone.now()
        Moderation.objects.create(alert=alert, target="alert", reason="personal", note=SECRET, lifted_at=now)
        Verdict.objects.create(
            alert=alert, closing=alert.events.last(), email="zoe@example.org", comment=SECRET, fixed=True
        )
        AlertEvent.objects.create(
            alert=alert,
            transition="note",
            to_status=alert.status,
            is_public=False,
            data={"media": [SECRET], "by": "x"},
        )
        hand_on()
        ended = timezone.now() - dt.timedelta(days=days)
        Alert.objects.filter(pk=alert.pk).update(
            created_at=ended - dt.timedelta(days=10),
            answered_at=ended - dt.timedelta(days=4),
            closed_at=ended,
            supports=1,
        )
        return Alert.objects.get(pk=alert.pk)

    return make


def everything_kept() -> str:
    """All that the tables still say of alerts, as one text."""
    tables = (Alert, AlertEvent, AlertPhoto, Moderation, Support, Verdict, Activity, Notification)
    return "\n".join(str(list(model.objects.values())) for model in tables)


def test_after_its_delay_nobody_and_no_text_of_a_resident_is_left(
    town, closed, media_root, django_capture_on_commit_callbacks
):
    old, young = closed(366), closed(364)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.anonymise() == 1
    assert services.anonymise() == 0
    assert SECRET in everything_kept()
    Alert.objects.filter(pk=young.pk).update(closed_at=timezone.now() - dt.timedelta(days=366))
    with django_capture_on_commit_callbacks(execute=True):
        services.anonymise()
    said = everything_kept()
    for personal in (SECRET, "zoe@example.org", "max@example.org", young.tracking_token):
        assert personal not in said
    old.refresh_from_db()
    assert "Réparé." in [event.message for event in old.events.all()]
    assert (old.supports, old.status, old.point) == (1, "resolved", town.IN_WEST)
    assert not [path for path in media_root.rglob("*") if path.is_file()]


def test_erased_rows_are_in_no_list_and_still_in_the_statistics(town, closed):
    alert = closed(365 * 5 + 1)
    before = Alert.objects.in_territory(town.west).statistics()
    assert services.erase() == 1
    assert services.erase() == 0
    left = Alert.objects.get(pk=alert.pk)
    assert Alert.objects.in_territory(town.west).statistics() == before
    assert (before["total"], before["median_closing"]) == (1, dt.timedelta(days=10))
    assert not Alert.objects.visible_to(town.person("a@ville.example", is_superuser=True)).exists()
    assert (left.address, left.description, left.answers, left.reasons, left.events.count()) == ("", "", {}, [], 0)
    assert (left.created_at.day, left.created_at.hour, left.created_at.minute) == (1, 0, 0)
    assert left.point.distance(alert.point) > 0 or left.point.coords == (2.02, 47.05)


def test_a_category_can_keep_for_ever_and_a_duplicate_waits_for_its_original(town, closed):
    Category.objects.filter(pk=town.pothole.pk).update(anonymise_days=None, erase_days=None)
    closed(9999, category=town.pothole)
    original = services.report(category=town.street_light, point=town.IN_WEST, description="!")
    duplicate = closed(9999)
    Alert.objects.filter(pk=duplicate.pk).update(status="duplicate", duplicate_of=original)
    assert (services.anonymise(), services.erase()) == (0, 0)
