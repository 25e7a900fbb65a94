"""Is it really fixed? What residents found at the place after a service said so."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, Count, Exists, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.judges import Judge, closing_of, judge_of
from alerts.models import Alert, AlertEvent, Verdict
from alerts.services.reports import activity_of, apply, locked, where
from alerts.workflow import WORKFLOW
from common.workflow import TransitionError
from engagement.activity import services as activity
from engagement.activity.models import Activity

# A number no other lock of ours uses: one asks at a time.
ASKING = 7_011
BATCH = 200


class Reopened(TransitionError):
    """That closing does not stand any more; the message says so."""


@transaction.atomic
def judge(
    *,
    closing: AlertEvent,
    user: User | None = None,
    by: Judge | None = None,
    fixed: bool | None = None,
    satisfaction: int | None = None,
    comment: str = "",
    still: str = "",
    photo_tokens: Iterable[str] = (),
) -> Verdict:
    """What a person found after that closing: `fixed`, `satisfaction` from 1 to 5, `comment` for the service alone.

    `by` is somebody a signed link or the tracking link vouches for; otherwise `user` must have reported, joined or
    follow the alert. Once per person and closing: saying something else replaces it, until the alert is reopened. The
    alert's counts are taken from the rows while it is locked. Where it is not fixed, `still` and photos of what is
    still wrong open it again, by whoever reported it. Raises Reopened, TooLate or PermissionDenied.
    """
    alert = locked(closing.alert)
    standing = closing_of(alert)
    if standing is None or standing.pk != closing.pk:
        raise Reopened(_("This report was reopened since. Your opinion will be asked again when it is closed."))
    by = by or (user and judge_of(alert, user))
    if by is None:
        raise PermissionDenied
    verdict = by.verdict_on(closing) or Verdict(alert=alert, closing=closing, user=by.user, email=by.email)
    news = comment if comment != verdict.comment else ""
    verdict.fixed, verdict.satisfaction, verdict.comment = fixed, satisfaction, comment
    verdict.save()
    counts = closing.verdicts.aggregate(
        confirmed=Count("pk", filter=Q(fixed=True)), contested=Count("pk", filter=Q(fixed=False))
    )
    Alert.objects.filter(pk=alert.pk).update(**counts)
    if news:
        _record(alert, closing, "alerts.judged", summary=news, data={"fixed": fixed})
    if fixed is False and (still or photo_tokens):
        apply(
            alert=alert,
            transition="contest",
            actor=by.user,
            message=still or _("It is not fixed: see the photo."),
            photo_tokens=photo_tokens,
            holds_key=by.reported is not None and by.reported.pk == alert.pk,
        )
    return verdict


def ask_again(*, now: dt.datetime | None = None) -> int:
    """Write once more to those whose report was resolved ALERTS_ASK_AFTER_DAYS ago and who said nothing; how many.

    Who was missed for as long again is left in peace. Twice at once asks once.
    """
    now, asked = now or timezone.now(), 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ASKING])
            some = list(_unanswered(now)[:BATCH])
            closings = AlertEvent.objects.in_bulk([alert.closing for alert in some])
            for alert in some:
                closing = closings[alert.closing]
                _record(alert, closing, "alerts.asked_again", summary=closing.message, data={})
        asked += len(some)
        if len(some) < BATCH:
            return asked


def _unanswered(now: dt.datetime):
    """Alerts resolved that long ago whose reporter left an address, said nothing and was not asked again."""
    wait = dt.timedelta(days=settings.ALERTS_ASK_AFTER_DAYS)
    steps = AlertEvent.objects.filter(alert=OuterRef("pk"), transition__in=WORKFLOW.by_name).order_by("-pk")
    said = Verdict.objects.filter(closing=OuterRef("closing"), email__iexact=OuterRef("contact_email"))
    asked = Activity.objects.alias(event=Cast(KT("data__event"), BigIntegerField())).filter(
        object_type="alert",
        object_key=Cast(OuterRef("pk"), CharField()),
        verb="alerts.asked_again",
        event=OuterRef("closing"),
    )
    return (
        Alert.objects.kept()
        .filter(status="resolved", closed_at__range=(now - 2 * wait, now - wait), anonymised_at=None)
        .exclude(contact_email="")
        .annotate(closing=Subquery(steps.values("pk")[:1]), closed_by=Subquery(steps.values("transition")[:1]))
        .filter(~Exists(said), ~Exists(asked), closed_by="resolve")
        .select_related("category", "body", "reporter")
        .order_by("closed_at", "pk")
    )


def _record(alert: Alert, closing: AlertEvent, verb: str, *, summary: str, data: dict) -> None:
    """News that is not for the public: of nobody, as the service learns what was said, not by whom."""
    told = activity_of(alert, closing, where(alert))
    activity.record(
        **told | {"verb": verb, "actor": None, "summary": summary, "public": False, "data": told["data"] | data}
    )
