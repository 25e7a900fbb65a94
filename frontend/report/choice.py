"""What a report is about: which days, and which they are compared with."""

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext

from common.dates import long_date
from frontend.dashboard.dates import LAST_MONTH, DatesForm
from geo.dashboards import periods
from geo.dashboards.periods import Span


@dataclass(frozen=True)
class Choice:
    """The days a report is about, and those they are compared with (None: with nothing)."""

    span: Span
    against: Span | None

    def title(self) -> str:
        """The days in words: "octobre 2026", "du 1er au 15 octobre 2026"."""
        return in_words(self.span)

    def against_title(self) -> str:
        """What it is compared with, in words; empty where with nothing."""
        return in_words(self.against) if self.against else ""

    def slug(self) -> str:
        """The days as part of a file's name."""
        if self.span.is_everything:
            return "tout"
        if self.span.is_month:
            return f"{self.span.since:%Y-%m}"
        return f"{self.span.since:%Y-%m-%d}_{self.span.last:%Y-%m-%d}"


def in_words(span: Span) -> str:
    """A span as people say it."""
    if span.is_everything:
        return gettext("since the beginning, until %(day)s") % {"day": long_date(span.last)}
    if span.is_month:
        return date_format(span.since, "F Y")
    if span.days == 1:
        return gettext("on %(day)s") % {"day": long_date(span.since)}
    return gettext("from %(since)s to %(until)s") % {"since": long_date(span.since), "until": long_date(span.last)}


def month(first: dt.date) -> Choice:
    """The month that begins on that day, compared with the month before."""
    return Choice(periods.month_before((first + dt.timedelta(days=31)).replace(day=1)), periods.month_before(first))


class ChoiceForm(DatesForm):
    """Period and comparison, by the names that dashboards have in addresses; last month where nothing is said."""

    default = LAST_MONTH

    def __init__(self, data):
        super().__init__(data)
        for name in ("periode", "avec"):
            self.fields[name].widget = forms.RadioSelect(choices=self.fields[name].choices)

    def choice(self) -> Choice:
        """What a valid form says."""
        return Choice(self.span(), self.against())
