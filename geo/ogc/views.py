"""OGC API – Features at /ogc/, for programs as JSON and for people as pages."""

import functools
import json
import logging
from urllib.parse import urlencode

from django.conf import settings
from django.db import DataError, InternalError, transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers

from geo import crs, layers
from geo.layers import BadParameter
from geo.ogc import documents, items, openapi, question

log = logging.getLogger(__name__)
MAPPED = 200  # features drawn beside the table of a page
READ_AT_ONCE = "50"  # features of a page for people


class Absent(Exception):
    """There is nothing of that name for this viewer."""


def endpoint(view):
    """Errors as OGC wants them, in the form that was asked for."""

    @vary_on_headers("Accept", "Authorization", "Cookie", "Accept-Language")
    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            _check_format(request)
            # A transaction, so that a query that the database refuses spoils none of those around it.
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except BadParameter as error:
            return _exception(request, 400, "InvalidParameterValue", str(error), error.parameter)
        except Absent:
            return _exception(request, 404, "NotFound", _("There is nothing of that name."))
        except (DataError, InternalError) as error:
            # A geometry or number that passed every check and that the database cannot compute with.
            log.warning("OGC request refused by the database: %s: %s", request.path, error)
            return _exception(request, 400, "InvalidParameterValue", _("The database cannot compute this."))

    return wrapped


def _check_format(request) -> None:
    if request.GET.get("f", "json") not in question.FORMATS:
        raise BadParameter("f", _("Give one of: %(all)s.") % {"all": ", ".join(question.FORMATS)})


def _wants_page(request) -> bool:
    """Whether a person reads: `f=html`, or a browser that would rather have a page."""
    if asked := request.GET.get("f"):
        return asked == "html"
    return request.get_preferred_type(["application/json", documents.GEOJSON, "text/html"]) == "text/html"


def _exception(request, status: int, code: str, description: str, parameter: str = "") -> HttpResponse:
    body = {"code": code, "description": description} | ({"parameter": parameter} if parameter else {})
    if request.GET.get("f") != "json" and _wants_page(request):
        return render(request, "geo/ogc/exception.html", {"exception": body, "status": status}, status=status)
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json", status=status)


def _root(request) -> str:
    return settings.BASE_URL + reverse("geo:ogc")


def _here(request, **changed) -> str:
    """This address with other parameters; None takes one away."""
    said = {name: value for name, value in request.GET.items() if name not in changed}
    query = urlencode(said | {name: value for name, value in changed.items() if value is not None})
    return f"{settings.BASE_URL}{request.path}" + (f"?{query}" if query else "")


def _self(request, media_type: str = "application/json") -> list[dict]:
    return [
        documents.link("self", _here(request), media_type, _("This document")),
        documents.link("alternate", _here(request, f="html"), "text/html", _("This document as a page")),
    ]


def _answer(request, body: dict, template: str, media_type: str = "application/json", **context) -> HttpResponse:
    if _wants_page(request):
        return render(request, template, {"document": body, "json_url": _here(request, f="json"), **context})
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type=media_type)


def _layer(request, name: str) -> layers.Layer:
    layer = layers.find(name, request.user)
    if layer is None:
        raise Absent
    return layer


@endpoint
def landing(request):
    """The door: what this service is and where its parts are."""
    question.check(request.GET, set())
    title = _("%(site)s: layers for GIS") % {"site": settings.SITE_NAME}
    body = documents.landing(_root(request), title, _("What residents and their city do together, as OGC features."))
    body["links"] = _self(request) + body["links"]
    context = {"layers": layers.open_to(request.user), "root": _root(request)}
    return _answer(request, body, "geo/ogc/landing.html", **context)


@endpoint
def api(request):
    """The OpenAPI document."""
    question.check(request.GET, set())
    body = openapi.document(_root(request), settings.SITE_NAME, layers.open_to(request.user))
    return _answer(request, body, "geo/ogc/api.html", documents.OPENAPI)


@endpoint
def conformance(request):
    """The classes of the standard that are passed."""
    question.check(request.GET, set())
    body = documents.conformance() | {"links": _self(request)}
    return _answer(request, body, "geo/ogc/conformance.html")


