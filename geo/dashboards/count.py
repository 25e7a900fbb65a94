"""The counting: one statement a table, however many figures, spans and territories.

The inner query is the ORM's: a column says of each row which figures it belongs to. The outer one counts these columns
by group, which the ORM cannot say of the elements of an array.
"""

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)

from geo.dashboards.declare import FEWEST, Board, Indicator, midnight
from geo.dashboards.periods import Span, Steps

BY_TERRITORY = "CROSS JOIN LATERAL unnest(a.territories) AS key WHERE key = ANY(%s)"
BY_KIND = "CROSS JOIN LATERAL (SELECT a.kind AS key) AS k WHERE %s IS NOT NULL"
# Each row takes part in two curves, each by its own moment.
TREND = """
SELECT key, curve, step, count(*), count(*) FILTER (WHERE hidden)
FROM ({rows}) AS a
CROSS JOIN LATERAL unnest(a.territories) AS key
CROSS JOIN LATERAL (VALUES (0, a.step_0), (1, a.step_1)) AS t(curve, step)
WHERE key = ANY(%s) AND step BETWEEN 1 AND %s
GROUP BY key, curve, step
"""
CELLS = """
SELECT round(x / %s) AS cx, round(y / %s) AS cy, step, count(*)
FROM ({rows}) AS a
WHERE step BETWEEN 1 AND %s
GROUP BY 1, 2, 3
ORDER BY 3, 1, 2
"""


@dataclass(frozen=True)
class Cell:
    """A figure: a count, a median in seconds or a share from 0 to 1 (None where too few), of `base` rows, `hidden` of
    which not everybody may see."""

    value: float | None
    base: int
    hidden: int


Figures = dict[str, Cell]


def by_territory(
    rows: QuerySet, board: Board, keys: Sequence[int], spans: Sequence[Span], only: Sequence[Indicator] | None = None
) -> dict[int, list[Figures]]:
    """{id of the territory: figures for each span}, for all of `keys`."""
    near = rows.filter(**{f"{board.territories}__overlap": list(keys)})
    found = _figures(near, board, BY_TERRITORY, list(keys), spans, only or board.indicators)
    return {key: found.get(key) or _none(spans, only or board.indicators) for key in keys}


def by_kind(rows: QuerySet, board: Board, spans: Sequence[Span], only: Sequence[Indicator] | None = None) -> dict:
    """{value of the breakdown: figures for each span}, for those that have any row."""
    return _figures(rows, board, BY_KIND, 1, spans, only or board.indicators)


def _figures(rows, board, grouping, parameter, spans, indicators) -> dict:
    columns = {"hidden": _flag(~board.public), "kind": F(board.kind), "territories": F(board.territories)}
    chosen = []
    for one in indicators:
        if one.kind == "median":
            columns[f"value_{one.name}"] = _seconds(one.value)
        if one.kind == "share":
            columns[f"part_{one.name}"] = _flag(one.part)
        for place, span in enumerate(spans):
            columns[f"in_{place}_{one.name}"] = _flag(one.during(span))
            chosen.append((place, one))
    anywhere = functools.reduce(operator.or_, (one.during(span) for span in spans for one in indicators))
    inner, parameters = _inner(rows.filter(anywhere), columns)
    aggregates = ", ".join(_aggregate(place, one) for place, one in chosen)
    # OFFSET 0: each row's columns are computed once, not once for each figure that reads them.
    sql = f"SELECT key, {aggregates} FROM ({inner} OFFSET 0) AS a {grouping} GROUP BY key"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, (*parameters, parameter))
        return {row[0]: _read(row[1:], chosen, len(spans)) for row in cursor.fetchall()}


