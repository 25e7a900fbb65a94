"""What a map shows of a layer in a rectangle: objects when few, counts per cell when many.

The database builds the JSON, Python only hands it on, so the cost in Python does not grow with the rows.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import CharField, F, FloatField, Func, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from geo.layers import BadParameter, Layer, expression, parse_bbox

# More objects than this are shown as counts per cell: beyond it an old phone stutters and nobody reads the map.
MAX_OBJECTS = 400
# A cell is this many pixels wide, on a map of 256-pixel tiles.
CELL_PIXELS = 64
# Questions are rounded outwards to blocks of this many cells.
BLOCK = 4
MAX_ZOOM = 22

OBJECTS = """
SELECT count(*), json_build_object('type', 'objects', 'total', count(*), 'objects', coalesce(json_agg(
    json_build_array(map_key, round(map_x::numeric, 6), round(map_y::numeric, 6), map_style, map_label)
), '[]'::json))::text
FROM ({rows} LIMIT {limit}) o
"""

# Counted per cell and style first, so that a million rows pass through one hash table and nothing else. OFFSET 0
# keeps the planner from guessing a group per row, which would sort them all on disk.
CELLS = """
WITH counted AS (
    SELECT floor(map_x / %s) AS cx, floor(map_y / %s) AS cy, map_style AS style,
           count(*) AS n, sum(map_x) AS sx, sum(map_y) AS sy
    FROM ({rows} OFFSET 0) r GROUP BY 1, 2, 3
), cell AS (
    SELECT round((sum(sx) / sum(n))::numeric, 6) AS x, round((sum(sy) / sum(n))::numeric, 6) AS y, sum(n) AS n,
           (array_agg(style ORDER BY n DESC, style))[1] AS style
    FROM counted GROUP BY cx, cy
)
SELECT json_build_object('type', 'cells', 'total', coalesce(sum(n), 0), 'cells',
                         coalesce(json_agg(json_build_array(x, y, n, style)), '[]'::json))::text
FROM cell
"""


@dataclass(frozen=True)
class Grid:
    """Cells of `width` by `height` degrees: about square on the screen at that zoom and latitude."""

    width: float
    height: float

    @classmethod
    def at(cls, zoom: int, latitude: float) -> "Grid":
        """The grid of a map at `zoom` (0-22); latitude counts in steps of 5 degrees: panning keeps the grid."""
        width = 360 / 2**zoom * CELL_PIXELS / 256
        return cls(width, width * max(math.cos(math.radians(5 * round(latitude / 5))), 0.1))

    def around(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """The whole cells that touch `box` (west, south, east, north).

        No count is cut by the edge of the window, and people who look at about the same place ask the same question.
        """
        west, south, east, north = box
        block_x, block_y = self.width * BLOCK, self.height * BLOCK
        return (
            math.floor(west / block_x) * block_x,
            math.floor(south / block_y) * block_y,
            math.ceil(east / block_x) * block_x,
            math.ceil(north / block_y) * block_y,
        )


def asked(parameters: Mapping[str, str]) -> tuple[Grid, str]:
    """What a map asks for by `bbox` and `zoom`: the grid, and the bbox of whole cells of it. Raises BadParameter."""
    box = parse_bbox(parameters.get("bbox", "")).extent
    grid = Grid.at(_zoom(parameters.get("zoom", "")), (box[1] + box[3]) / 2)
    return grid, ",".join(map(repr, grid.around(box)))


def _zoom(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 3 and int(text) <= MAX_ZOOM):
        raise BadParameter("zoom", _("Give a whole number from 0 to %(max)d.") % {"max": MAX_ZOOM})
    return int(text)


def render(layer: Layer, rows: QuerySet, grid: Grid) -> str:
    """JSON of `rows` for a map with that grid.

    `{"type": "objects", "total", "objects": [[key, lon, lat, style, label], …]}` up to MAX_OBJECTS rows, else
    `{"type": "cells", "total", "cells": [[lon, lat, count, commonest style], …]}`; lon and lat of a cell are the mean
    of its rows, so that a lone group of objects is shown where it is.
    """
    with connection.cursor() as cursor:
        sql, parameters = objects_query(layer, rows)
        cursor.execute(sql, parameters)
        count, text = cursor.fetchone()
        if count > MAX_OBJECTS:
            sql, parameters = cells_query(layer, rows, grid)
            cursor.execute(sql, parameters)
            (text,) = cursor.fetchone()
    return text


def objects_query(layer: Layer, rows: QuerySet) -> tuple[str, tuple]:
    """SQL and parameters for the first MAX_OBJECTS + 1 rows."""
    rows, parameters = _compile(layer, rows, "map_key", "map_x", "map_y", "map_style", "map_label")
    return OBJECTS.format(rows=rows, limit=MAX_OBJECTS + 1), parameters


def cells_query(layer: Layer, rows: QuerySet, grid: Grid) -> tuple[str, tuple]:
    """SQL and parameters for the counts per cell."""
    rows, parameters = _compile(layer, rows, "map_x", "map_y", "map_style")
    return CELLS.format(rows=rows), (grid.width, grid.height, *parameters)


def _compile(layer: Layer, rows: QuerySet, *columns: str) -> tuple[str, tuple]:
    place = F(layer.geometry)
    if layer.type_of(rows) != "POINT":
        place = Func(place, function="ST_PointOnSurface")
    expressions = {
        "map_key": Cast(layer.key, CharField()),
        "map_x": Func(place, function="ST_X", output_field=FloatField()),
        "map_y": Func(place, function="ST_Y", output_field=FloatField()),
        "map_style": expression(layer.style),
        "map_label": expression(layer.label),
    }
    chosen = rows.order_by().values(**{name: expressions[name] for name in columns})
    return chosen.query.sql_with_params()
