"""What a report is about: which days, which they are compared with, and whether one category alone."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.dates import long_date
from frontend.dashboard.dates import LAST_MONTH, DatesForm
from geo.dashboards import periods
from geo.dashboards.periods import Span
from geo.layers import Layer


@dataclass(frozen=True)
class Choice:
    """The days a report is about, and those they are compared with (None: with nothing).

    `kind` is a value of a board's breakdown, `kind_title` its name; empty: a report of all.
    """

    span: Span
    against: Span | None
    kind: str = ""
    kind_title: str = ""

    def title(self) -> str:
        """What it is about in words: "octobre 2026", "Voirie, du 1er au 15 octobre 2026"."""
        return ", ".join(filter(None, [self.kind_title, in_words(self.span)]))

    def compared(self) -> str:
        """What it is compared with, in words that follow a comma; empty where with nothing."""
        if not self.against:
            return ""
        if self.against.is_month:
            return gettext("compared with %(month)s") % {"month": in_words(self.against)}
        return gettext("compared with the period %(days)s") % {"days": in_words(self.against)}

    def slug(self) -> str:
        """The category and the days as part of a file's name."""
        days = f"{self.span.since:%Y-%m-%d}_{self.span.last:%Y-%m-%d}"
        if self.span.is_everything:
            days = "tout"
        elif self.span.is_month:
            days = f"{self.span.since:%Y-%m}"
        return "-".join(filter(None, [slugify(self.kind), days]))


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


def kinds(layer: Layer) -> dict[str, str]:
    """{value: its name} by which the layer's figures are split."""
    split = next(one for one in layer.filters if one.name == layer.board.breakdown)
    return {one.value: str(one.title) for one in split.choices()}


class ChoiceForm(DatesForm):
    """Period, comparison and category, by the names that dashboards have in addresses; last month where none is said.

    `shown` are the layers the report may be about.
    """

    default = LAST_MONTH

    categorie = forms.ChoiceField(label=_("Category"), required=False)

    def __init__(self, data, shown: Sequence[Layer]):
        super().__init__(data)
        known = {value: title for layer in shown for value, title in kinds(layer).items()}
        self.fields["categorie"].choices = [("", _("All categories")), *known.items()]
        for name in ("periode", "avec"):
            self.fields[name].widget = forms.RadioSelect(choices=self.fields[name].choices)

    def choice(self) -> Choice:
        """What a valid form says."""
        kind = self.cleaned_data["categorie"]
        return Choice(
            self.span(), self.against(), kind, str(dict(self.fields["categorie"].choices)[kind]) if kind else ""
        )