def _aggregate(place: int, one: Indicator) -> str:
    """Three columns: the value, of how many, how many of these not everybody may see. Names are our own, no input."""
    rows = f"in_{place}_{one.name}"
    base = f'value_{one.name} IS NOT NULL AND "{rows}"' if one.kind == "median" else f'"{rows}"'
    value = {
        "count": "NULL::float",
        "median": f'percentile_cont(0.5) WITHIN GROUP (ORDER BY "value_{one.name}") FILTER (WHERE "{rows}")',
        "share": f'avg(("part_{one.name}" IS TRUE)::int) FILTER (WHERE "{rows}")::float',
    }[one.kind]
    return f"{value}, count(*) FILTER (WHERE {base}), count(*) FILTER (WHERE {base} AND hidden)"


def _read(row: Sequence, chosen, count: int) -> list[Figures]:
    found: list[Figures] = [{} for _span in range(count)]
    for position, (place, one) in enumerate(chosen):
        value, base, hidden = row[3 * position : 3 * position + 3]
        if one.kind == "count":
            value = base
        elif base < FEWEST:
            value = None
        found[place][one.name] = Cell(value, base, hidden)
    return found


def _none(spans, indicators) -> list[Figures]:
    return [{one.name: Cell(0 if one.kind == "count" else None, 0, 0) for one in indicators} for _span in spans]


def trend(rows: QuerySet, board: Board, keys: Sequence[int], steps: Steps) -> dict[int, tuple[list, list]]:
    """{id: (first curve, second curve)} for all of `keys`: (how many, how many not everybody may see) a step."""
    indicators = [board.indicator(name) for name in board.trend]
    columns = {f"step_{place}": _step(one, steps) for place, one in enumerate(indicators)}
    span = Span(steps.starts[0], steps.until)
    chosen = rows.filter(
        functools.reduce(operator.or_, (one.during(span) for one in indicators)),
        **{f"{board.territories}__overlap": list(keys)},
    )
    inner, parameters = _inner(chosen, columns | {"hidden": _flag(~board.public), "territories": F(board.territories)})
    found = {key: ([(0, 0)] * len(steps.starts), [(0, 0)] * len(steps.starts)) for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(TREND.format(rows=inner), (*parameters, list(keys), len(steps.starts)))
        for key, curve, step, total, hidden in cursor.fetchall():
            found[key][curve][step - 1] = (total, hidden)
    return found


def cells(rows: QuerySet, board: Board, geometry: str, steps: Steps, side: float) -> list[tuple]:
    """(lon, lat, step, how many) of each square of `side` degrees that has any, by the first curve's moment."""
    one = board.indicator(board.trend[0])
    place = F(geometry)
    columns = {
        "step": _step(one, steps),
        "x": Func(place, function="ST_X", output_field=FloatField()),
        "y": Func(place, function="ST_Y", output_field=FloatField()),
    }
    inner, parameters = _inner(rows.filter(one.during(Span(steps.starts[0], steps.until))), columns)
    with connection.cursor() as cursor:
        cursor.execute(CELLS.format(rows=inner), (side, side, *parameters, len(steps.starts)))
        return [(round(x * side, 5), round(y * side, 5), step - 1, total) for x, y, step, total in cursor.fetchall()]


def _inner(rows: QuerySet, columns: dict) -> tuple[str, tuple]:
    """SQL that gives these columns by these names, which a model may have too."""
    inner, parameters = (
        rows.order_by().values(**{f"of_{name}": one for name, one in columns.items()}).query.sql_with_params()
    )
    renamed = ", ".join(f'of_{name} AS "{name}"' for name in columns)
    return f"SELECT {renamed} FROM ({inner}) AS r", parameters  # noqa: S608


def _flag(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _seconds(duration) -> Func:
    """Unlike extract(), date_part() gives a float at once, not a decimal number of any length."""
    return Func(Value("epoch"), duration, function="date_part", output_field=FloatField())


def _step(one: Indicator, steps: Steps) -> Case:
    """Number of the step its moment lies in, from 1; NULL where the row is not counted."""
    starts = Value([midnight(start) for start in steps.starts])
    place = Func(
        F(one.moment), starts, template="width_bucket(%(expressions)s::timestamptz[])", output_field=IntegerField()
    )
    return Case(When(one.during(Span(steps.starts[0], steps.until)), then=place))
