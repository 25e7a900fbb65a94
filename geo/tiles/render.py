"""The bytes of a tile: the objects themselves where they are few, counts per cell where they are many."""

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import CharField, F, FloatField, Func, QuerySet, Value
from django.db.models.functions import Cast

from geo.layers import Field, Layer, expression
from geo.tiles.grid import BUFFER, CELLS, EXTENT, Tile

# More points than this in one tile are counts: a phone draws no more, and nobody could tell them apart.
MAX_OBJECTS = 1_000
# Simplified to this share of a tile's unit: what is lost is less than a pixel of a sharp screen.
FINENESS = 0.5

OBJECTS = """
SELECT ST_AsMVT(t, {layer}, {extent}, 'mvt') FROM (
    SELECT ST_AsMVTGeom({place}, ST_TileEnvelope({z}, {x}, {y}), {extent}, {buffer}, true) AS mvt, {columns}
    FROM ({rows}) r
) t WHERE mvt IS NOT NULL
"""
# Each cell once, at the middle of what is in it; OFFSET 0 as in geo.viewport.
CELLS_OF = """
SELECT ST_AsMVT(t, {layer}, {extent}, 'mvt') FROM (
    SELECT ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(sum(sx) / sum(n), sum(sy) / sum(n)), 4326), 3857),
                        ST_TileEnvelope({z}, {x}, {y}), {extent}, 0, true) AS mvt,
           sum(n)::integer AS count, (array_agg(style ORDER BY n DESC, style))[1] AS style
    FROM (
        SELECT floor((px - %s) / %s) AS cx, floor((py - %s) / %s) AS cy, pstyle AS style,
               count(*) AS n, sum(px) AS sx, sum(py) AS sy
        FROM ({rows} OFFSET 0) r GROUP BY 1, 2, 3
    ) counted GROUP BY cx, cy
) t WHERE mvt IS NOT NULL
"""


def render(layer: Layer, rows: QuerySet, tile: Tile) -> bytes:
    """The tile as bytes of MVT, empty where nothing lies in it.

    One layer of the layer's name: features with the layer's fields, `key`, `style` and `label`; or, where more than
    MAX_OBJECTS points lie in the tile, points with `count` and the commonest `style`.
    """
    if is_points(layer, rows):
        inside = rows.filter(**{f"{layer.geometry}__bboverlaps": square(tile)})
        if inside.order_by()[: MAX_OBJECTS + 1].count() > MAX_OBJECTS:
            return _fetch(*cells_query(layer, inside, tile))
    around = rows.filter(**{f"{layer.geometry}__bboverlaps": square(tile, BUFFER / EXTENT)})
    return _fetch(*objects_query(layer, around, tile))


def objects_query(layer: Layer, rows: QuerySet, tile: Tile) -> tuple[str, tuple]:
    """SQL and parameters for a tile of the rows themselves."""
    place = F(layer.geometry)
    if not is_points(layer, rows):
        # In degrees: a unit of the tile at the equator.
        unit = 360 / 2**tile.z / EXTENT * FINENESS
        place = Func(place, Value(unit), function="ST_SimplifyPreserveTopology", output_field=GeometryField())
    columns = {
        "tile_place": place,
        "tile_key": Cast(layer.key, CharField()),
        "tile_style": expression(layer.style),
        "tile_label": expression(layer.label),
        **{f"tile_{at}": _written(one) for at, one in enumerate(layer.fields)},
    }
    names = {"tile_key": "key", "tile_style": "style", "tile_label": "label"}
    names |= {f"tile_{at}": one.name for at, one in enumerate(layer.fields)}
    sql, parameters = rows.order_by().values(**columns).query.sql_with_params()
    return (
        OBJECTS.format(
            **_where(layer, tile),
            buffer=BUFFER,
            place="ST_Transform(r.tile_place, 3857)",
            columns=", ".join(f"r.{alias} AS {connection.ops.quote_name(name)}" for alias, name in names.items()),
            rows=sql,
        ),
        parameters,
    )


def cells_query(layer: Layer, rows: QuerySet, tile: Tile) -> tuple[str, tuple]:
    """SQL and parameters for a tile of counts; `rows` are points."""
    west, south, east, north = tile.box()
    columns = {
        "px": Func(F(layer.geometry), function="ST_X", output_field=FloatField()),
        "py": Func(F(layer.geometry), function="ST_Y", output_field=FloatField()),
        "pstyle": expression(layer.style),
    }
    sql, parameters = rows.order_by().values(**columns).query.sql_with_params()
    steps = (west, (east - west) / CELLS, south, (north - south) / CELLS)
    return CELLS_OF.format(**_where(layer, tile), rows=sql), (*steps, *parameters)


def _where(layer: Layer, tile: Tile) -> dict:
    return {"layer": f"'{layer.name}'", "extent": EXTENT, "z": tile.z, "x": tile.x, "y": tile.y}


def is_points(layer: Layer, rows: QuerySet) -> bool:
    """Whether the layer's geometries are points."""
    return layer.type_of(rows) == "POINT"


def square(tile: Tile, margin: float = 0.0) -> Polygon:
    """Where the tile lies, in EPSG:4326, with so much of its width more on each side."""
    polygon = Polygon.from_bbox(tile.box(margin))
    polygon.srid = 4326
    return polygon


def _written(one: Field):
    """A value as MVT has types for it: dates become texts."""
    source = one.expression
    return Cast(source, CharField()) if one.type in ("date", "datetime") else source


def _fetch(sql: str, parameters: tuple) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return bytes(cursor.fetchone()[0] or b"")
