"""What time takes away: first everything personal and every text of residents, then all but what statistics count."""

import datetime as dt
import secrets

import pgtrigger
from django.contrib.gis.db.models.functions import SnapToGrid
from django.db import transaction
from django.db.models import (
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat, TruncMonth
from django.utils import timezone

from alerts.models import Alert, AlertEvent, AlertPhoto, Category, Moderation, Support, Verdict
from alerts.services.photos import drop_files
from alerts.workflow import WORKFLOW
from engagement.activity.models import Activity, Notification

# Rows of one transaction: a stopped task loses little, and locks are short.
BATCH = 500
# Degrees: about half a kilometre. Erased alerts keep their territories, and a heat map keeps its shape.
COARSE = 0.005
# Steps whose words are a resident's.
BY_RESIDENTS = ("update", "reply", "contest", "withdraw")


class Without(Func):
    """A JSON object without one of its keys."""

    arg_joiner = " - "
    template = "%(expressions)s"
    output_field = JSONField()


def anonymise(*, now: dt.datetime | None = None) -> int:
    """Take persons and their texts and photos out of alerts closed longer ago than their category says.

    The service's public answers stay, as they belong to the public. A duplicate waits for its original: its author is
    still to be told. Returns how many alerts. Safe to run twice or to be killed.
    """
    return _in_batches(lambda: _due("anonymise_days", now).filter(anonymised_at=None), _anonymise)


def erase(*, now: dt.datetime | None = None) -> int:
    """Leave of alerts closed long enough ago only a row that statistics count: category, territories, state, delays.

    Its dates move back together to the start of their month, so that every delay stays exact and the day is lost.
    """
    return _in_batches(lambda: _due("erase_days", now), _erase)


def _due(delay: str, now: dt.datetime | None) -> QuerySet:
    now = now or timezone.now()
    closed_before = Q(pk__in=[])
    for days, ids in _delays(delay).items():
        closed_before |= Q(category__in=ids, closed_at__lt=now - dt.timedelta(days=days))
    waiting = Q(duplicate_of__status__in=WORKFLOW.names(final=False))
    return Alert.objects.kept().filter(closed_before).exclude(waiting)


def _delays(delay: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for pk, days in Category.objects.exclude(**{delay: None}).values_list("pk", delay):
        found.setdefault(days, []).append(pk)
    return found


def _in_batches(due, act) -> int:
    total = 0
    while True:
        with transaction.atomic():
            rows = due().order_by("pk").select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
            ids = list(rows[:BATCH])
            if not ids:
                return total
            act(ids)
        total += len(ids)


def _anonymise(ids: list[int]) -> None:
    Alert.objects.filter(pk__in=ids).update(
        description="",
        public_text="",
        address="",
        public_address="",
        answers={},
        reporter=None,
        contact_email="",
        tracking_token=Concat(Value(f"{secrets.token_hex(8)}-"), Cast("pk", Alert._meta.get_field("reference"))),
        anonymised_at=timezone.now(),
    )
    Support.objects.filter(alert__in=ids).update(user=None, email="", told=False)
    Verdict.objects.filter(alert__in=ids).update(user=None, email="", comment="")
    Moderation.objects.filter(alert__in=ids).update(note="")
    with pgtrigger.ignore("alerts.AlertEvent:append_only"):
        steps = AlertEvent.objects.filter(alert__in=ids)
        steps.update(note="")
        steps.filter(data__has_key="media").update(data=Without("data", Value("media", output_field=TextField())))
        steps.filter(transition__in=("report", *BY_RESIDENTS)).update(message="", actor=None)
    for photo in AlertPhoto.objects.filter(alert__in=ids):
        drop_files(photo)
    AlertPhoto.objects.filter(alert__in=ids).delete()
    news = Activity.objects.filter(object_type="alert", object_key__in=[str(pk) for pk in ids])
    Notification.objects.filter(activity__in=news).delete()
    news.filter(data__transition__in=BY_RESIDENTS).delete()
    _forget_addresses(ids)


def _forget_addresses(ids: list[int]) -> None:
    """What was said of these alerts names their category alone."""
    by_category: dict[str, list[str]] = {}
    for pk, name in Alert.objects.filter(pk__in=ids).values_list("pk", "category__name"):
        by_category.setdefault(name, []).append(str(pk))
    with pgtrigger.ignore("activity.Activity:append_only"):
        for name, keys in by_category.items():
            Activity.objects.filter(object_type="alert", object_key__in=keys).update(title=name)


def _erase(ids: list[int]) -> None:
    _anonymise(ids)
    rows = Alert.objects.filter(pk__in=ids)
    AlertEvent.objects.filter(alert__in=ids).delete()
    Support.objects.filter(alert__in=ids).delete()
    Verdict.objects.filter(alert__in=ids).delete()
    Activity.objects.filter(object_type="alert", object_key__in=[str(pk) for pk in ids]).delete()
    rows.filter(origin__gt="").update(origin="", origin_key="")
    shift = ExpressionWrapper(F("created_at") - TruncMonth("created_at"), output_field=DurationField())
    shifts = Alert.objects.filter(pk=OuterRef("pk")).annotate(shift=shift).values("shift")
    rows.update(
        asset_code="",
        reasons=[],
        assignee=None,
        team=None,
        duplicate_of=None,
        planned_for=None,
        point=SnapToGrid("point", COARSE),
        due_on=Cast(TruncMonth("created_at"), Alert._meta.get_field("due_on")),
        answered_at=F("answered_at") - Subquery(shifts),
        closed_at=F("closed_at") - Subquery(shifts),
        updated_at=F("updated_at") - Subquery(shifts),
        created_at=TruncMonth("created_at"),
        is_public=False,
        erased_at=timezone.now(),
    )
