"""What a report is about: which days, and which they are compared with."""

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.dates import long_date
from geo.dashboards import periods
from geo.dashboards.periods import Span

LAST_MONTH = "mois-dernier"
BEFORE, YEAR_BEFORE, NOTHING = "avant", "an-dernier", "aucune"
TITLES = {
    LAST_MONTH: _("Last month"),
    "4-semaines": _("4 weeks"),
    "3-mois": _("3 months"),
    "12-mois": _("12 months"),
    "tout": _("Everything"),
    periods.CUSTOM: _("My own dates"),
}
COMPARISONS = (
    (BEFORE, _("The same time just before")),
    (YEAR_BEFORE, _("The same days a year before")),
    (NOTHING, _("Nothing")),
)


@dataclass(frozen=True)
class Choice:
    """The days a report is about, and those they are compared with (None: with nothing)."""

    span: Span
    against: Span | None

    @property
    def is_month(self) -> bool:
        """Whether it is one whole calendar month."""
        following = (self.span.since + dt.timedelta(days=31)).replace(day=1)
        return self.span.since.day == 1 and self.span.until == following

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
        if self.is_month:
            return f"{self.span.since:%Y-%m}"
        return f"{self.span.since:%Y-%m-%d}_{self.span.last:%Y-%m-%d}"


def in_words(span: Span) -> str:
    """A span as people say it."""
    if span.is_everything:
        return gettext("since the beginning, until %(day)s") % {"day": long_date(span.last)}
    if Choice(span, None).is_month:
        return date_format(span.since, "F Y")
    if span.days == 1:
        return gettext("on %(day)s") % {"day": long_date(span.since)}
    return gettext("from %(since)s to %(until)s") % {"since": long_date(span.since), "until": long_date(span.last)}


def month(first: dt.date) -> Choice:
    """The month that begins on that day, compared with the month before."""
    return Choice(periods.month_before((first + dt.timedelta(days=31)).replace(day=1)), periods.month_before(first))


class ChoiceForm(forms.Form):
    """Period and comparison, by the names that dashboards have in addresses; last month where nothing is said."""

    periode = forms.ChoiceField(
        label=_("Period"), choices=list(TITLES.items()), required=False, widget=forms.RadioSelect, initial=LAST_MONTH
    )
    du = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    au = forms.DateField(
        label=_("To (included)"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    comparaison = forms.ChoiceField(
        label=_("Compared with"), choices=COMPARISONS, required=False, widget=forms.RadioSelect, initial=BEFORE
    )

    def __init__(self, given):
        # What an address does not say is as usual; dates alone say which period is meant.
        dated = given.get("du") or given.get("au")
        usual = {"periode": periods.CUSTOM if dated else LAST_MONTH, "comparaison": BEFORE}
        names = ("periode", "du", "au", "comparaison")
        super().__init__({name: given.get(name) or usual.get(name, "") for name in names})

    def clean(self):
        said = super().clean()
        if said.get("periode") == periods.CUSTOM:
            self._check_dates(said)
        return said

    def _check_dates(self, said: dict) -> None:
        today = timezone.localdate()
        since, until = said.get("du"), said.get("au")
        for name in ("du", "au"):
            if said.get(name) is None and name not in self.errors:
                self.add_error(name, _("Give this day."))
        if not (since and until):
            return
        if until > today:
            self.add_error("au", _("This day is still to come: choose today at the latest."))
        elif since > until:
            self.add_error("du", _("This day is after the last one: exchange them."))
        elif since < today - dt.timedelta(days=periods.LONGEST):
            self.add_error("du", _("This is more than 20 years ago: choose a later day, or “Everything”."))

    def choice(self) -> Choice:
        """What a valid form says."""
        said, today = self.cleaned_data, timezone.localdate()
        name = said["periode"]
        if name == periods.CUSTOM:
            span = Span(said["du"], said["au"] + dt.timedelta(days=1))
        elif name == LAST_MONTH:
            span = periods.month_before(today)
        else:
            span = periods.named(name, today)
        return Choice(span, _against(span, said["comparaison"]))


def _against(span: Span, name: str) -> Span | None:
    if name == NOTHING:
        return None
    if name == YEAR_BEFORE:
        return span.year_before()
    # A whole month is compared with the whole month before it, however long that was.
    return periods.month_before(span.since) if Choice(span, None).is_month else span.before()
