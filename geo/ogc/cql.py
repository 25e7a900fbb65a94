"""CQL2 (OGC 21-065r2) as conditions of the ORM: the `cql2` library reads it, here each node becomes SQL.

Only the layer's own properties can be named, each literal is a parameter, and three-valued logic is the database's.
"""

import json
import math
import re

import cql2
import shapely
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, Polygon
from django.db.models import BooleanField, F, Func, Q, TextField, Value, lookups
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from geo import spatial
from geo.crs import System
from geo.layers import BadParameter, Field, Layer
from geo.ogc import times

MAX_LENGTH = 8_000  # characters
MAX_DEPTH = 40  # the parser, we and the database all go down one level for each
GEOMETRY = "geometry"
READ = {"text": cql2.parse_text, "json": cql2.parse_json}
COMPARE = {
    "=": lookups.Exact,
    "<": lookups.LessThan,
    ">": lookups.GreaterThan,
    "<=": lookups.LessThanOrEqual,
    ">=": lookups.GreaterThanOrEqual,
}
# Read from the right: 3 < a is a > 3.
TURNED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
TURNED_SPATIAL = {"s_within": "s_contains", "s_contains": "s_within"}
NUMBERS = ("integer", "number")
TIMES = ("date", "datetime")
BIGGEST = 2**63 - 1


def condition(text: str, language: str, layer: Layer, system: System) -> Q:
    """The filter `text` in `language` ("text" or "json") on the layer's properties; its geometries are in `system`.

    Each property is meant as the alias `column(name)` and the geometry as the layer's field. Raises BadParameter
    ("filter") with what is wrong.
    """
    if len(text) > MAX_LENGTH:
        sizes = {"length": len(text), "max": MAX_LENGTH}
        raise _bad(_("The filter has %(length)d characters; at most %(max)d are read.") % sizes)
    if "\0" in text or _depth(text) > MAX_DEPTH:
        raise _bad(_("The filter is nested too deeply, or holds a sign that no filter has."))
    try:
        tree = READ[language](text).to_json()
    except Exception as error:  # of several kinds, and some bare: whatever it is, the text was no filter
        raise _bad(_("The filter cannot be read: %(reason)s") % {"reason": " ".join(str(error).split())}) from error
    return Compiler(layer, system).condition(tree)


def column(name: str) -> str:
    """The alias under which a property of the layer is compared."""
    return f"is_{name}"


def _bad(message: str) -> BadParameter:
    return BadParameter("filter", message)


def _depth(text: str) -> int:
    """How deep the brackets of `text` go, or how many NOT and minus signs follow each other: at least the parser's."""
    depth = deepest = 0
    for sign in re.findall(r"[][(){}]", text):
        depth += 1 if sign in "([{" else -1
        deepest = max(deepest, depth)
    runs = re.findall(r"(?:not\b[\s(]*|-\s*){2,}", text, re.IGNORECASE)
    return max([deepest, *(len(re.findall(r"not|-", run, re.IGNORECASE)) for run in runs)])


