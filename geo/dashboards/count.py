"""The counting: one look at the rows, however many figures, spans and territories.

The inner query is the ORM's: columns say of each row which figures it belongs to. The outer one adds them up for rows
that lie in the same territories and are of the same kind, which are few; what a page shows are sums of these groups.
Medians do not add up: their values come as arrays, as sorting them in the database took five times longer.
"""

import functools
import operator
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from geo.dashboards.declare import FEWEST, Board, Indicator, midnight
from geo.dashboards.periods import Span, Steps
from geo.models import Territory

GROUPS = "SELECT territories, kind, hidden, {columns} FROM ({rows}) AS a GROUP BY territories, kind, hidden"
# Each row takes part in two curves, each by its own moment.
TREND = """
SELECT key, curve, step, count(*)
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


@dataclass(frozen=True)
class Group:
    """Rows in the same territories, of one kind, that all may see or not: by (place of the span, indicator) how many,
    how many of these are the part of a share, and the values of a median in seconds."""

    territories: tuple[int, ...]
    kind: str
    hidden: bool
    counts: dict[tuple[int, str], int]
    parts: dict[tuple[int, str], int]
    values: dict[tuple[int, str], np.ndarray]


@dataclass(frozen=True)
class Counted:
    """The groups of some rows; `spans` in the order of their places."""

    indicators: tuple[Indicator, ...]
    spans: int
    groups: list[Group]

    def by_territory(self, keys: Sequence[int], *, public: bool = False) -> dict[int, list[Figures]]:
        """{id: figures for each span}, for all of `keys`; of what everybody may see where `public`."""
        inside = defaultdict(list)
        for group in self.groups:
            if not (public and group.hidden):
                for key in group.territories:
                    inside[key].append(group)
        return {key: self._figures(inside[key]) for key in keys}

    def by_kind(self, territory: int) -> dict[str, list[Figures]]:
        """{value of the breakdown: figures for each span} of those in that territory, for values that have any."""
        alike = defaultdict(list)
        for group in self.groups:
            if territory in group.territories:
                alike[group.kind].append(group)
        return {kind: self._figures(groups) for kind, groups in alike.items()}

    def _figures(self, groups: list[Group]) -> list[Figures]:
        return [
            {one.name: _cell(one, (place, one.name), groups) for one in self.indicators} for place in range(self.spans)
        ]


def _cell(one: Indicator, name: tuple[int, str], groups: list[Group]) -> Cell:
    base = sum(group.counts[name] for group in groups)
    hidden = sum(group.counts[name] for group in groups if group.hidden)
    if one.kind == "count":
        return Cell(base, base, hidden)
    if base < FEWEST:
        return Cell(None, base, hidden)
    if one.kind == "share":
        return Cell(sum(group.parts[name] for group in groups) / base, base, hidden)
    return Cell(float(np.median(np.concatenate([group.values[name] for group in groups]))), base, hidden)


def count(
    rows: QuerySet,
    board: Board,
    keys: Iterable[int],
    spans: Sequence[Span],
    indicators: Sequence[Indicator] | None = None,
) -> Counted:
    """These figures (all of the board's), of the rows that lie in any of these territories, in each of these spans."""
    indicators = tuple(board.indicators if indicators is None else indicators)
    near = rows.filter(**{f"{board.territories}__overlap": list(keys)})
    places = [(place, span, one) for place, span in enumerate(spans) for one in indicators]
    summed = [each for each in places if each[2].kind != "median"]
    valued = [each for each in places if each[2].kind == "median"]
    found: dict[tuple, Group] = {}
    for chosen, columns in ((summed, _sums), (valued, _arrays)):
        if not chosen:
            continue
        flags = _groups(board) | {
            f"in_{place}_{one.name}": _flag(board.during(one, span)) for place, span, one in chosen
        }
        flags |= {f"part_{one.name}": _flag(one.part) for _place, _span, one in chosen if one.kind == "share"}
        flags |= {f"value_{one.name}": _seconds(one.value) for _place, _span, one in chosen if one.kind == "median"}
        anywhere = functools.reduce(operator.or_, (board.during(one, span) for _place, span, one in chosen))
        inner, parameters = _inner(near.filter(anywhere), flags)
        with connection.cursor() as cursor:
            cursor.execute(GROUPS.format(columns=columns(chosen), rows=inner), parameters)
            for territories, kind, hidden, *values in cursor.fetchall():
                group = found.setdefault(
                    (tuple(territories), kind, hidden),
                    Group(tuple(territories), str(kind), hidden, defaultdict(int), defaultdict(int), {}),
                )
                _keep(group, chosen, values)
    for group in found.values():
        for place, _span, one in valued:
            group.values.setdefault((place, one.name), np.empty(0))
    return Counted(indicators, len(spans), list(found.values()))


def _groups(board: Board) -> dict:
    return {"hidden": _flag(~board.public), "kind": F(board.kind), "territories": F(board.territories)}


def _sums(chosen) -> str:
    """Two columns each: how many, how many are the part of a share. Names are our own, no input."""
    columns = []
    for place, _span, one in chosen:
        rows = f'"in_{place}_{one.name}"'
        part = f'count(*) FILTER (WHERE {rows} AND "part_{one.name}")' if one.kind == "share" else "0"
        columns += [f"count(*) FILTER (WHERE {rows})", part]
    return ", ".join(columns)


def _arrays(chosen) -> str:
    """Two columns each: how many have a value, and the values."""
    columns = []
    for place, _span, one in chosen:
        rows, value = f'"in_{place}_{one.name}"', f'"value_{one.name}"'
        columns += [
            f"count({value}) FILTER (WHERE {rows})",
            f"array_agg({value}) FILTER (WHERE {rows} AND {value} IS NOT NULL)",
        ]
    return ", ".join(columns)


def _keep(group: Group, chosen, values: list) -> None:
    for position, (place, _span, one) in enumerate(chosen):
        base, more = values[2 * position : 2 * position + 2]
        group.counts[place, one.name] = base
        if one.kind == "share":
            group.parts[place, one.name] = more
        elif one.kind == "median":
            group.values[place, one.name] = np.array(more or (), dtype=np.float64)


def trend(rows: QuerySet, board: Board, keys: Sequence[int], steps: Steps) -> dict[int, tuple[list, list]]:
    """{id: (first curve, second curve)} for all of `keys`: how many a step."""
    indicators = [board.indicator(name) for name in board.trend]
    columns = {f"step_{place}": _step(board, one, steps) for place, one in enumerate(indicators)}
    span = Span(steps.starts[0], steps.until)
    chosen = rows.filter(
        functools.reduce(operator.or_, (board.during(one, span) for one in indicators)),
        **{f"{board.territories}__overlap": list(keys)},
    )
    inner, parameters = _inner(chosen, columns | {"territories": F(board.territories)})
    found = {key: ([0] * len(steps.starts), [0] * len(steps.starts)) for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(TREND.format(rows=inner), (*parameters, list(keys), len(steps.starts)))
        for key, curve, step, total in cursor.fetchall():
            found[key][curve][step - 1] = total
    return found


def cells(rows: QuerySet, board: Board, geometry: str, steps: Steps, size: tuple[float, float]) -> list[tuple]:
    """(lon, lat, step, how many) of each square that has any, by the first curve's moment; `size` is how many degrees
    wide and high it is."""
    width, height = size
    one = board.indicator(board.trend[0])
    place = F(geometry)
    columns = {
        "step": _step(board, one, steps),
        "x": Func(place, function="ST_X", output_field=FloatField()),
        "y": Func(place, function="ST_Y", output_field=FloatField()),
    }
    inner, parameters = _inner(rows.filter(board.during(one, Span(steps.starts[0], steps.until))), columns)
    with connection.cursor() as cursor:
        cursor.execute(CELLS.format(rows=inner), (width, height, *parameters, len(steps.starts)))
        return [
            (round(x * width, 6), round(y * height, 6), step - 1, total) for x, y, step, total in cursor.fetchall()
        ]


def known(board: Board, keys: Iterable[int]) -> set[int]:
    """Those of these territories where everybody may see any row, of whatever time."""
    here = Func(OuterRef("pk"), template="ARRAY[%(expressions)s]", output_field=ArrayField(BigIntegerField()))
    rows = board.rows(None).filter(board.public, **{f"{board.territories}__contains": here})
    return set(Territory.objects.filter(Exists(rows), pk__in=keys).values_list("pk", flat=True))


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


def _step(board: Board, one: Indicator, steps: Steps) -> Case:
    """Number of the step its moment lies in, from 1; NULL where the row is not counted."""
    starts = Value([midnight(start) for start in steps.starts])
    place = Func(
        F(one.moment), starts, template="width_bucket(%(expressions)s::timestamptz[])", output_field=IntegerField()
    )
    return Case(When(board.during(one, Span(steps.starts[0], steps.until)), then=place))
