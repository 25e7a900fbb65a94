"""Features of a layer as GeoJSON that the database writes: Python only joins the texts."""

from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Transform
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, DateTimeField, F, Func, QuerySet, Value
from django.db.models.functions import Cast

from geo.crs import System
from geo.layers import Field, Layer
from geo.ogc import paging
from geo.ogc.cql import column
from geo.ogc.paging import Cursor, Key

MAX_LIMIT = 10_000
# What a client gets that names none. (GDAL names 10 before its version 3.7; see docs/gis.md.)
LIMIT = 1_000
# Beyond so many the total is not counted: counting a million rows for each page is what makes such services slow.
MAX_COUNTED = 10_000

FEATURE = """
SELECT '{{"type":"Feature","id":' || to_json(o.item_key)::text
    || ',"geometry":' || coalesce(ST_AsGeoJSON({place}, {decimals}, 0), 'null')
    || ',"properties":' || {properties} || '}}'{sorts}
FROM ({rows}) o
"""
PROPERTIES = "(SELECT row_to_json(p)::text FROM (SELECT {columns}) p)"


@dataclass(frozen=True)
class Page:
    """Features as JSON texts, and the cursors of the pages beside this one (None where there is none)."""

    features: list[str]
    following: Cursor | None
    previous: Cursor | None


def aliased(layer: Layer, rows: QuerySet) -> QuerySet:
    """The rows with each property of the layer under the alias by which it is compared and sorted."""
    return rows.alias(**{column(one.name): one.expression for one in layer.fields})


def page(
    layer: Layer,
    rows: QuerySet,
    system: System,
    *,
    names: list[str],
    keys: list[Key],
    cursor: Cursor | None,
    limit: int,
) -> Page:
    """At most `limit` features of `rows` (from `aliased`) with these properties, in that order, in that system."""
    found = _features(layer, paging.cut(rows, keys, cursor), system, names, keys, limit + 1)
    more, found = len(found) > limit, found[:limit]
    backwards = bool(cursor and cursor.backwards)
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)
    first, last = (Cursor(tuple(found[at][1:]), at == 0) for at in (0, -1))
    return Page(
        [one[0] for one in found],
        following=last if more or backwards else None,
        previous=first if (more if backwards else cursor) else None,
    )


def one(layer: Layer, rows: QuerySet, system: System, key: str) -> str | None:
    """The feature with that key as JSON; None where there is none."""
    try:
        rows = rows.filter(**{layer.key: key})
    except ValueError:  # letters where keys are numbers
        return None
    names = [field.name for field in layer.fields]
    found = _features(layer, aliased(layer, rows).order_by("pk"), system, names, [], 1)
    return found[0][0] if found else None


def counted(rows: QuerySet) -> int | None:
    """How many rows there are; None where there are more than MAX_COUNTED."""
    count = rows.order_by()[: MAX_COUNTED + 1].count()
    return count if count <= MAX_COUNTED else None


def _features(layer: Layer, rows: QuerySet, system: System, names: list[str], keys: list[Key], limit: int) -> list:
    """[(GeoJSON, the sort values…), …] in the order of `rows`."""
    try:
        sql, parameters = query(layer, rows, system, names, keys, limit)
    except EmptyResultSet:  # a number that no column can hold
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def query(
    layer: Layer, rows: QuerySet, system: System, names: list[str], keys: list[Key], limit: int
) -> tuple[str, tuple]:
    """SQL and parameters that give GeoJSON and the sort values of the first `limit` rows."""
    place = F(layer.geometry) if system.srid == 4326 else Transform(layer.geometry, system.srid)
    chosen = {f"out_{at}": _written(one) for at, one in enumerate(_fields(layer, names))}
    sorts = {f"sort_{at}": F(key.alias) for at, key in enumerate(keys)}
    columns = {"item_key": Cast(layer.key, CharField()), "item_place": place, **chosen, **sorts}
    sql, parameters = rows.annotate(**columns).values_list(*columns)[:limit].query.sql_with_params()
    properties = ", ".join(f"o.out_{at} AS {connection.ops.quote_name(name)}" for at, name in enumerate(names))
    return (
        FEATURE.format(
            place="ST_FlipCoordinates(o.item_place)" if system.north_first else "o.item_place",
            decimals=system.decimals,
            properties=PROPERTIES.format(columns=properties) if names else "'{}'",
            sorts="".join(f", o.{name}" for name in sorts),
            rows=sql,
        ),
        parameters,
    )


def _written(one: Field):
    """As clients read it: GDAL knows no less than milliseconds."""
    source = one.expression
    if one.type != "datetime":
        return source
    return Func(Value("milliseconds"), source, function="DATE_TRUNC", output_field=DateTimeField())


def _fields(layer: Layer, names: list[str]) -> list[Field]:
    known = {one.name: one for one in layer.fields}
    return [known[name] for name in names]
