"""Tiles at /tiles/, cached for everybody until their layer changes; who has a mandate gets tiles of their own."""

import functools
import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from geo import changes, layers
from geo.answers import check_known, refused
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


def endpoint(view):
    """What cannot be understood is said."""

    @require_safe
    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except BadParameter as error:
            return refused(error)

    return wrapped


@vary_on_headers("Authorization", "Cookie")
@endpoint
def tile(request, name, z, x, y):
    """One tile: 204 where it is empty, 304 where the client has it. The layer's filters may narrow it."""
    layer = _layer(request, name)
    asked = _asked(z, x, y)
    check_known(request, layer.parameters() | KNOWN)
    return _tile(request, layer, asked)


def _asked(*texts: str) -> Tile:
    try:
        if not all(text.isascii() and text.isdigit() and len(text) < 9 for text in texts):
            raise ValueError(texts)
        return Tile(*map(int, texts))
    except ValueError as error:
        said = _("There is no such tile: zooms go from 0 to %(max)d.") % {"max": MAX_ZOOM}
        raise BadParameter("z/x/y", said) from error


def _tile(request, layer: layers.Layer, asked: Tile) -> HttpResponse:
    own = request.user.is_authenticated
    narrowed = sorted((key, sorted(values)) for key, values in request.GET.lists() if key not in KNOWN)
    said = repr((layer.name, asked, narrowed, changes.version(layer.tables)))
    key = hashlib.sha256(said.encode()).hexdigest()
    headers = {"Cache-Control": f"private, max-age={FRESH}" if own else f"public, max-age={FRESH}"}
    body = None if own else cache.get(f"tile:{key}")
    if body is None:
        body = render.render(layer, layer.select(request.user, request.GET), asked)
        if not own:
            cache.set(f"tile:{key}", body, KEPT)
    if not own:
        # Of what it shows alone: the version would tell of changes to what it does not show.
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if request.headers.get("If-None-Match", "").removeprefix("W/") == headers["ETag"]:
            return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type=MVT, status=200 if body else 204, headers=headers)


def _root() -> str:
    return settings.BASE_URL + reverse("geo:tiles")


@endpoint
def tilejson(request, name):
    """TileJSON of a layer."""
    layer = _layer(request, name)
    check_known(request, KNOWN)
    box = documents.extent(layer)["spatial"]["bbox"][0]
    return JsonResponse(style.tilejson(_root(), layer, box))


@endpoint
def map_style(request):
    """A MapLibre style of all layers that exist for this viewer."""
    check_known(request, KNOWN)
    shown = [(layer, render.is_points(layer, layer.queryset(request.user))) for layer in layers.open_to(request.user)]
    # Outlines first, points above them.
    return JsonResponse(style.style(_root(), settings.SITE_NAME, sorted(shown, key=lambda pair: pair[1])))


@endpoint
def index(request):
    """The layers there are tiles of."""
    check_known(request, KNOWN)
    found = [{"name": one.name, "tilejson": f"{_root()}{one.name}.json"} for one in layers.open_to(request.user)]
    return JsonResponse({"style": f"{_root()}style.json", "layers": found})
