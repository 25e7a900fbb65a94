"""What the public does not see, and why: hidden, shown again, checked, blurred. Each act leaves a step and a trace."""

import uuid

import pgtrigger
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.models import Alert, AlertEvent, AlertPhoto, Category, Moderation, new_token
from alerts.services.desk import internal
from alerts.services.photos import drop_files
from alerts.services.reports import headline, locked, where
from common.images import Area, blurred
from engagement.activity.models import Activity

MODERATE = "alerts.moderate_alert"
MAX_AREAS = 20
TARGET, STATE = Moderation.Target, AlertPhoto.State
# What the report itself says, and the field that hides it.
FLAGS = {TARGET.TEXT: "text_hidden", TARGET.ADDRESS: "address_hidden", TARGET.ANSWERS: "answers_hidden"}


class NothingToModerate(ValueError):
    """There is nothing to hide, show or blur any more; the message says why."""


@transaction.atomic
def hide(
    *,
    alert: Alert,
    actor: User,
    target: str,
    reason: str,
    note: str = "",
    photo: AlertPhoto | None = None,
    step: AlertEvent | None = None,
) -> Moderation:
    """Take the description, address, answers, a photo, the message of a step or the whole report out of sight.

    `target` and `reason` are of alerts.models.Moderation; `photo` and `step` name the one that is meant. Hiding what
    is hidden gives the trace there is. Raises NothingToModerate, PermissionDenied.
    """
    alert = _moderated(alert, actor)
    about = {"target": TARGET(target), "photo": photo, "step": step}
    _check(alert, target, photo, step)
    if there := alert.moderations.filter(**about, lifted_at=None).first():
        return there
    if target == TARGET.ALERT and not alert.is_public:
        raise NothingToModerate(_("This report is not public."))
    reason = Moderation.Reason(reason)
    trace = Moderation.objects.create(alert=alert, reason=reason, note=note, actor=actor, **about)
    _set(trace, shown=False)
    _changed(alert)
    internal(alert, actor, "hide", note=note, data={"moderation": trace.pk, "target": target, "reason": reason.value})
    return trace


@transaction.atomic
def lift(*, moderation: Moderation, actor: User) -> Moderation:
    """Show again what was hidden; the trace stays. Twice is once. Raises PermissionDenied."""
    alert = _moderated(moderation.alert, actor)
    rows = Moderation.objects.select_for_update(of=("self",)).select_related("photo")
    moderation = rows.get(pk=moderation.pk)
    if moderation.lifted_at:
        return moderation
    moderation.alert = alert
    moderation.lifted_at, moderation.lifted_by = timezone.now(), actor
    moderation.save(update_fields=["lifted_at", "lifted_by"])
    _set(moderation, shown=True)
    _changed(alert)
    internal(alert, actor, "lift", data={"moderation": moderation.pk, "target": moderation.target})
    return moderation


