"""Tiles at /tiles/, cached for everybody until their layer changes; who has a mandate gets tiles of their own."""

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from geo import changes, layers
from geo.layers import BadParameter
from geo.ogc import documents
from geo.tiles import render, style
from geo.tiles.grid import MAX_ZOOM, Tile

MVT = "application/vnd.mapbox-vector-tile"
KEPT = 3600  # seconds a tile lives in the cache if nothing changes
FRESH = 60  # seconds a browser does not ask again
KNOWN = {"api_key"}


def _layer(request, name: str) -> layers.Layer:
    layer = layers.find(name, request.user)
    if layer is None:
        raise Http404(_("There is no such layer."))
    return layer


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _refusal(parameter: str, description: str) -> HttpResponse:
    body = {"code": "InvalidParameterValue", "parameter": parameter, "description": description}
    return _open(JsonResponse(body, status=400))


@require_safe
@vary_on_headers("Authorization", "Cookie")
def tile(request, name, z, x, y):
    """One tile: 204 where it is empty, 304 where the client has it. The layer's filters may narrow it."""
    layer = _layer(request, name)
    try:
        asked = Tile(*map(_whole, (z, x, y)))
    except ValueError:
        return _refusal("z/x/y", _("There is no such tile: zooms go from 0 to %(max)d.") % {"max": MAX_ZOOM})
    try:
        for unknown in sorted(set(request.GET) - layer.parameters() - KNOWN):
            raise BadParameter(unknown, _("This parameter does not exist."))
        return _open(_tile(request, layer, asked))
    except BadParameter as error:
        return _refusal(error.parameter, str(error))


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise ValueError(text)
    return int(text)


def _tile(request, layer: layers.Layer, asked: Tile) -> HttpResponse:
    own = request.user.is_authenticated
    narrowed = sorted((key, sorted(values)) for key, values in request.GET.lists() if key not in KNOWN)
    said = repr((layer.name, asked, narrowed, changes.version(layer.tables)))
    key = hashlib.sha256(said.encode()).hexdigest()
    headers = {"Cache-Control": f"private, max-age={FRESH}" if own else f"public, max-age={FRESH}"}
    if not own:
        headers["ETag"] = f'"{key[:32]}"'
        if request.headers.get("If-None-Match", "").removeprefix("W/") == headers["ETag"]:
            return HttpResponse(status=304, headers=headers)
    body = None if own else cache.get(f"tile:{key}")
    if body is None:
        body = render.render(layer, layer.select(request.user, request.GET), asked)
        if not own:
            cache.set(f"tile:{key}", body, KEPT)
    return HttpResponse(body, content_type=MVT, status=200 if body else 204, headers=headers)


def _root() -> str:
    return settings.BASE_URL + reverse("geo:tiles")


@require_safe
def tilejson(request, name):
    """TileJSON of a layer."""
    layer = _layer(request, name)
    box = documents.extent(layer)["spatial"]["bbox"][0]
    return _open(JsonResponse(style.tilejson(_root(), layer, box)))


@require_safe
def map_style(request):
    """A MapLibre style of all layers that exist for this viewer."""
    shown = [(layer, render.is_points(layer, layer.queryset(request.user))) for layer in layers.open_to(request.user)]
    # Outlines first, points above them.
    return _open(JsonResponse(style.style(_root(), settings.SITE_NAME, sorted(shown, key=lambda pair: pair[1]))))


@require_safe
def index(request):
    """The layers there are tiles of."""
    found = [{"name": one.name, "tilejson": f"{_root()}{one.name}.json"} for one in layers.open_to(request.user)]
    return _open(JsonResponse({"style": f"{_root()}style.json", "layers": found}))
