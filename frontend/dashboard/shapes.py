"""The pictures of a dashboard in numbers: columns over time, bars of a table, classes of a map."""

import bisect
import datetime as dt
import functools
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.dates import long_date
from frontend.dashboard.classes import classed
from geo.dashboards.board import Line, Sheet
from geo.dashboards.declare import Indicator
from geo.dashboards.figure import Figure, no_data, number, precisely, said
from geo.dashboards.periods import Span, Steps

RATED = "-1000"
DAY = 86_400  # seconds


@dataclass(frozen=True)
class Column:
    """A step of the curves: its first and last day; `note` says where it lies out of the period, or is not over."""

    start: dt.date
    last: dt.date
    title: str
    values: tuple[int, int]
    note: str

    @property
    def texts(self) -> tuple[str, str]:
        """Both counts as people read them."""
        first, second = self.values
        return number(first), number(second)

    @property
    def noted(self) -> str:
        """Title and note."""
        return f"{self.title} ({self.note})" if self.note else self.title


def columns(sheet: Sheet) -> list[Column]:
    """The steps of the two curves."""
    span, ends = sheet.question.span, [*sheet.steps.starts[1:], sheet.steps.until]
    return [
        Column(start, end - dt.timedelta(days=1), step_title(start, sheet.steps), values, _note(start, end, span))
        for start, end, *values in zip(sheet.steps.starts, ends, *sheet.curves, strict=True)
    ]


def _note(start: dt.date, end: dt.date, span: Span) -> str:
    if end <= span.since or start >= span.until:
        return _("outside the period")
    if start <= timezone.localdate() < end - dt.timedelta(days=1):
        return _("under way")
    if not span.is_everything and (start < span.since or end > span.until):
        return _("partly in the period")
    return ""


def reach(sheet: Sheet) -> tuple[float, float] | None:
    """From where to where on the axis, in steps, the period lies; None where it takes up all of it."""
    span, steps = sheet.question.span, sheet.steps
    if span.is_everything or span.since < steps.starts[0]:
        return None
    bounds = [*steps.starts, steps.until]

    def place(day: dt.date) -> float:
        at = min(bisect.bisect_right(bounds, day), len(steps.starts)) - 1
        return at + (day - bounds[at]).days / (bounds[at + 1] - bounds[at]).days

    return place(span.since), place(span.until)


def step_title(start: dt.date, steps: Steps) -> str:
    """That step in words."""
    if steps.unit == "month":
        return date_format(start, "F Y")
    return _("week of %(day)s") % {"day": long_date(start)}


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
    nothing = {line.territory.code: no_data() for line in lines if not line.known}
    for one in indicators:
        figures = {line.territory.code: line[one.name] for line in lines}
        values = {line.territory.code: _rounded(one, line[one.name].value) if line.known else None for line in lines}
        write = functools.partial(_written, one)
        texts = {
            code: figure.text if values[code] is None else write(values[code]) for code, figure in figures.items()
        }
        texts |= nothing
        found.append(_measure(one.name, str(one.title), values, texts, write))
        if one.rated and any(figure.rate is not None for figure in figures.values()):
            found.append(_rates(one, figures, nothing))
    return found


def _rounded(one: Indicator, value: float | None) -> float | None:
    """The value as it is written, so that classes differ in what is read of them."""
    if value is None or one.kind == "count":
        return value
    if one.kind == "share":
        return round(value, 2)
    unit = 60 if value < DAY else 3600
    return unit * round(value / unit)


def _written(one: Indicator, value: float) -> str:
    return precisely(value) if one.kind == "median" else said(one, value)


def _rates(one: Indicator, figures: dict[str, Figure], nothing: dict[str, str]) -> Measure:
    title = _("%(title)s per 1,000 inhabitants") % {"title": one.title}
    values = {
        code: None if figure.rate is None or code in nothing else round(figure.rate, 1)
        for code, figure in figures.items()
    }
    texts = {
        code: figure.rate_text or (figure.text if figure.value is None else "–") for code, figure in figures.items()
    }
    return _measure(one.name + RATED, title, values, texts | nothing, lambda value: number(value, 1))


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
        places.setdefault(code, []).append([0 if one is None else shades[one], number(values[code, at])])
    return {
        "legend": [[shades[at], _between(number, *pair)] for at, pair in enumerate(bounds)],
        "places": places,
    }


def _shades(count: int) -> list[int]:
    """Shades from 1 to 5 for so many classes: few are far apart."""
    return [1 + round(4 * at / (count - 1)) for at in range(count)] if count > 1 else [3] * count


def _between(write, low, high) -> str:
    return write(low) if low == high else _("%(low)s to %(high)s") % {"low": write(low), "high": write(high)}
