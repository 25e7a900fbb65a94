"""The demo city is what the services would have left: every cached count and state can be counted again from rows."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.test import override_settings
from django.utils import timezone

from accounts.models import Role, User
from alerts import answers, services
from alerts.demo import desk
from alerts.demo.pairs import WORDS
from alerts.demo.seed import COUNT, seed
from alerts.judges import closing_of
from alerts.models import Alert, AlertEvent, AlertPhoto, Moderation, ResponseTemplate, ShortlistItem, Support, Verdict
from alerts.workflow import WORKFLOW
from engagement.activity.models import Activity, Follow, Outbox
from frontend.demo import seed_people
from geo.demo.seed import seed as seed_places
from geo.models import Asset

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
MIDNIGHT = dt.datetime(2026, 11, 22, 23, tzinfo=dt.UTC)
MEDIA_LIMIT = 15 * 1024 * 1024  # bytes


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker, tmp_path_factory):
    """Seeded twice, the first time undone; gives what was said the first time. Nothing of it stays."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        seed_people(seed_places())
        point = transaction.savepoint()
        seed(now=MIDNIGHT)
        first = _said()
        transaction.savepoint_rollback(point)
        for file in media.rglob("*.jpg"):
            file.unlink()
        seed(now=MIDNIGHT)
        desk.seed()
        assert 0 < sum(file.stat().st_size for file in media.rglob("*.jpg")) < MEDIA_LIMIT
        yield first
        transaction.set_rollback(True)


def _said() -> list:
    """What does not depend on the database's counters."""
    alerts = Alert.objects.order_by("created_at", "reference").values_list(
        "reference",
        "status",
        "description",
        "body__slug",
        "due_on",
        "supports",
        "confirmed",
        "contested",
        "asset_code",
    )
    steps = AlertEvent.objects.filter(is_public=True).order_by("created_at", "alert__reference", "pk")
    photos = AlertPhoto.objects.order_by("alert__reference", "pk").values_list("alert__reference", "step__transition")
    return [*alerts, *steps.values_list("alert__reference", "transition", "message", "created_at"), *photos]


def test_the_same_day_gives_the_same_city(city):
    assert city == _said()


def test_every_cache_is_what_its_rows_say(city):
    steps = AlertEvent.objects.filter(alert=OuterRef("pk"), transition__in=[*WORKFLOW.by_name, "report"])
    alerts = Alert.objects.annotate(last=steps.order_by("-created_at", "-pk").values("to_status")[:1])
    assert alerts.count() > COUNT
    assert not alerts.exclude(last=F("status")).exists()
    joined = Alert.objects.filter(Exists(Alert.objects.filter(duplicate_of=OuterRef("pk"))) | Q(supports__gt=0))
    for alert in joined.select_related("reporter"):
        assert alert.supports == services.recount(alert), alert.reference
    without = Alert.objects.filter(supports=0).annotate(rows=Count("supporters") + Count("duplicates"))
    assert not without.filter(rows__gt=0).exists()
    for alert in Alert.objects.filter(Q(confirmed__gt=0) | Q(contested__gt=0) | Exists(_verdicts())):
        closing = closing_of(alert)
        found = (
            closing.verdicts.aggregate(yes=Count("pk", filter=Q(fixed=True)), no=Count("pk", filter=Q(fixed=False)))
            if closing
            else {"yes": 0, "no": 0}
        )
        assert (alert.confirmed, alert.contested) == (found["yes"], found["no"]), alert.reference
    assert not Alert.objects.filter(status="duplicate", duplicate_of=None).exists()


def _verdicts():
    return Verdict.objects.filter(alert=OuterRef("pk"))


def test_steps_follow_the_workflow_and_time(city):
    for alert in Alert.objects.prefetch_related("events").select_related("category"):
        events, state, moment = sorted(alert.events.all(), key=lambda one: one.pk), "", alert.created_at
        due, answered, closed = None, None, None
        for event in events:
            assert event.created_at >= moment, alert.reference
            assert event.from_status == state, (alert.reference, event.transition)
            if event.transition in WORKFLOW.by_name:
                act = WORKFLOW.step(event.transition, state)
                assert event.to_status == act.target
                assert event.message or not act.message_required
                due = event.planned_for or due
                closed = event.created_at if event.state.final else None
            elif event.transition == "report":
                assert event.to_status == WORKFLOW.initial
            else:
                assert event.to_status == state
            if event.body_id and event.transition not in ("report", "transfer", "merge", "joined") and event.is_public:
                answered = answered or event.created_at
            state, moment = event.to_status, event.created_at
        assert (alert.answered_at, alert.closed_at) == (answered, closed), alert.reference
        if due and not any(event.transition == "contest" for event in events):
            assert alert.due_on == due, alert.reference


