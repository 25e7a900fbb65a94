"""Taking a report, and the steps of its life."""

import datetime as dt
import uuid

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.deadlines import due
from alerts.models import Alert, AlertEvent, Category, Moderation, Source
from alerts.routing import route
from alerts.rules import acting_body
from alerts.screening import screen
from alerts.services.photos import join_photos
from alerts.workflow import OWN, TOGETHER, WORKFLOW
from common.workflow import Transition, TransitionError
from engagement.activity import services as activity
from geo.models import Body, Territory

MAX_DESCRIPTION, MAX_ADDRESS = 4000, 200
# Acts whose name in the activity is not the state they lead to.
VERBS = {
    "report": "reported",
    "transfer": "transferred",
    "reopen": "reopened",
    "contest": "reopened",
    "merge": "merged",
    "unmerge": "unmerged",
    "ask": "asked",
    "reply": "replied",
    "update": "updated",
}


class ServiceMissing(ValueError):
    """This act needs another service of one of the alert's territories."""


class Changed(TransitionError):
    """Somebody else took a step since the actor saw the alert."""


class TooLate(TransitionError):
    """The delay in which the reporter may reopen it is over; the message says so."""


class MessageMissing(ValueError):
    """This act needs a public message."""


class NotForUs(ValueError):
    """The category sends people elsewhere; the message is its warning."""


@transaction.atomic
def report(
    *,
    category: Category,
    point: Point,
    description: str,
    address: str = "",
    answers: dict | None = None,
    asset_code: str = "",
    photo_tokens: list[str] = (),
    reporter: User | None = None,
    contact_email: str | None = None,
    submission: uuid.UUID | None = None,
    source: str = Source.WEB,
    data: dict | None = None,
) -> Alert:
    """Take a report, route it and tell its service. The same `submission` twice gives the same alert.

    `point` is EPSG:4326; `answers` are as alerts.answers made them. `contact_email` gets the news: the reporter's own
    address where None, nobody where empty. `data` stays with the first step, for the service alone. Where no body is
    competent the triage body gets it, and where there is none it waits for an administrator: a report is never lost.
    Raises geo.places.PlaceError outside every territory, and NotForUs where the category takes no reports.
    """
    if category.is_stopper:
        raise NotForUs(category.notice)
    now = timezone.now()
    found = route(category, point, answers=answers, at=now)
    alert, created = Alert.objects.get_or_create(
        submission=submission or uuid.uuid4(),
        defaults={
            "category": category,
            "description": description,
            "public_text": screen(description),
            "point": point,
            "address": address,
            "public_address": screen(address)[:MAX_ADDRESS],
            "answers": answers or {},
            "asset_code": asset_code,
            "territories": [territory.pk for territory in found.territories],
            "body": found.body,
            "also": [body.pk for body in found.also],
            "reasons": list(found.reasons),
            "reporter": reporter,
            "contact_email": _contact(contact_email, reporter),
            "is_public": category.visibility == Category.Visibility.PUBLIC,
            "source": source,
            "due_on": due(timezone.localdate(now), category.target_days),
            "created_at": now,
            "updated_at": now,
        },
    )
    if not created:
        return alert
    join_photos(alert=alert, tokens=photo_tokens)
    event = AlertEvent.objects.create(
        alert=alert, transition="report", to_status=alert.status, body=alert.body, data=data or {}
    )
    announce(alert, event)
    return alert


@transaction.atomic
def apply(
    *,
    alert: Alert,
    transition: str,
    actor: User | None,
    message: str = "",
    note: str = "",
    planned_for: dt.date | None = None,
    body: Body | None = None,
    seen: int | None = None,
    photo_tokens: list[str] = (),
    holds_key: bool = False,
) -> Alert:
    """One step of the workflow, by somebody who may. Returns the alert as it is now.

    `body` is who gets it by "transfer". `seen` is the id of the last step that the actor was shown. `holds_key` says
    that the actor came by the tracking link, which only the reporter has; `actor` may then be None. The row is locked
    first, so that two agents at once give one step and one clear refusal. Raises Changed, TooLate,
    common.workflow.TransitionError, MessageMissing, ServiceMissing or PermissionDenied.
    """
    alert = locked(alert)
    if seen is not None and alert.events.filter(pk__gt=seen, transition__in=WORKFLOW.by_name).exists():
        raise Changed(f"{alert.reference} has changed since step {seen}")
    act = WORKFLOW.step(transition, alert.status)
    if act.name in TOGETHER:
        raise TransitionError(f"{act.name!r} names another report")
    if not (act.permission == OWN and holds_key) and not (actor and actor.has_perm(act.permission, alert)):
        raise PermissionDenied
    if act.message_required and not message:
        raise MessageMissing(_("Say something to the resident: this step needs a public message."))
    acting = None if act.permission == OWN else acting_body(actor, alert)
    if act.name == "transfer":
        _send_on(alert, body)
    if act.name == "contest" and timezone.now() > alert.reopens_until():
        raise TooLate(_("The delay to reopen this report is over. Report the problem again."))
    event = step(alert=alert, act=act, actor=actor, acting=acting, message=message, note=note, planned_for=planned_for)
    join_photos(alert=alert, tokens=photo_tokens, step=event)
    announce(alert, event)
    return alert


