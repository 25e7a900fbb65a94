"""The JSON API of places: `/api/v1/territories/at` and `/api/v1/route`. OpenAPI at `/api/v1/openapi.json`."""

import datetime as dt

from ninja import Router, Schema

from geo.lookup import territories_at
from geo.models import Competence
from geo.places import PlaceError, point
from geo.routing import explain, resolve

router = Router(tags=["places"])


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


class ErrorOut(Schema):
    code: str
    detail: str


@router.get("/territories/at", response={200: list[TerritoryOut], 400: ErrorOut}, auth=None)
def territories_at_point(request, lon: str, lat: str, date: dt.date | None = None):
    """The territories that a point lies in (EPSG:4326), one per level, smallest first; none where it is outside."""
    try:
        return 200, territories_at(point(lon, lat), date)
    except PlaceError as error:
        return 400, {"code": error.code, "detail": str(error)}


@router.get("/route", response={200: RouteOut, 400: ErrorOut, 404: ErrorOut}, auth=None)
def route(request, lon: str, lat: str, competence: str, date: dt.date | None = None):
    """The body competent for something at a point, with the reasons as data and as sentences."""
    wanted = Competence.objects.filter(code=competence).select_related("parent").first()
    if wanted is None:
        return 404, {"code": "unknown_competence", "detail": f"No competence has the code {competence!r}."}
    try:
        found = resolve(point(lon, lat), wanted, on=date)
    except PlaceError as error:
        return 400, {"code": error.code, "detail": str(error)}
    return 200, {
        "body": found.body,
        "fallback": found.is_fallback,
        "explanation": explain(found.reasons),
        "reasons": list(found.reasons),
    }