@transaction.atomic
def conceal(*, category: Category, actor: User) -> int:
    """Take all reports of a category out of the public's sight, as one that is for the service alone has them.

    Returns how many were public. Each tells it among its internal steps. Raises PermissionDenied.
    """
    if not actor.has_perm("alerts.change_category"):
        raise PermissionDenied
    rows = Alert.objects.kept().filter(category=category, is_public=True)
    public = dict(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", "status"))
    Alert.objects.filter(pk__in=public).update(is_public=False, updated_at=timezone.now())
    with pgtrigger.ignore("activity.Activity:append_only"):
        Activity.objects.filter(object_type="alert", object_key__in=map(str, public)).update(public=False)
    steps = (
        AlertEvent(
            alert_id=pk,
            transition="conceal",
            from_status=status,
            to_status=status,
            is_public=False,
            actor=actor,
            data={"category": category.code},
        )
        for pk, status in public.items()
    )
    AlertEvent.objects.bulk_create(steps, batch_size=2000)
    return len(public)


@transaction.atomic
def publish_photo(*, photo: AlertPhoto, actor: User) -> AlertPhoto:
    """Publish a photo that waited to be checked. Twice is once. Raises NothingToModerate, PermissionDenied."""
    alert, photo = _its_photo(photo, actor)
    if photo.state == STATE.HIDDEN:
        raise NothingToModerate(_("This photo was hidden meanwhile."))
    if photo.state == STATE.WAITING:
        photo.state = STATE.SHOWN
        photo.save(update_fields=["state"])
        internal(alert, actor, "publish", data={"photo": photo.pk})
    return photo


@transaction.atomic
def blur_photo(*, photo: AlertPhoto, areas: list[Area], actor: User) -> AlertPhoto:
    """Blur these parts for good: the pixels are replaced in image and thumbnail, and nobody keeps the old ones.

    An area is (left, top, width, height) as shares of the photo, each from 0 to 1. The files and the address are new,
    so that no cache shows what was there; the old files go when the transaction commits. The state of the photo stays
    as it is. Raises NothingToModerate, ValueError where an area is not inside, PermissionDenied.
    """
    alert, photo = _its_photo(photo, actor)
    if not areas or len(areas) > MAX_AREAS:
        raise NothingToModerate(_("Mark between 1 and %(max)d areas.") % {"max": MAX_AREAS})
    with photo.image.open("rb") as file:
        clean = blurred(file, areas)
    drop_files(AlertPhoto(image=photo.image.name, thumbnail=photo.thumbnail.name))
    name = uuid.uuid4().hex
    photo.image.save(f"{name}.jpg", ContentFile(clean.jpeg), save=False)
    photo.thumbnail.save(f"{name}-s.jpg", ContentFile(clean.thumbnail), save=False)
    photo.token, photo.is_blurred = new_token(), True
    photo.save()
    internal(alert, actor, "blur", data={"photo": photo.pk, "areas": len(areas)})
    return photo


def _moderated(alert: Alert, actor: User) -> Alert:
    alert = locked(alert)
    if not actor.has_perm(MODERATE, alert):
        raise PermissionDenied
    return alert


def _its_photo(photo: AlertPhoto, actor: User) -> tuple[Alert, AlertPhoto]:
    """The photo and its alert as they are now, both locked."""
    if photo.alert is None:
        raise PermissionDenied
    alert = _moderated(photo.alert, actor)
    return alert, AlertPhoto.objects.select_for_update(of=("self",)).get(pk=photo.pk)


def _check(alert: Alert, target: str, photo: AlertPhoto | None, step: AlertEvent | None) -> None:
    if (photo is not None) != (target == TARGET.PHOTO) or (step is not None) != (target == TARGET.STEP):
        raise NothingToModerate(_("Say what is to be hidden."))
    if (photo and photo.alert_id != alert.pk) or (step and step.alert_id != alert.pk):
        raise NothingToModerate(_("This belongs to another report."))


def _set(trace: Moderation, *, shown: bool) -> None:
    """Hide or show the thing itself, and what the activity says of it."""
    alert, target = trace.alert, trace.target
    if target in FLAGS:
        setattr(alert, FLAGS[target], not shown)
        alert.save(update_fields=[FLAGS[target]])
        _retitle(alert)
    elif target == TARGET.PHOTO and trace.photo:
        trace.photo.state = STATE.SHOWN if shown else STATE.HIDDEN
        trace.photo.save(update_fields=["state"])
    elif target == TARGET.ALERT:
        alert.is_public = shown
        alert.save(update_fields=["is_public"])
        _in_feeds(alert, _said(alert), shown)
    elif target == TARGET.STEP:
        _in_feeds(alert, Activity.objects.about("alert", alert.pk).filter(data__event=trace.step_id), shown)


def _changed(alert: Alert) -> None:
    """Programs that ask what has changed since their last visit hear of it."""
    alert.updated_at = timezone.now()
    alert.save(update_fields=["updated_at"])


def _said(alert: Alert) -> QuerySet:
    """What the activity says of public steps of the alert that are not hidden by themselves."""
    steps = alert.events.filter(is_public=True).exclude(moderations__in=_in_force(alert))
    return Activity.objects.about("alert", alert.pk).filter(data__event__in=list(steps.values_list("pk", flat=True)))


def _in_force(alert: Alert) -> QuerySet:
    return alert.moderations.filter(target=TARGET.STEP, lifted_at=None)


def _retitle(alert: Alert) -> None:
    """What was said of the alert names its place as the public may read it now."""
    with pgtrigger.ignore("activity.Activity:append_only"):
        Activity.objects.about("alert", alert.pk).update(title=headline(alert, where(alert)))


def _in_feeds(alert: Alert, said: QuerySet, shown: bool) -> None:
    """Who may read it: beside its title, the one change an activity knows."""
    with pgtrigger.ignore("activity.Activity:append_only"):
        said.update(public=shown and alert.is_public)
