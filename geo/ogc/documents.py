"""The documents of OGC API – Features: what there is, where, in which reference systems, with which properties."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db.models import Min
from django.utils.translation import gettext as _

from geo import crs
from geo.layers import Field, Layer
from geo.models import Boundary
from geo.ogc.cql import GEOMETRY

KEPT = 3600  # seconds for which an extent is good enough
WORLD = (-180.0, -90.0, 180.0, 90.0)
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
FEATURES_1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
FEATURES_3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    f"{FEATURES_1}/core",
    f"{FEATURES_1}/geojson",
    f"{FEATURES_1}/html",
    f"{FEATURES_1}/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    f"{FEATURES_3}/queryables",
    f"{FEATURES_3}/queryables-query-parameters",
    f"{FEATURES_3}/filter",
    f"{FEATURES_3}/features-filter",
    f"{CQL2}/cql2-text",
    f"{CQL2}/cql2-json",
    f"{CQL2}/basic-cql2",
    f"{CQL2}/advanced-comparison-operators",
    f"{CQL2}/case-insensitive-comparison",
    f"{CQL2}/basic-spatial-functions",
    f"{CQL2}/basic-spatial-functions-plus",
    f"{CQL2}/spatial-functions",
    f"{CQL2}/temporal-functions",
)
# What CQL2's JSON Schema says of each of our types.
JSON_TYPES = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}
GEOMETRY_FORMATS = {
    "POINT": "geometry-point",
    "MULTIPOINT": "geometry-multipoint",
    "LINESTRING": "geometry-linestring",
    "MULTILINESTRING": "geometry-multilinestring",
    "POLYGON": "geometry-polygon",
    "MULTIPOLYGON": "geometry-multipolygon",
}


def link(rel: str, href: str, media_type: str = "application/json", title: str = "") -> dict:
    """A link as OGC writes it."""
    return {"rel": rel, "type": media_type, "href": href} | ({"title": title} if title else {})


def landing(root: str, title: str, description: str) -> dict:
    """What stands at the door; `root` is the address of the API, ending with a slash."""
    return {
        "title": title,
        "description": description,
        "links": [
            link("service-desc", f"{root}api", OPENAPI, _("Definition of this API (OpenAPI 3.0)")),
            link("service-doc", f"{root}api?f=html", "text/html", _("Definition of this API, to read")),
            link("conformance", f"{root}conformance", title=_("What this API conforms to")),
            link("data", f"{root}collections", title=_("Layers")),
        ],
    }


def conformance() -> dict:
    """The classes of OGC API – Features this service passes."""
    return {"conformsTo": list(CONFORMANCE), "links": []}


def collections(root: str, layers: list[Layer]) -> dict:
    """All layers that exist for somebody."""
    return {
        "links": [],
        "crs": [system.uri for system in crs.SYSTEMS],
        "collections": [collection(root, layer) for layer in layers],
    }


def collection(root: str, layer: Layer) -> dict:
    """One layer."""
    here = f"{root}collections/{layer.name}"
    return {
        "id": layer.name,
        "title": str(layer.title),
        "description": str(layer.description),
        "itemType": "feature",
        "extent": extent(layer),
        "crs": [system.uri for system in crs.SYSTEMS],
        "storageCrs": crs.CRS84.uri,
        "links": [
            link("self", here, title=str(layer.title)),
            link("alternate", f"{here}?f=html", "text/html", str(layer.title)),
            link("items", f"{here}/items", GEOJSON, _("Features")),
            link("items", f"{here}/items?f=html", "text/html", _("Features, to read")),
            link(
                "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                f"{here}/queryables",
                SCHEMA,
                _("Properties to filter by"),
            ),
        ],
    }


def queryables(root: str, layer: Layer) -> dict:
    """The properties one can filter by, as a JSON Schema."""
    geometry = layer.type_of(layer.queryset(AnonymousUser()))
    properties = {one.name: _property(one) for one in layer.fields}
    properties[GEOMETRY] = {
        "title": _("Geometry"),
        "x-ogc-role": "primary-geometry",
        "format": GEOMETRY_FORMATS.get(geometry, "geometry-any"),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{root}collections/{layer.name}/queryables",
        "type": "object",
        "title": str(layer.title),
        "properties": properties,
        "additionalProperties": False,
    }


def _property(field: Field) -> dict:
    return {"title": str(field.title), **JSON_TYPES[field.type]}


def extent(layer: Layer) -> dict:
    """Where and when the layer has features: what a stranger sees of it, for nobody learns more from its extent."""
    key = f"ogc-extent:{layer.name}"
    found = cache.get(key)
    if found is None:
        cache.set(key, found := _extent(layer), KEPT)
    return found


def _extent(layer: Layer) -> dict:
    wanted = {"box": Extent(layer.geometry)}
    if layer.moment:
        wanted["first"] = Min(layer.moment)
    stranger = AnonymousUser()
    found = layer.queryset(stranger).order_by().aggregate(**wanted) if layer.open_to(stranger) else {}
    box = found.get("box") or Boundary.objects.valid().aggregate(box=Extent("geometry"))["box"] or WORLD
    first = found.get("first")
    temporal = {"interval": [[first.isoformat() if first else None, None]], "trs": GREGORIAN}
    return {"spatial": {"bbox": [list(box)], "crs": crs.CRS84.uri}} | ({"temporal": temporal} if layer.moment else {})
