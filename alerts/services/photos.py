"""Photos: cleaned and kept from the first upload on, joined to a report or a step, dropped when never sent."""

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.functions import Now

from alerts.models import Alert, AlertEvent, AlertPhoto
from common.images import clean_photo

MAX_PHOTOS = 3


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


def join_photos(*, alert: Alert, tokens: list[str], step: AlertEvent | None = None) -> int:
    """Give kept photos to a report, or to one of its steps; returns how many. Those given before are passed over.

    Where the category's photos are checked they wait for it, but those of a service: it looked at its own.
    """
    by_service = step is not None and step.body_id is not None
    checked = alert.category.photos_checked and not by_service
    state = AlertPhoto.State.WAITING if checked else AlertPhoto.State.SHOWN
    photos = AlertPhoto.objects.filter(token__in=list(tokens)[:MAX_PHOTOS], alert=None)
    return photos.update(alert=alert, step=step, state=state)


def hold_photos(*, tokens: list[str]) -> None:
    """Have kept photos live as long as if they came now: their report waits to be confirmed."""
    AlertPhoto.objects.filter(token__in=list(tokens)[:MAX_PHOTOS], alert=None).update(created_at=Now())


@transaction.atomic
def drop_drafts(*, before: dt.datetime) -> int:
    """Delete photos kept before that moment whose report was never sent, with their files; returns how many.

    A photo that a report is just taking is locked and passed over.
    """
    drafts = list(AlertPhoto.objects.select_for_update(skip_locked=True).filter(alert=None, created_at__lt=before))
    AlertPhoto.objects.filter(pk__in=[photo.pk for photo in drafts]).delete()
    for photo in drafts:
        drop_files(photo)
    return len(drafts)


def drop_files(photo: AlertPhoto) -> None:
    """Delete a photo's files once the transaction has committed."""
    for file in (photo.image, photo.thumbnail):
        transaction.on_commit(partial(file.storage.delete, file.name))