def test_what_was_told_is_what_happened_and_nobody_is_written_to(city):
    told = Activity.objects.filter(object_type="alert").exclude(verb="alerts.judged")
    told = set(told.values_list("data__event", flat=True))
    steps = AlertEvent.objects.filter(is_public=True).exclude(transition="joined")
    assert told == set(steps.values_list("pk", flat=True))
    comments = Verdict.objects.exclude(comment="").count()
    assert Activity.objects.filter(verb="alerts.judged", public=False).count() == comments > 0
    assert not Outbox.objects.exists()
    assert not Support.objects.filter(told=True, user=None).exists()


def test_answers_and_equipment_are_what_the_form_would_take(city):
    pointed = 0
    for alert in Alert.objects.select_related("category").prefetch_related("category__questions"):
        given = {code: said if isinstance(said, list) else [said] for code, said in alert.answers.items()}
        if alert.duplicate_of_id is None and alert.description not in WORDS:
            checked = answers.check(alert.category.questions.all(), given)
            assert (checked.answers, checked.errors) == (alert.answers, {}), alert.reference
        if alert.asset_code:
            asset = Asset.objects.get(kind__code=alert.category.asset_kind, code=alert.asset_code)
            assert asset.point.equals_exact(alert.point, 1e-9)
            pointed += 1
    assert pointed > 30


def test_a_newcomer_finds_every_feature_at_work(city):
    assert set(Alert.objects.values_list("status", flat=True)) == set(WORKFLOW.by_state)
    before, after = AlertPhoto.objects.filter(step=None), AlertPhoto.objects.filter(step__transition="resolve")
    assert before.count() >= 110
    assert after.count() >= 55
    assert AlertPhoto.objects.filter(state="waiting").count() == 3
    assert AlertPhoto.objects.filter(is_blurred=True, state="shown").count() == 1
    assert set(Moderation.objects.values_list("target", flat=True)) == {"text", "photo"}
    names = [name for one in AlertPhoto.objects.all() for name in (one.image.name, one.thumbnail.name)]
    assert len(set(names)) == len(names)
    for agent in User.objects.filter(mandates__role=Role.AGENT):
        assert agent.teams.count() == 1
        assert agent.saved_filters.count() >= 2
        assert 5 <= ShortlistItem.objects.filter(user=agent).count() <= desk.ROUND
        assert Alert.objects.filter(assignee=agent).exists()
    assert ResponseTemplate.objects.count() >= 6
    assert Alert.objects.filter(body__slug="astreinte", category__code="lampadaire").exists()
    assert Alert.objects.exclude(also=[]).exists()
    assert AlertEvent.objects.filter(transition="transfer").exists()


def test_the_resident_has_something_to_do(city):
    ines = User.objects.get(mandates__role=Role.RESIDENT)
    mine = Alert.objects.of_person(ines)
    assert {"waiting", "resolved", "planned", "in_progress", "rejected", "duplicate", "received"} <= set(
        mine.values_list("status", flat=True)
    )
    asking = mine.get(status="resolved", category__code="depot-sauvage")
    assert not asking.verdicts.exists()
    assert asking.photos.count() == 2
    assert mine.filter(events__transition="contest").exists()
    assert Alert.objects.joined_by(ines).count() >= 3
    kinds = Follow.objects.filter(user=ines).values_list("object_type", flat=True)
    assert sorted(kinds) == ["area", "area", "territory", "topic"]


def test_nothing_lies_in_the_future(city):
    assert not AlertEvent.objects.filter(created_at__gte=MIDNIGHT, is_public=True).exists()
    assert not Verdict.objects.filter(created_at__gte=MIDNIGHT).exists()
    assert not Alert.objects.filter(planned_for__lt=timezone.localdate(MIDNIGHT), created_at__gt=MIDNIGHT).exists()
