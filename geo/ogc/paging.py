"""Pages that follow each other by key: the thousandth costs what the first does, and new rows move none.

A cursor holds the sort values of the row beside it, and on which side of it the page lies. It is sealed: who could
read or make one would count the rows that are not shown by the numbers that are missing.
"""

import datetime as dt
import json
from dataclasses import dataclass, replace

from django.db.models import F, Model, Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from common import opaque
from geo.layers import BadParameter, Field, Layer

MAX_KEYS = 4
MAX_CURSOR = 4_000


@dataclass(frozen=True)
class Key:
    """One thing the rows are sorted by: an alias of the query, its type, and the direction. Nothing sorts last."""

    alias: str
    type: str
    descending: bool = False
    nullable: bool = True


LAST = Key("pk", "integer", nullable=False)


@dataclass(frozen=True)
class Cursor:
    """The page after (or before) a row with these sort values."""

    values: tuple
    backwards: bool = False

    def text(self, layer: Layer, keys: list[Key]) -> str:
        """As it stands in an address of that layer, sorted so."""
        values = [one.isoformat() if isinstance(one, dt.date) else one for one in self.values]
        return opaque.sealed(_use(layer, keys), json.dumps([int(self.backwards), *values], separators=(",", ":")))


def sort_keys(text: str, layer: Layer, model: type[Model], alias) -> list[Key]:
    """`sortby=+a,-b` as keys, by `alias(name)`; the primary key of `model` comes last, in the direction of the one
    before it, as indexes of what is newest have it. Raises BadParameter.
    """
    fields = {one.name: one for one in layer.fields}
    keys = []
    for part in filter(None, text.replace(" ", "+").split(",")):
        name = part.lstrip("+-")
        if name not in fields or part not in (name, f"+{name}", f"-{name}"):
            raise BadParameter("sortby", _("There is no property “%(name)s” to sort by.") % {"name": part[:60]})
        field = fields[name]
        keys.append(Key(alias(name), field.type, part.startswith("-"), nullable=_may_be_nothing(field, model)))
    if len(keys) > MAX_KEYS:
        raise BadParameter("sortby", _("At most %(max)d properties can be sorted by.") % {"max": MAX_KEYS})
    return [*keys, replace(LAST, descending=bool(keys) and keys[-1].descending)]


def _may_be_nothing(field: Field, model: type[Model]) -> bool:
    """Unless it is a column of the table itself that always has a value."""
    name = field.source or field.name
    return not (isinstance(name, str) and any(one.name == name and not one.null for one in model._meta.fields))


def parse(text: str, layer: Layer, keys: list[Key]) -> Cursor:
    """The cursor that `Cursor.text` made for the same layer and keys. Raises BadParameter."""
    wrong = BadParameter("cursor", _("This page does not exist. Start again from the first."))
    try:
        backwards, *values = json.loads(opaque.opened(_use(layer, keys), text) if len(text) <= MAX_CURSOR else "")
        if backwards not in (0, 1) or len(values) != len(keys):
            raise wrong
        return Cursor(tuple(map(_typed, values, keys)), bool(backwards))
    except (ValueError, TypeError) as error:
        raise wrong from error


def _use(layer: Layer, keys: list[Key]) -> str:
    # In another layer the place it holds would tell its number by what comes next there.
    return f"cursor {layer.name} {keys}"


def _typed(value, key: Key):
    """A value as the database compares it with that key. Raises ValueError."""
    if value is None and key.nullable:
        return None
    kinds = {"integer": int, "number": (int, float), "boolean": bool}.get(key.type, str)
    if not isinstance(value, kinds) or (isinstance(value, bool) and key.type != "boolean"):
        raise ValueError(value)
    if key.type == "integer" and abs(value) >= 2**63:
        raise ValueError(value)
    if key.type in ("date", "datetime"):
        value = parse_date(value) if key.type == "date" else parse_datetime(value)
        if value is None or (key.type == "datetime" and value.tzinfo is None):
            raise ValueError(value)
    if isinstance(value, str) and "\0" in value:
        raise ValueError(value)
    return value


def cut(rows: QuerySet, keys: list[Key], cursor: Cursor | None) -> QuerySet:
    """The rows in order from the cursor on; those before it come nearest first."""
    backwards = bool(cursor and cursor.backwards)
    if cursor:
        rows = rows.filter(_beyond(keys, cursor.values, backwards))
    return rows.order_by(*(_order(key, backwards) for key in keys))


def _order(key: Key, backwards: bool):
    column = F(key.alias)
    nulls = {} if not key.nullable else {"nulls_first": True} if backwards else {"nulls_last": True}
    return column.desc(**nulls) if key.descending != backwards else column.asc(**nulls)


def _beyond(keys: list[Key], values: tuple, backwards: bool) -> Q:
    """Rows that come after these values: beyond in the first key, or equal there and beyond in the next, …"""
    found, equal = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        further = _further(key, value, backwards)
        if further is not None:
            found |= equal & further
        equal &= Q(**{f"{key.alias}__isnull": True}) if value is None else Q(**{key.alias: value})
    if not keys[0].nullable or values[0] is None:
        return found
    # Says of the first key alone what the rest implies: an index can begin there.
    return found & (_further(keys[0], values[0], backwards) | Q(**{keys[0].alias: values[0]}))


def _further(key: Key, value, backwards: bool) -> Q | None:
    if value is None:
        return Q(**{f"{key.alias}__isnull": False}) if backwards else None
    beyond = Q(**{f"{key.alias}__{'lt' if key.descending != backwards else 'gt'}": value})
    return beyond | Q(**{f"{key.alias}__isnull": True}) if key.nullable and not backwards else beyond