class Compiler:
    """Turns nodes of CQL2's JSON into Q objects for one layer."""

    def __init__(self, layer: Layer, system: System):
        self.layer = layer
        self.system = system
        self.fields = {one.name: one for one in layer.fields}
        self.handlers = {
            "between": self._between,
            "like": self._like,
            "in": self._in,
            "isnull": self._is_null,
            **dict.fromkeys(TURNED, self._compare),
            **dict.fromkeys(spatial.RELATIONS, self._spatial),
            **dict.fromkeys([*times.RELATIONS, "t_disjoint"], self._temporal),
        }

    def condition(self, node, depth: int = 0) -> Q:
        """The Q of a node that is true or false."""
        if depth > MAX_DEPTH:
            raise _bad(_("The filter is nested too deeply, or holds a sign that no filter has."))
        if isinstance(node, bool):
            return Q(Value(node, output_field=BooleanField()))
        operator = str(node.get("op", "")).lower() if isinstance(node, dict) else ""
        if operator in ("and", "or", "not"):
            parts = [self.condition(one, depth + 1) for one in node["args"]]
            return self._joined(operator, parts)
        if operator not in self.handlers:
            raise _bad(_("“%(what)s” is no condition that can be used here.") % {"what": operator or "…"})
        return self.handlers[operator](operator, node["args"])

    def equals(self, name: str, text: str) -> Q:
        """The property `name` equals what an address says: `?name=text`. Raises BadParameter (that name)."""
        field = self.fields[name]
        try:
            value = json.loads(text) if field.type in (*NUMBERS, "boolean") else text
            return self._compare("=", [{"property": name}, value])
        except (ValueError, RecursionError) as error:
            message = str(error) if isinstance(error, BadParameter) else _("This is no value of that property.")
            raise BadParameter(name, message) from error

    def _joined(self, operator: str, parts: list[Q]) -> Q:
        if operator == "not":
            (only,) = self._exactly(1, parts)
            return ~only
        if not parts:
            raise _bad(_("A condition is missing."))
        return Q(*parts, _connector=Q.AND if operator == "and" else Q.OR)

    # Comparisons

    def _compare(self, operator: str, arguments: list) -> Q:
        left, right = self._exactly(2, arguments)
        if not self._is_named(left) and self._is_named(right):
            left, right, operator = right, left, TURNED[operator]
        field, expression, small = self._named(left)
        if self._is_named(right):
            other, value, _small = self._named(right)
            if _kind(other) != _kind(field):
                raise _bad(
                    _("“%(one)s” and “%(other)s” cannot be compared.") % {"one": field.name, "other": other.name}
                )
            return self._simple(operator, expression, value)
        if field.type in TIMES:
            return self._compare_time(operator, field, expression, self._span(right, field))
        return self._simple(operator, expression, self._literal(right, field, small))

    def _simple(self, operator: str, left, right) -> Q:
        return ~Q(lookups.Exact(left, right)) if operator == "<>" else Q(COMPARE[operator](left, right))

    def _compare_time(self, operator: str, field: Field, expression, span: times.Span) -> Q:
        """A day is all its instants: after it is after its end."""
        if operator in ("=", "<>"):
            inside = self._bound(field, expression, ">=", span.start) & self._bound(field, expression, "<=", span.end)
            return inside if operator == "=" else ~inside
        return self._bound(field, expression, operator, span.end if operator in ("<=", ">") else span.start)

    def _between(self, _operator: str, arguments: list) -> Q:
        value, low, high = self._exactly(3, arguments)
        return self._compare(">=", [value, low]) & self._compare("<=", [value, high])

    def _in(self, _operator: str, arguments: list) -> Q:
        value, among = self._exactly(2, arguments)
        if not isinstance(among, list) or not among:
            raise _bad(_("A list of values is missing."))
        return Q(*(self._compare("=", [value, one]) for one in among), _connector=Q.OR)

    def _like(self, _operator: str, arguments: list) -> Q:
        value, pattern = self._exactly(2, arguments)
        field, expression, small = self._named(value)
        text = self._literal(pattern, field, small)
        if field.type != "string" or not isinstance(text.value, str):
            raise _bad(_("LIKE compares text with a pattern."))
        if re.search(r"(?<!\\)(\\\\)*\\$", text.value):
            raise _bad(_("The pattern of LIKE ends with a backslash that escapes nothing."))
        return Q(
            Func(expression, text, template="(%(expressions)s)", arg_joiner=" LIKE ", output_field=BooleanField())
        )

    def _is_null(self, _operator: str, arguments: list) -> Q:
        (value,) = self._exactly(1, arguments)
        if isinstance(value, dict) and value.get("property") == GEOMETRY:
            return Q(**{f"{self.layer.geometry}__isnull": True})
        return Q(lookups.IsNull(self._named(value)[1], True))

    # Properties and literals

    def _exactly(self, count: int, arguments: list) -> list:
        if len(arguments) != count:
            raise _bad(
                _("An operator has %(given)d operands instead of %(count)d.")
                % {"given": len(arguments), "count": count}
            )
        return arguments

    def _is_named(self, node) -> bool:
        """Whether this is a property, maybe in small letters."""
        if isinstance(node, dict) and str(node.get("op", "")).lower() == "casei":
            return any(self._is_named(one) for one in node["args"])
        return isinstance(node, dict) and "property" in node

    def _named(self, node) -> tuple[Field, object, bool]:
        """(field, its expression, whether in small letters) of a property."""
        if not self._is_named(node):
            raise _bad(_("A property is missing beside %(what)s.") % {"what": _short(node)})
        if "property" not in node:
            field, expression, _small = self._named(*self._exactly(1, node["args"]))
            if field.type != "string":
                raise _bad(_("CASEI is for text; “%(name)s” is none.") % {"name": field.name})
            return field, Lower(expression), True
        field = self.fields.get(node["property"])
        if field is None:
            known = {"name": node["property"], "known": ", ".join(sorted(self.fields))}
            raise _bad(_("There is no property “%(name)s”. There are: %(known)s.") % known)
        return field, F(column(field.name)), False

    def _literal(self, node, field: Field, small: bool) -> Value:
        """A constant of the property's type."""
        lowered = isinstance(node, dict) and str(node.get("op", "")).lower() == "casei"
        if lowered:
            (node,) = self._exactly(1, node["args"])
        if field.type == "string" and isinstance(node, str):
            return Value(node.lower() if small or lowered else node, output_field=TextField())
        if field.type == "boolean" and isinstance(node, bool):
            return Value(node)
        if field.type in NUMBERS and isinstance(node, int | float) and not isinstance(node, bool):
            if not abs(node) <= BIGGEST:
                raise _bad(_("The number is too large."))
            return Value(int(node) if float(node).is_integer() else float(node))
        raise _bad(
            _("“%(name)s” is of type %(type)s; %(what)s is not.")
            % {"name": field.name, "type": field.type, "what": _short(node)}
        )

    # Time

    def _temporal(self, relation: str, arguments: list) -> Q:
        first, second = self._exactly(2, arguments)
        if not (self._names_time(first) or self._names_time(second)):
            raise _bad(_("A property is missing beside %(what)s.") % {"what": _short(first)})
        if relation == "t_disjoint":
            return ~self._temporal("t_intersects", arguments)
        spans = {"a": self._operand(first), "b": self._operand(second)}
        holds = Q()
        for left, sign, right in times.parts(relation):
            holds &= self._moments(self._end(spans, left), sign, self._end(spans, right))
        return holds

    def _names_time(self, node) -> bool:
        return self._is_named(node) or (
            isinstance(node, dict) and any(self._is_named(one) for one in node.get("interval", []))
        )

    def _end(self, spans: dict[str, times.Span], name: str):
        which, end = name.split(".")
        return getattr(spans[which], end)

    def _operand(self, node) -> times.Span:
        """A property, an interval of properties and constants, or a constant."""
        if self._is_named(node):
            moment = self._moment(node)
            return times.Span(moment, moment)
        if isinstance(node, dict) and "interval" in node:
            start, end = self._exactly(2, node["interval"])
            if not (self._is_named(start) or self._is_named(end)):
                return self._constant(node)
            return times.Span(
                self._moment(start) if self._is_named(start) else self._constant({"interval": [start, ".."]}).start,
                self._moment(end) if self._is_named(end) else self._constant({"interval": ["..", end]}).end,
            )
        return self._constant(node)

    def _moment(self, node):
        field, expression, _small = self._named(node)
        if field.type not in TIMES:
            raise _bad(_("“%(name)s” is no date.") % {"name": field.name})
        return field, expression

    def _moments(self, left, sign: str, right) -> Q:
        """left sign right, where each is a constant or a (field, expression)."""
        if isinstance(left, tuple) and isinstance(right, tuple):
            return Q(COMPARE[sign](left[1], right[1]))
        if isinstance(left, tuple):
            return self._bound(*left, sign, right)
        if isinstance(right, tuple):
            return self._bound(*right, TURNED[sign], left)
        return Q(Value(times.known(left, sign, right), output_field=BooleanField()))

    def _bound(self, field: Field, expression, sign: str, moment) -> Q:
        """The property before or after a constant, which may be an open end."""
        if moment in (times.BEFORE_ALL, times.AFTER_ALL):
            holds = times.known(None, sign, moment)
            return Q(lookups.IsNull(expression, False)) if holds else Q(Value(False, output_field=BooleanField()))
        if field.type == "date":
            moment = timezone.localtime(moment).date()
        return Q(COMPARE[sign](expression, Value(moment)))

    def _span(self, node, field: Field) -> times.Span:
        try:
            return self._constant(node)
        except BadParameter:
            raise _bad(
                _("“%(name)s” is of type %(type)s; %(what)s is not.")
                % {"name": field.name, "type": field.type, "what": _short(node)}
            ) from None

    def _constant(self, node) -> times.Span:
        try:
            match node:
                case str():
                    return times.span(node)
                case {"timestamp": str(text)} | {"date": str(text)}:
                    return times.span(text)
                case {"interval": [start, end]}:
                    return times.interval(_text(start), _text(end))
        except ValueError:
            pass
        raise _bad(_("%(what)s is no date, instant or interval.") % {"what": _short(node)})

    # Space

    def _spatial(self, relation: str, arguments: list) -> Q:
        left, right = self._exactly(2, arguments)
        if not self._is_named(left):
            left, right = right, left
            relation = TURNED_SPATIAL.get(relation, relation)
        if not self._is_named(left) or left.get("property") != GEOMETRY:
            raise _bad(_("A spatial operator compares the property “geometry” with a geometry."))
        try:
            return spatial.related(relation, self.layer.geometry, self._geometry(right), self.system)
        except spatial.OutOfReach:
            raise _bad(_("The geometry lies outside of its reference system.")) from None

    def _geometry(self, node) -> GEOSGeometry:
        try:
            given = self._read(node)
            reason = "" if given.valid else given.valid_reason
        except (GEOSException, GDALException, ValueError, TypeError, KeyError) as error:
            raise _bad(_("%(what)s is no geometry.") % {"what": _short(node)}) from error
        if reason or not all(map(math.isfinite, given.extent if not given.empty else ())):
            raise _bad(_("The geometry is not valid: %(reason)s") % {"reason": reason or "NaN"})
        return _swapped(given) if self.system.north_first else given

    def _read(self, node) -> GEOSGeometry:
        if isinstance(node, dict) and "bbox" in node:
            box = [float(one) for one in node["bbox"]]
            if len(box) == 6:
                box = [*box[:2], *box[3:5]]
            west, south, east, north = box
            return Polygon.from_bbox((west, south, east, north))
        given = GEOSGeometry(json.dumps(node))
        given.srid = None
        return given


def _swapped(given: GEOSGeometry) -> GEOSGeometry:
    """The geometry with x and y in each other's place."""

    turned = shapely.transform(shapely.from_wkb(bytes(given.wkb)), lambda places: places[:, ::-1])
    return GEOSGeometry(memoryview(shapely.to_wkb(turned)))


def _text(node) -> str:
    """A bound of an interval, however it is wrapped."""
    if isinstance(node, dict):
        node = node.get("date", node.get("timestamp"))
    if not isinstance(node, str):
        raise ValueError(node)
    return node


def _kind(field: Field) -> str:
    return "number" if field.type in NUMBERS else field.type


def _short(node) -> str:
    """A node in few words, for a message."""
    text = node if isinstance(node, str) else json.dumps(node, ensure_ascii=False)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