def locked(alert: Alert) -> Alert:
    """The alert as it is now, its row locked until the transaction ends."""
    rows = Alert.objects.select_for_update(of=("self",)).select_related("category", "body")
    return rows.get(pk=alert.pk)


def step(
    *,
    alert: Alert,
    act: Transition,
    actor: User | None,
    acting: Body | None = None,
    message: str = "",
    note: str = "",
    planned_for: dt.date | None = None,
    data: dict | None = None,
) -> AlertEvent:
    """Append the step to a locked alert and bring its cached state up to date. The caller checked and announces."""
    now = timezone.now()
    target = _before(alert) if act.restores else act.target
    event = AlertEvent.objects.create(
        alert=alert,
        transition=act.name,
        from_status=alert.status,
        to_status=target,
        message=message,
        note=note,
        planned_for=planned_for,
        actor=actor,
        body=acting,
        data=data or {},
    )
    alert.status = target
    alert.updated_at = now
    if act.permission != OWN and act.name not in ("transfer", "merge", "unmerge"):  # those answer nothing yet
        alert.answered_at = alert.answered_at or now
    if act.name == "qualify" and alert.category.visibility == Category.Visibility.REVIEWED:
        alert.is_public = not alert.moderations.filter(target=Moderation.Target.ALERT, lifted_at=None).exists()
    alert.planned_for = planned_for if act.name == "plan" else alert.planned_for
    if planned_for and act.name == "plan":
        alert.due_on = planned_for
    if event.from_status == "waiting" and not planned_for:
        alert.due_on += _waited(event)
    if act.name in ("reopen", "contest"):
        alert.due_on, alert.planned_for = due(timezone.localdate(now), alert.category.target_days), None
        alert.confirmed = alert.contested = 0
    if target != "duplicate":
        alert.duplicate_of = None
    alert.closed_at = now if alert.state.final else None
    alert.save()
    return event


def announce(alert: Alert, event: AlertEvent) -> None:
    """Record the step as activity: its news leaves when the transaction commits."""
    activity.record(**activity_of(alert, event, where(alert)))


def _waited(event: AlertEvent) -> dt.timedelta:
    """For how many days before that step the service waited for an answer to its question: they are not its own."""
    asked = event.alert.events.filter(transition="ask", pk__lt=event.pk).order_by("-pk").first()
    return timezone.localdate() - timezone.localdate(asked.created_at) if asked else dt.timedelta()


def _before(alert: Alert) -> str:
    """The state that the last act of the workflow left."""
    return alert.events.filter(transition__in=WORKFLOW.by_name).order_by("pk").last().from_status


def _send_on(alert: Alert, body: Body | None) -> None:
    """Give the alert, not saved yet, to another body, and keep why."""
    if body is None or not Alert.objects.other_services(alert).filter(pk=body.pk).exists():
        raise ServiceMissing(_("Choose the service that is to get this report."))
    before = alert.body and alert.body.name
    alert.reasons = [
        *alert.reasons,
        {"step": "transfer", "from": before, "body": body.name, "on": timezone.localdate().isoformat()},
    ]
    alert.body, alert.assignee, alert.team = body, None, None
    alert.also = [pk for pk in alert.also if pk != body.pk]


def activity_of(alert: Alert, event: AlertEvent, where: str) -> dict:
    """What the activity of this step says; `where` is the alert's place in words."""
    act = VERBS.get(event.transition, event.to_status)
    return {
        "verb": f"alerts.{act}",
        "actor": alert.reporter if act == "reported" else event.actor,
        "object_type": "alert",
        "object_key": str(alert.pk),
        "topic": f"alerts:{alert.category.code}",
        "title": headline(alert, where),
        "summary": event.message if event.body else screen(event.message),
        "url": alert.get_absolute_url(),
        "place": alert.point,
        "territories": list(alert.territories),
        "public": alert.is_public and event.is_public,
        "data": {
            "status": event.to_status,
            "transition": event.transition,
            "event": event.pk,
            "by": event.body.name if event.body else "",
            "planned_for": event.planned_for and event.planned_for.isoformat(),
        },
    }


def headline(alert: Alert, where: str) -> str:
    """What is said of the alert in one line; `where` is its place in words."""
    return f"{alert.category.name} ({where})"


def _contact(email: str | None, reporter: User | None) -> str:
    if email is None:
        return reporter.email if reporter else ""
    return email


def where(alert: Alert) -> str:
    """The address as the public may read it, or the smallest territory where there is none."""
    if alert.shown_address:
        return alert.shown_address
    return (
        Territory.objects.filter(pk__in=alert.territories).order_by("-level__rank").values_list("name", flat=True)[0]
    )
