"""Which reports of the demo city have a photo, and which answers show the place repaired."""

import io
import random
from functools import cache

from django.core.files.base import ContentFile

from alerts.demo.chronicle import Chronicle
from alerts.demo.scenes import picture
from alerts.demo.texts import KINDS
from alerts.demo.words import PICTURED
from alerts.models import Alert, AlertEvent, AlertPhoto
from common.images import Photo, clean_photo

SEED = 1839
OPEN, RESOLVED = 60, 60
VARIANTS = 3
WAITING = 3
KIND = {kind.code: kind for kind in KINDS}


def seed(chronicle: Chronicle) -> int:
    """Photos of the latest reports that a picture shows, open and resolved; returns how many. Alerts are saved."""
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    closings = {event.alert.pk: event for event in chronicle.events if event.transition == "resolve"}
    fitting = [alert for alert in reversed(chronicle.alerts) if _fits(alert)]
    hers = [alert for alert in fitting if alert.reporter]
    unfinished = [alert for alert in fitting if not alert.state.final][:OPEN]
    finished = [alert for alert in fitting if alert.status == "resolved" and _shows(closings.get(alert.pk))][:RESOLVED]
    photos = []
    for alert in sorted({*hers, *unfinished, *finished}, key=lambda one: one.pk):
        variant = rng.randrange(VARIANTS)
        photos.append(_keep(rng, alert, variant))
        if alert in finished:
            photos.append(_keep(rng, alert, variant, closings[alert.pk]))
    to_check = [photo for photo in photos if photo.alert.category.photos_checked and not photo.alert.state.final]
    for photo in to_check[-WAITING:]:
        photo.state = AlertPhoto.State.WAITING
    AlertPhoto.objects.bulk_create(photos)
    return len(photos)


def _fits(alert: Alert) -> bool:
    reports, _answers = PICTURED.get(alert.category.code, ((), ()))
    return alert.description in {KIND[alert.category.code].reports[one] for one in reports}


def _shows(closing: AlertEvent | None) -> bool:
    if closing is None:
        return False
    code = closing.alert.category.code
    return closing.message in {KIND[code].answers[one] for one in PICTURED[code][1]}


@cache
def cleaned(code: str, variant: int, fixed: bool) -> Photo:
    """A picture of a scene as an uploaded photo is kept."""
    return clean_photo(io.BytesIO(picture(code, variant, fixed=fixed)))


def _keep(rng: random.Random, alert: Alert, variant: int, step: AlertEvent | None = None) -> AlertPhoto:
    """Its own files, as alerts.services.keep_photo writes them: each can be blurred or deleted alone."""
    clean, name = cleaned(alert.category.code, variant, step is not None), f"{rng.getrandbits(128):032x}"
    photo = AlertPhoto(
        alert=alert,
        step=step,
        token=f"demo-{rng.getrandbits(128):032x}",
        width=clean.width,
        height=clean.height,
        created_at=(step or alert).created_at,
    )
    photo.image.save(f"{name}.jpg", ContentFile(clean.jpeg), save=False)
    photo.thumbnail.save(f"{name}-s.jpg", ContentFile(clean.thumbnail), save=False)
    return photo
