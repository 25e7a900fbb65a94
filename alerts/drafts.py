"""The photos of a report being written: kept from their first upload on, whatever else is wrong in the form."""

from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.models import AlertPhoto
from alerts.services import MAX_PHOTOS, KeptPhoto, keep_photo
from common.caller import address
from common.images import PhotoError
from common.ratelimit import exceeded
from geo.places import PlaceError, point

WINDOW = 600  # seconds


class TooMany(Exception):
    """This caller sends more than the settings allow; the message says when to come back."""


@dataclass
class Draft:
    """`place` (EPSG:4326) is where a camera had noted it stood, to be offered and never taken silently."""

    photos: list[AlertPhoto] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    place: Point | None = None


def keep(request, file) -> KeptPhoto:
    """Keep one uploaded photo. Raises PhotoError or TooMany."""
    if exceeded(f"photos:{address(request)}", limit=settings.ALERTS_PHOTOS_LIMIT, seconds=WINDOW):
        raise TooMany(_("Many photos came from your connection. Send this one again in ten minutes."))
    return keep_photo(file=file)


def collect(request) -> Draft:
    """The photos of a posted report: those kept before, less those removed, and those that come with it."""
    removed = set(request.POST.getlist("photo_remove"))
    tokens = [token for token in request.POST.getlist("photo_tokens") if token not in removed]
    draft = Draft(list(AlertPhoto.objects.filter(token__in=tokens, alert=None)[:MAX_PHOTOS]))
    draft.place = _noted(request.POST.get("photo_place", ""))
    for file in request.FILES.getlist("photos"):
        try:
            if len(draft.photos) == MAX_PHOTOS:
                raise PhotoError(_too_many())
            kept = keep(request, file)
        except (PhotoError, TooMany) as error:
            draft.errors.append(_("%(file)s: %(problem)s") % {"file": file.name, "problem": error})
            continue
        draft.photos.append(kept.photo)
        if kept.place:
            draft.place = Point(*kept.place, srid=4326)
    return draft


def _too_many() -> str:
    return ngettext(
        "A report takes %(count)d photo; this one was left out.",
        "A report takes %(count)d photos; this one was left out.",
        MAX_PHOTOS,
    ) % {"count": MAX_PHOTOS}


def _noted(text: str) -> Point | None:
    lon, _comma, lat = text.partition(",")
    try:
        return point(lon, lat)
    except PlaceError:
        return None
