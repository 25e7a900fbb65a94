"""A figure of a dashboard and the words it is said in."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from common.durations import as_said, in_words
from geo.dashboards import disclosure
from geo.dashboards.count import Cell
from geo.dashboards.declare import Indicator


@dataclass(frozen=True)
class Figure:
    """One figure now and before. `unsaid` are the places (0 now, 1 before) where it is too small to be said."""

    indicator: Indicator
    cells: tuple[Cell, ...]
    population: int | None = None
    unsaid: frozenset[int] = frozenset()

    @property
    def value(self) -> float | None:
        """Now: a count, seconds or a share; None where it is not said."""
        return None if 0 in self.unsaid else self.cells[0].value

    @property
    def before(self) -> float | None:
        """The same, before; None where there is none."""
        return None if len(self.cells) < 2 or 1 in self.unsaid else self.cells[1].value

    @property
    def text(self) -> str:
        """The value as people read it."""
        return self._said(0)

    @property
    def before_text(self) -> str:
        """The value before, as people read it; empty where nothing is before."""
        return self._said(1) if len(self.cells) > 1 else ""

    @property
    def change(self) -> float | None:
        """By how much it grew, in its own unit, of what is read of both; None where either is not said."""
        if self.value is None or self.before is None:
            return None
        return _read(self.indicator, self.value) - _read(self.indicator, self.before)

    @property
    def change_text(self) -> str:
        """The change as people read it: "+12", "-3 points", "+2 days"; empty where there is none to tell."""
        if self.change is None:
            return ""
        sign = "+" if self.change > 0 else "\u2212" if self.change < 0 else ""
        if self.indicator.kind == "median":
            return f"{sign}{in_words(dt.timedelta(seconds=abs(self.change)))}" if self.change else "="
        if self.indicator.kind == "share":
            points = abs(round(100 * self.change))
            return _("%(points)s pts") % {"points": f"{sign}{points}"} if points else "="
        return f"{sign}{number(abs(self.change))}" if self.change else "="

    @property
    def rate(self) -> float | None:
        """Per 1,000 inhabitants; None where it makes no sense or the population is not known."""
        if not (self.indicator.rated and self.population) or self.value is None:
            return None
        return 1000 * self.value / self.population

    @property
    def rate_text(self) -> str:
        """The rate with one decimal, as people read it."""
        return "" if self.rate is None else number(self.rate, 1)

    def _said(self, place: int) -> str:
        cell = self.cells[place]
        if place not in self.unsaid:
            return said(self.indicator, cell.value)
        if self.indicator.kind != "count":
            return said(self.indicator, None)
        return few() if disclosure.is_small(cell.base, cell.hidden) else withheld()


def _read(indicator: Indicator, value: float) -> float:
    """The value as a reader takes it from its words: rounded."""
    if indicator.kind == "median":
        return as_said(dt.timedelta(seconds=value)).total_seconds()
    return round(value, 2) if indicator.kind == "share" else value


def few() -> str:
    """What is said of a count too small to be said."""
    return _("fewer than %(count)d") % {"count": disclosure.FEWEST}


def no_data() -> str:
    """What is said of a territory where there was never anything to count."""
    return _("no data")


def withheld() -> str:
    """What is said of a count by which, whatever its size, one too small to be said could be computed."""
    return _("not disclosed")


def said(indicator: Indicator, value: float | None) -> str:
    """A value of that indicator as people read it; a dash where there is none."""
    if value is None:
        return "–"
    if indicator.kind == "median":
        return in_words(dt.timedelta(seconds=value))
    if indicator.kind == "share":
        return f"{round(100 * value)}\u00a0%"
    return number(value)


def precisely(seconds: float) -> str:
    """A duration in two units, where one would not tell it from others: "5 h 20", "1 d 9 h"."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return in_words(dt.timedelta(minutes=minutes))
    if minutes < 24 * 60:
        return _("%(hours)d h %(minutes)02d") % {"hours": minutes // 60, "minutes": minutes % 60}
    days, hours = divmod(round(minutes / 60), 24)
    return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours} if hours else in_words(dt.timedelta(days=days))


def number(value: float, decimals: int = 0) -> str:
    """A number as people read it, thousands apart."""
    return number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=True)
