"""What a request for features asks, read and checked: an unknown or wrong parameter is refused by its name."""

import math
import re
from dataclasses import dataclass

from django.contrib.gis.geos import Polygon
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from geo import crs, spatial
from geo.layers import BadParameter, Layer
from geo.ogc import cql, items, paging, times

FORMATS = ("json", "html")
EVERYWHERE = {"f", "api_key"}
ITEMS = {
    "limit",
    "bbox",
    "bbox-crs",
    "datetime",
    "crs",
    "filter",
    "filter-lang",
    "filter-crs",
    "sortby",
    "properties",
    "cursor",
}
LANGUAGES = {"cql2-text": "text", "cql2-json": "json"}


def check(given: QueryDict, known: set[str]) -> None:
    """Refuses what is not among `known`, and what is said twice. Raises BadParameter."""
    for name in sorted(set(given) - known - EVERYWHERE):
        raise BadParameter(name, _("This parameter does not exist."))
    for name, values in given.lists():
        if any("\0" in value for value in values):
            raise BadParameter(name, _("This holds a sign that cannot be read."))
        if len(values) > 1 and name in ITEMS | EVERYWHERE:
            raise BadParameter(name, _("Give this parameter once."))


@dataclass(frozen=True)
class Question:
    """A page of features: which rows, how many, in which order, system and with which properties."""

    rows: QuerySet
    system: crs.System
    limit: int
    keys: list[paging.Key]
    cursor: paging.Cursor | None
    names: list[str]


def parameters(layer: Layer) -> set[str]:
    """The names that `read` understands: OGC's, the layer's filters and its properties."""
    return ITEMS | layer.parameters() | {one.name for one in layer.fields}


def read(layer: Layer, viewer, given: QueryDict) -> Question:
    """The question that an address asks about the layer. Raises BadParameter."""
    check(given, parameters(layer))
    for name in ("crs", "bbox-crs", "filter-crs"):
        system(given, name)
    if given.get("filter-lang", "cql2-text") not in LANGUAGES:
        raise BadParameter("filter-lang", _("Give one of: %(all)s.") % {"all": ", ".join(LANGUAGES)})
    own = given.copy()
    own.pop("bbox", None)  # in a system of its choice, below
    rows = items.aliased(layer, layer.select(viewer, own))
    if text := given.get("bbox"):
        rows = rows.filter(_in_box(layer, text, system(given, "bbox-crs")))
    if text := given.get("datetime"):
        rows = rows.filter(_during(layer, text))
    if text := given.get("filter"):
        rows = rows.filter(_filtered(layer, text, given))
    compiler = cql.Compiler(layer, crs.CRS84)
    for name in {one.name for one in layer.fields} & set(given) - layer.parameters():
        for text in given.getlist(name):
            rows = rows.filter(compiler.equals(name, text))
    keys = paging.sort_keys(given.get("sortby", ""), layer, rows.model, cql.column)
    return Question(
        rows=rows,
        system=system(given, "crs"),
        limit=_limit(given.get("limit", "")),
        keys=keys,
        cursor=paging.parse(given["cursor"], layer, keys) if given.get("cursor") else None,
        names=_properties(layer, given),
    )


def system(given: QueryDict, name: str) -> crs.System:
    """The reference system that a parameter names; CRS84 where it is absent. Raises BadParameter."""
    if name not in given:
        return crs.CRS84
    if found := crs.BY_URI.get(given[name]):
        return found
    raise BadParameter(name, _("This reference system is not among those of the collection."))


def _limit(text: str) -> int:
    if not text:
        return items.LIMIT
    if not (text.isascii() and text.isdigit() and int(text[:10]) > 0):
        raise BadParameter("limit", _("Give a whole number from 1 to %(max)d.") % {"max": items.MAX_LIMIT})
    return min(int(text[:10]), items.MAX_LIMIT)


def _properties(layer: Layer, given: QueryDict) -> list[str]:
    known = [one.name for one in layer.fields]
    if "properties" not in given:
        return known
    wanted = [name for name in given["properties"].split(",") if name]
    for name in wanted:
        if name not in known:
            raise BadParameter("properties", _("There is no property “%(name)s”.") % {"name": name[:60]})
    return [name for name in known if name in wanted]


def _in_box(layer: Layer, text: str, system: crs.System) -> Q:
    """`bbox` of 4 or 6 numbers, in the order of axes of its system; west of a box may lie east of it (7.15.3)."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise BadParameter("bbox", _("Give four numbers (or six): the lower corner, then the upper one."))
    west, south, east, north = numbers if len(numbers) == 4 else [*numbers[:2], *numbers[3:5]]
    if system.north_first:
        west, south, east, north = south, west, north, east
    if south > north:
        raise BadParameter("bbox", _("Give four numbers (or six): the lower corner, then the upper one."))
    degrees = system.srid in (4326, 4171)
    if degrees and not (abs(south) <= 90 and abs(north) <= 90 and abs(west) <= 180 and abs(east) <= 180):
        raise BadParameter("bbox", _("This lies outside of the reference system."))
    if west > east and not degrees:
        raise BadParameter("bbox", _("Give four numbers (or six): the lower corner, then the upper one."))
    boxes = [(west, south, east, north)] if west <= east else [(west, south, 180, north), (-180, south, east, north)]
    try:
        found = [spatial.related("s_intersects", layer.geometry, Polygon.from_bbox(box), system) for box in boxes]
    except spatial.OutOfReach:
        raise BadParameter("bbox", _("This lies outside of the reference system.")) from None
    return Q(*found, _connector=Q.OR)


def _during(layer: Layer, text: str) -> Q:
    """`datetime`: an instant or an interval; what has no date is always among them (7.15.4)."""
    try:
        start, slash, end = text.partition("/")
        span = times.interval(start, end) if slash else times.span(text)
        if slash and start in times.OPEN and end in times.OPEN and not (start or end):
            raise ValueError(text)
    except ValueError:
        raise BadParameter("datetime", _("Give an instant (RFC 3339), or two with a slash between them.")) from None
    if not layer.moment:
        return Q()
    inside = Q()
    if span.start != times.BEFORE_ALL:
        inside &= Q(**{f"{layer.moment}__gte": span.start})
    if span.end != times.AFTER_ALL:
        inside &= Q(**{f"{layer.moment}__lte": span.end})
    return inside | Q(**{f"{layer.moment}__isnull": True}) if inside else inside


def _filtered(layer: Layer, text: str, given: QueryDict) -> Q:
    language = given.get("filter-lang") or ("cql2-json" if re.match(r"\s*\{", text) else "cql2-text")
    if language not in LANGUAGES:
        raise BadParameter("filter-lang", _("Give one of: %(all)s.") % {"all": ", ".join(LANGUAGES)})
    return cql.condition(text, LANGUAGES[language], layer, system(given, "filter-crs"))
