"""The OpenAPI 3.0 document of the service, made from the layers: what a client may send, and what it gets."""

from django.utils.translation import gettext as _

from geo import crs
from geo.layers import Layer
from geo.ogc import documents, items, question

ERRORS = {
    "400": {"$ref": "#/components/responses/Refused"},
    "401": {"$ref": "#/components/responses/KeyRefused"},
    "404": {"$ref": "#/components/responses/Absent"},
}
JSON_FORMAT = {"name": "f", "in": "query", "schema": {"type": "string", "enum": list(question.FORMATS)}}
KEYS = [{}, {"key": []}, {"password": []}]


def document(root: str, title: str, layers: list[Layer]) -> dict:
    """The whole API as the viewer of these layers may use it."""
    paths = {
        "/": _get("landing", _("Beginning"), "application/json"),
        "/api": _get("api", _("This document"), documents.OPENAPI),
        "/conformance": _get("conformance", _("What this API conforms to"), "application/json"),
        "/collections": _get("collections", _("Layers"), "application/json"),
    }
    for layer in layers:
        paths |= _paths(layer)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1", "license": {"name": "AGPL-3.0-or-later"}},
        "servers": [{"url": root.rstrip("/")}],
        "security": KEYS,
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic", "description": _("Any name; the key as password.")},
            },
            "schemas": {"Exception": EXCEPTION},
            "responses": {
                "Refused": _answer(_("A parameter is unknown or wrong."), "application/json", EXCEPTION_REF),
                "KeyRefused": _answer(
                    _("The key that came with it opens nothing."), "application/json", EXCEPTION_REF
                ),
                "Absent": _answer(_("There is nothing of that name."), "application/json", EXCEPTION_REF),
            },
        },
    }


EXCEPTION = {
    "type": "object",
    "required": ["code"],
    "properties": {
        "code": {"type": "string"},
        "description": {"type": "string"},
        "parameter": {"type": "string"},
    },
}
EXCEPTION_REF = {"$ref": "#/components/schemas/Exception"}


def _paths(layer: Layer) -> dict:
    here, name = f"/collections/{layer.name}", layer.name
    which = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    one = _get(f"{name}_item", _("One feature"), documents.GEOJSON, which, _system("crs"))
    return {
        here: _get(f"{name}_collection", layer.title, "application/json"),
        f"{here}/queryables": _get(f"{name}_queryables", _("Properties to filter by"), documents.SCHEMA),
        f"{here}/items": _get(f"{name}_items", _("Features"), documents.GEOJSON, *_parameters(layer)),
        f"{here}/items/{{featureId}}": one,
    }


def _get(name: str, summary: str, media_type: str, *parameters: dict) -> dict:
    answers = {"200": _answer(str(summary), media_type, {"type": "object"}), **ERRORS}
    return {
        "get": {
            "operationId": name,
            "summary": str(summary),
            "parameters": [JSON_FORMAT, *parameters],
            "responses": answers,
        }
    }


def _answer(description: str, media_type: str, schema: dict) -> dict:
    return {
        "description": description,
        "content": {media_type: {"schema": schema}, "text/html": {"schema": {"type": "string"}}},
    }


def _parameters(layer: Layer) -> list[dict]:
    box = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    own = {one.name: one for one in layer.fields}
    filters = {one.name: one for one in layer.filters}
    found = [
        _query("limit", {"type": "integer", "minimum": 1, "maximum": items.MAX_LIMIT, "default": items.LIMIT}),
        _query("bbox", box) | {"style": "form", "explode": False},
        _system("bbox-crs"),
        _query("datetime", {"type": "string"}),
        _system("crs"),
        _query("filter", {"type": "string"}),
        _query("filter-lang", {"type": "string", "enum": list(question.LANGUAGES)}),
        _system("filter-crs"),
        _query("sortby", {"type": "array", "items": {"type": "string", "pattern": _signed(own)}})
        | {"style": "form", "explode": False},
        _query("properties", {"type": "array", "items": {"type": "string", "enum": list(own)}})
        | {"style": "form", "explode": False},
        _query("cursor", {"type": "string"}),
        _query("territory", {"type": "string"}),
    ]
    if layer.moment:
        found += [
            _query("since", {"type": "string", "format": "date"}),
            _query("until", {"type": "string", "format": "date"}),
            _query("days", {"type": "string", "pattern": "^([0-9]{1,4}|all)$"}),
        ]
    for name, one in filters.items():
        values = {"type": "array", "items": {"type": "string", "enum": [choice.value for choice in one.choices()]}}
        found.append(_query(name, values, one.title))
    for name, one in own.items():
        if name not in filters:
            found.append(_query(name, documents.JSON_TYPES[one.type], one.title))
    return found


def _signed(names) -> str:
    return f"^[+-]?({'|'.join(names)})$"


def _query(name: str, schema: dict, title: str = "") -> dict:
    found = {"name": name, "in": "query", "required": False, "schema": schema}
    return found | ({"description": str(title)} if title else {})


def _system(name: str) -> dict:
    return _query(name, {"type": "string", "format": "uri", "enum": [system.uri for system in crs.SYSTEMS]})
