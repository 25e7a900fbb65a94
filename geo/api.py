"""The JSON API of places: territories, who is competent, addresses. OpenAPI at `/api/v1/openapi.json`."""

import datetime as dt
from typing import Annotated

from django.conf import settings
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view

from common.api import ErrorOut, public
from common.ratelimit import exceeded
from geo import addresses
from geo.lookup import territories_at
from geo.models import Competence
from geo.places import PlaceError, point
from geo.routing import explain, resolve

router = Router(tags=["places"])
# Seconds for which an answer may be kept: outlines and rules change by decision, not by the minute.
KEPT = 60
MAX_METRES = 5000


class TerritoryOut(Schema):
    level: str
    code: str
    name: str
    population: int | None
    population_year: int | None
    url: str

    @staticmethod
    def resolve_level(territory):
        return territory.level.code

    @staticmethod
    def resolve_url(territory):
        return territory.get_absolute_url()


class BodyOut(Schema):
    slug: str
    name: str
    kind: str


class RouteOut(Schema):
    body: BodyOut | None
    fallback: bool
    explanation: list[str]
    reasons: list[dict]


@router.get("/territories/at", response={200: list[TerritoryOut], 400: ErrorOut, 422: ErrorOut}, auth=None)
@decorate_view(public(KEPT))
def territories_at_point(request, lon: str, lat: str, date: dt.date | None = None):
    """The territories that a point lies in (EPSG:4326), one per level, smallest first; none where it is outside."""
    try:
        return territories_at(point(lon, lat), date)
    except PlaceError as error:
        return Status(400, {"code": error.code, "detail": str(error)})


@router.get("/route", response={200: RouteOut, 400: ErrorOut, 404: ErrorOut, 422: ErrorOut}, auth=None)
@decorate_view(public(KEPT))
def route(request, lon: str, lat: str, competence: str, date: dt.date | None = None):
    """The body competent for something at a point, with the reasons as data and as sentences."""
    wanted = Competence.objects.filter(code=competence.replace("\x00", "")).select_related("parent").first()
    if wanted is None:
        detail = _("There is no competence “%(code)s”.") % {"code": competence[:60]}
        return Status(404, {"code": "unknown_competence", "detail": detail})
    try:
        found = resolve(point(lon, lat), wanted, on=date)
    except PlaceError as error:
        return Status(400, {"code": error.code, "detail": str(error)})
    return {
        "body": found.body,
        "fallback": found.is_fallback,
        "explanation": explain(found.reasons),
        "reasons": list(found.reasons),
    }


class AddressOut(Schema):
    label: str
    kind: str
    name: str
    city: str
    lon: float
    lat: float
    score: float
    distance: float | None


Limit = Annotated[int, Query(ge=1, le=addresses.MAX_FOUND)]
Metres = Annotated[float, Query(gt=0, le=MAX_METRES)]
REFUSALS = {400: ErrorOut, 422: ErrorOut, 429: ErrorOut}


@router.get("/addresses", response={200: list[AddressOut]} | REFUSALS, auth=None)
@decorate_view(public(KEPT))
def search_addresses(request, q: str, lon: str = "", lat: str = "", limit: Limit = 8):
    """Addresses, streets, named places and territories that `q` may mean, the best first.

    Typing errors and abbreviations are forgiven. Of equals the closest to `lon`, `lat` (EPSG:4326) comes first.
    """
    if refusal := _too_often(request):
        return refusal
    try:
        near = point(lon, lat) if lon or lat else None
    except PlaceError as error:
        return Status(400, {"code": error.code, "detail": str(error)})
    return addresses.search(q, near=near, limit=limit)


@router.get("/addresses/reverse", response={200: list[AddressOut]} | REFUSALS, auth=None)
@decorate_view(public(KEPT))
def address_of_point(request, lon: str, lat: str, metres: Metres = addresses.NEAR):
    """The address closest to a point (EPSG:4326) with its distance in metres; none where it is farther away."""
    if refusal := _too_often(request):
        return refusal
    try:
        found = addresses.reverse(point(lon, lat), metres=metres)
    except PlaceError as error:
        return Status(400, {"code": error.code, "detail": str(error)})
    return [found] if found else []


def _too_often(request) -> Status | None:
    if exceeded(f"addresses:{request.META['REMOTE_ADDR']}", limit=settings.ADDRESSES_LIMIT, seconds=60):
        detail = _("Too many searches came from your connection. Wait a minute.")
        return Status(429, {"code": "too_many_requests", "detail": detail})
    return None
