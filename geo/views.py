"""Map data and exports of any layer. Pages live in frontend."""

import hashlib
import math

from django.core.cache import cache
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geo import layers, places, viewport
from geo.answers import refused
from geo.models import Asset, AssetKind, PlanFeature

MAX_RANK = 5
# Seconds for which a crowd looking at the same part of a map shares one answer.
SHARED = 20
# What a phone can show to be pointed at, and how far "close to me" may reach, in metres.
MAX_ASSETS = 500
MAX_METRES = 5_000
METRES = 100


def _layer(request, name: str) -> layers.Layer:
    layer = layers.find(name, request.user)
    if layer is None:
        raise Http404(_("There is no such layer."))
    return layer


@require_safe
def layer_viewport(request, name):
    """What a map shows: `?bbox=west,south,east,north&zoom=` and the layer's filters; see viewport.render."""
    layer = _layer(request, name)
    try:
        parameters = request.GET.copy()
        grid, parameters["bbox"] = viewport.asked(parameters)
        # Residents without an account all see the same; anybody else gets an answer of their own.
        key = None if request.user.is_authenticated else _key(name, parameters)
        body = cache.get(key) if key else None
        if body is None:
            body = viewport.render(layer, layer.select(request.user, parameters), grid)
            if key:
                cache.set(key, body, SHARED)
    except layers.BadParameter as error:
        return refused(error)
    return _json(body)


def _key(name: str, parameters) -> str:
    said = repr((name, sorted((key, sorted(values)) for key, values in parameters.lists())))
    return f"viewport:{hashlib.sha256(said.encode()).hexdigest()}"


def _json(body: str) -> HttpResponse:
    return HttpResponse(body, content_type="application/json", headers={"Cache-Control": f"private, max-age={SHARED}"})


@require_safe
def plan(request, rank):
    """The city's own base plan as GeoJSON: the objects of that rank (1 from afar to 5 close by)."""
    if rank > MAX_RANK:
        raise Http404
    newest = PlanFeature.objects.filter(rank=rank).order_by("-created_at").values_list("created_at", flat=True).first()
    etag = f'"plan-{rank}-{newest.timestamp() if newest else 0}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304)
    body = PlanFeature.objects.filter(rank=rank).as_geojson()
    return HttpResponse(
        body, content_type="application/geo+json", headers={"ETag": etag, "Cache-Control": "max-age=3600"}
    )


@require_safe
def assets(request, kind):
    """Equipment of a kind to point at: `?bbox=west,south,east,north` or `?near=lon,lat&metres=`, the closest first.

    A GeoJSON FeatureCollection of at most MAX_ASSETS, the closest to the middle of the box or to the point;
    `complete` tells whether these are all.
    """
    known = AssetKind.objects.filter(code=kind).first()
    if known is None:
        raise Http404(_("There is no such kind of equipment."))
    rows = Asset.objects.of_kind(kind).active()
    try:
        if "near" in request.GET:
            rows = rows.near(_near(request.GET["near"]), _metres(request.GET.get("metres", str(METRES))))
        else:
            box = layers.parse_bbox(request.GET.get("bbox", ""))
            rows = rows.in_bbox(box.extent).with_distance(box.centroid).order_by("distance", "code")
    except layers.BadParameter as error:
        return refused(error)
    found = list(rows.values_list("code", "name", "point")[: MAX_ASSETS + 1])
    answer = {
        "type": "FeatureCollection",
        "complete": len(found) <= MAX_ASSETS,
        "features": [_asset(known, *row) for row in found[:MAX_ASSETS]],
    }
    return JsonResponse(answer, headers={"Cache-Control": f"public, max-age={SHARED}"})


def _asset(kind: AssetKind, code: str, name: str, point) -> dict:
    lon, lat = round(point.x, 6), round(point.y, 6)
    return {
        "type": "Feature",
        "id": code,
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {
            "code": code,
            "name": name or f"{kind.name} {code}",
            "lon": lon,
            "lat": lat,
            "icon": kind.icon,
        },
    }


def _near(text: str):
    lon, _comma, lat = text.partition(",")
    try:
        return places.point(lon, lat)
    except places.PlaceError as error:
        raise layers.BadParameter("near", str(error)) from error


def _metres(text: str) -> float:
    try:
        metres = float(text)
    except ValueError:
        metres = math.nan
    if not 0 < metres <= MAX_METRES:
        raise layers.BadParameter("metres", _("Give a number of metres up to %(max)d.") % {"max": MAX_METRES})
    return metres
