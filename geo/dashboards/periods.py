"""Which days a figure is about, which it is compared with, and the steps of a curve. Plain dates, no Django."""

import datetime as dt
from dataclasses import dataclass

# Name in the address, days back; None: everything.
DAYS = {"4-semaines": 28, "3-mois": 91, "12-mois": 365, "tout": None}
DEFAULT = "3-mois"
CUSTOM = "dates"
BEGINNING = dt.date(1970, 1, 1)
LONGEST = 20 * 366  # days of a period of one's own
# Up to so many days a curve has a step a week, above it a step a month.
WEEKLY_UP_TO = 190
FEWEST_WEEKS, MOST_MONTHS = 13, 60


@dataclass(frozen=True)
class Span:
    """Days from `since` (included) to `until` (excluded)."""

    since: dt.date
    until: dt.date

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days

    @property
    def last(self) -> dt.date:
        """The last day of it."""
        return self.until - dt.timedelta(days=1)

    @property
    def is_everything(self) -> bool:
        """Since the beginning: nothing is before it."""
        return self.since == BEGINNING

    @property
    def is_month(self) -> bool:
        """Whether it is one whole calendar month."""
        return self.since.day == 1 and self.until == _next_month(self.since)

    def before(self) -> "Span | None":
        """As many days, just before; None where nothing is."""
        return None if self.is_everything else Span(self.since - dt.timedelta(days=self.days), self.since)

    def year_before(self) -> "Span | None":
        """The same days one year earlier; None where nothing is before."""
        return None if self.is_everything else Span(_year_back(self.since), _year_back(self.until))


def named(name: str, today: dt.date) -> Span:
    """The span of that name (a key of DAYS) that ends with `today`."""
    until, days = today + dt.timedelta(days=1), DAYS[name]
    return Span(BEGINNING if days is None else until - dt.timedelta(days=days), until)


def month_before(today: dt.date) -> Span:
    """The whole month before that of `today`."""
    until = today.replace(day=1)
    return Span((until - dt.timedelta(days=1)).replace(day=1), until)


@dataclass(frozen=True)
class Steps:
    """The equal steps of a curve: the first day of each, and whether they are weeks or months."""

    starts: tuple[dt.date, ...]
    until: dt.date
    unit: str  # "week" or "month"


def steps(span: Span, first: dt.date | None = None) -> Steps:
    """Steps whose last holds the last day of `span` and that go back to its beginning.

    Weeks start on Monday; a short span is shown among at least FEWEST_WEEKS of them. `first`, the day of the oldest
    object, ends what would be an empty past.
    """
    if span.days <= WEEKLY_UP_TO:
        start = span.last - dt.timedelta(days=span.last.weekday())
        count = max(FEWEST_WEEKS, (start - span.since).days // 7 + 1 + bool((start - span.since).days % 7))
        starts = [start - dt.timedelta(weeks=back) for back in range(count)]
        return Steps(tuple(reversed(starts)), start + dt.timedelta(weeks=1), "week")
    start = span.last.replace(day=1)
    until, since = _next_month(start), max(span.since, first or span.since)
    starts = [start]
    while starts[-1] > since and len(starts) < MOST_MONTHS:
        starts.append((starts[-1] - dt.timedelta(days=1)).replace(day=1))
    return Steps(tuple(reversed(starts)), until, "month")


def _next_month(start: dt.date) -> dt.date:
    return (start + dt.timedelta(days=31)).replace(day=1)


def _year_back(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 1, day=28)
