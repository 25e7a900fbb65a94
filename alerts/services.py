"""Writes of alerts. Each is one transaction: the act, its step in the history and its activity, or nothing."""

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import partial

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.models import Alert, AlertEvent, AlertPhoto, Category
from alerts.workflow import WORKFLOW
from common.images import clean_photo
from common.workflow import TransitionError
from engagement.activity import services as activity
from geo.models import Body, Territory
from geo.routing import resolve

MAX_PHOTOS = 3
MAX_DESCRIPTION = 4000


class ServiceMissing(ValueError):
    """This act needs another service of one of the alert's territories."""


class Changed(TransitionError):
    """Somebody else took a step since the actor saw the alert."""


class MessageMissing(ValueError):
    """This act needs a public message."""


@dataclass(frozen=True)
class KeptPhoto:
    """A photo kept for a report being written; `place` is (lon, lat) where the camera had noted it."""

    photo: AlertPhoto
    place: tuple[float, float] | None


def keep_photo(*, file) -> KeptPhoto:
    """Clean an uploaded photo and keep it until its report is sent. Raises common.images.PhotoError."""
    clean = clean_photo(file)
    name = uuid.uuid4().hex
    photo = AlertPhoto(width=clean.width, height=clean.height)
    photo.image.save(f"{name}.jpg", ContentFile(clean.jpeg), save=False)
    photo.thumbnail.save(f"{name}-s.jpg", ContentFile(clean.thumbnail), save=False)
    photo.save()
    return KeptPhoto(photo, clean.place)


@transaction.atomic
def report(
    *,
    category: Category,
    point: Point,
    description: str,
    address: str = "",
    photo_tokens: list[str] = (),
    reporter: User | None = None,
    contact_email: str | None = None,
    submission: uuid.UUID | None = None,
) -> Alert:
    """Take a report, route it and tell its service. The same `submission` twice gives the same alert.

    `point` is EPSG:4326. `contact_email` gets the news: the reporter's own address where None, nobody where empty.
    Where no body is competent the triage body gets it, and where there is none it waits for
    an administrator: a report is never lost. Raises geo.places.PlaceError outside every territory.
    """
    now = timezone.now()
    route = resolve(point, category.competence)
    alert, created = Alert.objects.get_or_create(
        submission=submission or uuid.uuid4(),
        defaults={
            "category": category,
            "description": description,
            "point": point,
            "address": address,
            "territories": [territory.pk for territory in route.territories],
            "body": route.body,
            "reasons": list(route.reasons),
            "reporter": reporter,
            "contact_email": _contact(contact_email, reporter),
            "created_at": now,
            "updated_at": now,
        },
    )
    if not created:
        return alert
    AlertPhoto.objects.filter(token__in=photo_tokens[:MAX_PHOTOS], alert=None).update(alert=alert)
    event = AlertEvent.objects.create(alert=alert, transition="report", to_status=alert.status, body=alert.body)
    activity.record(**activity_of(alert, event, _where(alert)))
    return alert


@transaction.atomic
def apply(
    *,
    alert: Alert,
    transition: str,
    actor: User,
    message: str = "",
    note: str = "",
    planned_for: dt.date | None = None,
    body: Body | None = None,
    seen: int | None = None,
) -> Alert:
    """One step of the workflow, by somebody who may. Returns the alert as it is now.

    `body` is who gets it by "transfer". `seen` is the id of the last step that the actor was shown. The row is locked
    first, so that two agents at once give one step and one clear refusal. Raises Changed,
    common.workflow.TransitionError, MessageMissing, ServiceMissing or PermissionDenied.
    """
    alert = Alert.objects.select_for_update(of=("self",)).select_related("category", "body").get(pk=alert.pk)
    if seen is not None and alert.events.filter(pk__gt=seen).exists():
        raise Changed(f"{alert.reference} has changed since step {seen}")
    step = WORKFLOW.step(transition, alert.status)
    if not actor.has_perm(step.permission, alert):
        raise PermissionDenied
    if step.message_required and not message:
        raise MessageMissing(_("Say something to the resident: this step needs a public message."))
    now, acting = timezone.now(), alert.body
    if step.name == "transfer":
        _send_on(alert, body, now)
    event = AlertEvent.objects.create(
        alert=alert,
        transition=step.name,
        from_status=alert.status,
        to_status=step.target,
        message=message,
        note=note,
        planned_for=planned_for,
        actor=actor,
        body=acting,
    )
    alert.status = step.target
    alert.updated_at = now
    if step.name != "transfer":  # to send it on is no answer yet
        alert.answered_at = alert.answered_at or now
    alert.closed_at = now if alert.state.final else None
    alert.save(update_fields=["status", "body", "reasons", "updated_at", "answered_at", "closed_at"])
    activity.record(**activity_of(alert, event, _where(alert)))
    return alert


def _send_on(alert: Alert, body: Body | None, now: dt.datetime) -> None:
    """Give the alert, not saved yet, to another body, and keep why."""
    if body is None or not Alert.objects.other_services(alert).filter(pk=body.pk).exists():
        raise ServiceMissing(_("Choose the service that is to get this report."))
    before = alert.body and alert.body.name
    alert.reasons = [
        *alert.reasons,
        {"step": "transfer", "from": before, "body": body.name, "on": timezone.localdate(now).isoformat()},
    ]
    alert.body = body


@transaction.atomic
def drop_drafts(*, before: dt.datetime) -> int:
    """Delete photos kept before that moment whose report was never sent, with their files; returns how many.

    A photo that a report is just taking is locked and passed over.
    """
    drafts = list(AlertPhoto.objects.select_for_update(skip_locked=True).filter(alert=None, created_at__lt=before))
    AlertPhoto.objects.filter(pk__in=[photo.pk for photo in drafts]).delete()
    for photo in drafts:
        for file in (photo.image, photo.thumbnail):
            transaction.on_commit(partial(file.storage.delete, file.name))
    return len(drafts)


def activity_of(alert: Alert, event: AlertEvent, where: str) -> dict:
    """What the activity of this step says; `where` is the alert's place in words."""
    act = {"report": "reported", "transfer": "transferred"}.get(event.transition, event.to_status)
    return {
        "verb": f"alerts.{act}",
        "actor": alert.reporter if act == "reported" else event.actor,
        "object_type": "alert",
        "object_key": str(alert.pk),
        "title": f"{alert.category.name} ({where})",
        "summary": event.message,
        "url": alert.get_absolute_url(),
        "place": alert.point,
        "territories": list(alert.territories),
        "public": alert.is_public,
        "data": {
            "status": event.to_status,
            "transition": event.transition,
            "by": event.body.name if event.body else "",
            "planned_for": event.planned_for and event.planned_for.isoformat(),
        },
    }


def _contact(email: str | None, reporter: User | None) -> str:
    if email is None:
        return reporter.email if reporter else ""
    return email


def _where(alert: Alert) -> str:
    """The address, or the smallest territory where none was given."""
    if alert.address:
        return alert.address
    return (
        Territory.objects.filter(pk__in=alert.territories).order_by("-level__rank").values_list("name", flat=True)[0]
    )