@endpoint
def collections(request):
    """All layers that exist for this viewer."""
    question.check(request.GET, set())
    body = documents.collections(_root(request), layers.open_to(request.user)) | {"links": _self(request)}
    return _answer(request, body, "geo/ogc/collections.html")


@endpoint
def collection(request, name):
    """One layer."""
    layer = _layer(request, name)
    question.check(request.GET, set())
    return _answer(request, documents.collection(_root(request), layer), "geo/ogc/collection.html", layer=layer)


@endpoint
def queryables(request, name):
    """What one can filter a layer by."""
    layer = _layer(request, name)
    question.check(request.GET, set())
    body = documents.queryables(_root(request), layer)
    return _answer(request, body, "geo/ogc/queryables.html", documents.SCHEMA, layer=layer)


@endpoint
def features(request, name):
    """A page of a layer's features."""
    layer = _layer(request, name)
    parameters = request.GET.copy()
    if _wants_page(request):
        parameters.setdefault("limit", READ_AT_ONCE)
    asked = question.read(layer, request.user, parameters)
    page = items.page(
        layer,
        asked.rows,
        asked.system,
        names=asked.names,
        keys=asked.keys,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    whole = asked.cursor is None and page.following is None
    matched = len(page.features) if whole else None if asked.cursor else items.counted(asked.rows)
    links = _self(request, documents.GEOJSON)
    for rel, cursor in (("next", page.following), ("prev", page.previous)):
        if cursor:
            links.append(documents.link(rel, _here(request, cursor=cursor.text(layer, asked.keys)), documents.GEOJSON))
    links.append(documents.link("collection", f"{_root(request)}collections/{name}", title=str(layer.title)))
    head = {
        "type": "FeatureCollection",
        "timeStamp": timezone.now().isoformat(timespec="seconds"),
        **({} if matched is None else {"numberMatched": matched}),
        "numberReturned": len(page.features),
        "links": links,
    }
    if _wants_page(request):
        context = {"layer": layer, "fields": [one for one in layer.fields if one.name in asked.names]}
        return _page_of_features(request, head, page, asked, context)
    body = f'{json.dumps(head, ensure_ascii=False)[:-1]}, "features": [{",".join(page.features)}]}}'
    return _geojson(body, asked.system)


def _page_of_features(request, head: dict, page: items.Page, asked: question.Question, context: dict) -> HttpResponse:
    rows = [json.loads(one) for one in page.features]
    # Leaflet reads degrees, longitude first.
    context["on_map"] = rows[:MAPPED] if asked.system == crs.CRS84 else []
    around = {
        rel: _here(request, cursor=cursor.text(context["layer"], asked.keys))
        for rel, cursor in (("following", page.following), ("previous", page.previous))
        if cursor
    }
    context |= {"document": head, "rows": rows, "json_url": _here(request, f="json"), **around}
    return render(request, "geo/ogc/items.html", context)


@endpoint
def feature(request, name, key):
    """One feature."""
    layer = _layer(request, name)
    question.check(request.GET, {"crs"})
    system = question.system(request.GET, "crs")
    found = items.one(layer, layer.queryset(request.user), system, key.replace("\0", ""))
    if found is None:
        raise Absent
    links = _self(request, documents.GEOJSON)
    links.append(documents.link("collection", f"{_root(request)}collections/{name}", title=str(layer.title)))
    if _wants_page(request):
        on_map = [json.loads(found)] if system == crs.CRS84 else []
        return _answer(
            request, json.loads(found), "geo/ogc/item.html", layer=layer, page_url=layer.url(key), on_map=on_map
        )
    return _geojson(f'{found[:-1]}, "links": {json.dumps(links, ensure_ascii=False)}}}', system)


def _geojson(body: str, system: crs.System) -> HttpResponse:
    return HttpResponse(body, content_type=documents.GEOJSON, headers={"Content-Crs": f"<{system.uri}>"})


@endpoint
def unknown(request, rest=""):
    """Anything else below /ogc/."""
    raise Absent
