"""Parameters of the lists: dates with their zone, comma lists, pages."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from alerts.open311.calls import Call, Refused

MAX_SPAN = dt.timedelta(days=90)
MAX_ROWS = 1000
MAX_PAGE = 10_000


@dataclass(frozen=True)
class Span:
    """From when to when, both included; None leaves that end open."""

    start: dt.datetime | None
    end: dt.datetime | None

    def of(self, field: str) -> dict:
        """As arguments of `filter`."""
        ends = {f"{field}__gte": self.start, f"{field}__lte": self.end}
        return {name: moment for name, moment in ends.items() if moment}


def moment(call: Call, name: str) -> dt.datetime | None:
    """A date and time of W3C's profile, which names its zone; None where it is not given. Raises Refused.

    A day alone is midnight here. A plus that arrived as a space, because nobody escaped it, is a plus.
    """
    text = call.text(name)
    if not text:
        return None
    try:
        if day := parse_date(text):
            found = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
        else:
            found = parse_datetime(text.replace(" ", "+") if "T" in text.upper() else text)
        if found is not None and found.tzinfo is not None:
            return found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise Refused(400, _("“%(name)s” needs a date with its zone, such as 2026-11-23T00:00:00Z.") % {"name": name})


def requested_span(call: Call) -> Span:
    """`start_date` and `end_date`: 90 days at most, the last 90 where none is given. Raises Refused."""
    start, end = moment(call, "start_date"), moment(call, "end_date")
    try:
        if start is None:
            start = (end or timezone.now()) - MAX_SPAN
        elif end is None:
            end = start + MAX_SPAN
    except OverflowError:
        raise Refused(400, _("The period from start_date to end_date lies outside the calendar.")) from None
    if end is not None and end < start:
        raise Refused(400, _("“start_date” comes after “end_date”."))
    if end is not None and end - start > MAX_SPAN:
        raise Refused(400, _("The period from start_date to end_date has more than 90 days."))
    return Span(start, end)


def listed(call: Call, name: str) -> list[str]:
    """The values of a parameter given several times, or once with commas; 1,000 at most. Raises Refused."""
    return split(",".join(call.given.getlist(name)), name)


def split(text: str, name: str) -> list[str]:
    """The same of a text."""
    values = list(dict.fromkeys(value for one in text.replace("\0", "").split(",") if (value := one.strip())))
    if len(values) > MAX_ROWS:
        raise Refused(400, _("“%(name)s” takes 1,000 values at most.") % {"name": name})
    return values


def page(call: Call) -> slice:
    """The rows that `page` (from 1) and `page_size` (1 to 1,000) ask for. Raises Refused."""
    size = _whole(call, "page_size", MAX_ROWS, MAX_ROWS)
    start = (_whole(call, "page", 1, MAX_PAGE) - 1) * size
    return slice(start, start + size)


def _whole(call: Call, name: str, default: int, most: int) -> int:
    text = call.text(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        raise Refused(400, _("“%(name)s” is a whole number from 1 to %(most)s.") % {"name": name, "most": most})
    return int(text)
