"""The pictures of a dashboard in numbers: columns over time, bars of a table, classes of a map."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.dates import long_date
from frontend.dashboard.classes import classed
from geo.dashboards.board import Figure, Line, Sheet, few, number, said
from geo.dashboards.declare import Indicator
from geo.dashboards.periods import Steps

RATED = "-1000"


@dataclass(frozen=True)
class Column:
    """A step of the curve; `up` and `down` are shares of the highest column, from 0 to 100."""

    start: dt.date
    title: str
    texts: tuple[str, str]
    up: float
    down: float
    x: int

    @property
    def top(self) -> float:
        """Where the column that goes up begins."""
        return 100 - self.up


def columns(sheet: Sheet) -> list[Column]:
    """The two curves as columns up and down."""
    first, second = sheet.curves
    highest = max([value or 0 for value in (*first, *second)], default=0) or 1
    return [
        Column(
            start,
            step_title(start, sheet.steps),
            (count_text(up), count_text(down)),
            100 * (up or 0) / highest,
            100 * (down or 0) / highest,
            at,
        )
        for at, (start, up, down) in enumerate(zip(sheet.steps.starts, first, second, strict=True))
    ]


def step_title(start: dt.date, steps: Steps) -> str:
    """That step in words."""
    if steps.unit == "month":
        return date_format(start, "F Y")
    return _("week of %(day)s") % {"day": long_date(start)}


def count_text(value: int | None) -> str:
    """A count, or that it is too small to be said."""
    return few() if value is None else number(value)


@dataclass(frozen=True)
class Bar:
    """A line of the table by kind; `now` and `before` are shares of the longest bar, from 0 to 100."""

    line: Line
    now: float
    before: float


def bars(lines: list[Line], name: str) -> list[Bar]:
    """The lines with bars for that indicator."""
    longest = max([value or 0 for line in lines for value in (line[name].value, line[name].before)], default=0) or 1
    return [
        Bar(line, 100 * (line[name].value or 0) / longest, 100 * (line[name].before or 0) / longest) for line in lines
    ]


@dataclass(frozen=True)
class Place:
    """A child on the map of classes; `shade` from 1 (pale) to 5 (dark), 0 where there is no value."""

    code: str
    text: str
    shade: int


@dataclass(frozen=True)
class Measure:
    """An indicator the map can show, absolute or per 1,000 inhabitants; `legend` is (shade, bounds in words)."""

    name: str
    title: str
    places: list[Place]
    legend: list[tuple[int, str]]


def measures(lines: list[Line], indicators: tuple[Indicator, ...]) -> list[Measure]:
    """All that the map of these lines can show; rates where any population is known."""
    found = []
    for one in indicators:
        figures = {line.territory.code: line[one.name] for line in lines}
        values = {code: figure.value for code, figure in figures.items()}
        texts = {code: figure.text for code, figure in figures.items()}
        found.append(_measure(one.name, str(one.title), values, texts, lambda value, one=one: said(one, value)))
        if one.rated and any(figure.rate is not None for figure in figures.values()):
            found.append(_rates(one, figures))
    return found


def _rates(one: Indicator, figures: dict[str, Figure]) -> Measure:
    title = _("%(title)s per 1,000 inhabitants") % {"title": one.title}
    values = {code: None if figure.rate is None else round(figure.rate, 1) for code, figure in figures.items()}
    texts = {
        code: figure.rate_text or (figure.text if figure.value is None else "–") for code, figure in figures.items()
    }
    return _measure(one.name + RATED, title, values, texts, lambda value: number(value, 1))


def _measure(name: str, title: str, values: dict, texts: dict, write) -> Measure:
    classes, bounds = classed(values)
    shades = _shades(len(bounds))
    places = [Place(code, texts[code], 0 if at is None else shades[at]) for code, at in classes.items()]
    return Measure(name, title, places, [(shades[at], _between(write, *pair)) for at, pair in enumerate(bounds)])


def over_time(sheet: Sheet) -> dict:
    """The first curve of each child by step, in classes that hold for all steps: {"legend", "places", "titles"}."""
    values = {
        (line.territory.code, at): value
        for line in sheet.children
        for at, value in enumerate(sheet.by_child[line.territory.pk])
    }
    classes, bounds = classed(values)
    shades = _shades(len(bounds))
    places: dict[str, list] = {}
    for (code, at), one in classes.items():
        places.setdefault(code, []).append([0 if one is None else shades[one], count_text(values[code, at])])
    return {
        "legend": [[shades[at], _between(number, *pair)] for at, pair in enumerate(bounds)],
        "places": places,
    }


def _shades(count: int) -> list[int]:
    """Shades from 1 to 5 for so many classes: few are far apart."""
    return [1 + round(4 * at / (count - 1)) for at in range(count)] if count > 1 else [3] * count


def _between(write, low, high) -> str:
    return write(low) if low == high else _("%(low)s to %(high)s") % {"low": write(low), "high": write(high)}
