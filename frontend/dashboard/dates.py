"""Which days a dashboard or a report is about, and which they are compared with: the form both begin with."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.dashboards import periods
from geo.dashboards.periods import Span

LAST_MONTH = "mois-dernier"
PERIODS = (
    (LAST_MONTH, _("Last month")),
    ("4-semaines", _("4 weeks")),
    ("3-mois", _("3 months")),
    ("12-mois", _("12 months")),
    ("tout", _("Everything")),
    (periods.CUSTOM, _("Dates of my own")),
)
PRECEDING, YEAR, NOTHING = "avant", "an", "rien"
AGAINST = (
    (PRECEDING, _("The period before")),
    (YEAR, _("The same dates a year earlier")),
    (NOTHING, _("Nothing")),
)
OLDEST = dt.date(2000, 1, 1)


def _day(label) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget)


class DatesForm(forms.Form):
    """A period by its name or by its days, and the comparison. `default` is the period where none is named."""

    default = periods.DEFAULT

    periode = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False)
    du = _day(_("From"))
    au = _day(_("To (included)"))
    avec = forms.ChoiceField(label=_("Compare with"), choices=AGAINST, required=False)

    def __init__(self, data, **usual: str):
        given = {name: value for name in self.base_fields if (value := data.get(name, ""))}
        if "du" in given or "au" in given:
            given.setdefault("periode", periods.CUSTOM)
        self.usual = {"periode": self.default, "avec": PRECEDING, **usual}
        super().__init__(self.usual | given, label_suffix="")

    def clean(self):
        """Dates make a period: two days in their order, neither to come nor before OLDEST, and not too long."""
        given, today = self.cleaned_data, timezone.localdate()
        since, until = given.get("du"), given.get("au")
        if given.get("periode") != periods.CUSTOM:
            if since or until:
                self.add_error("du" if since else "au", _("Choose “Dates of my own” for your dates to count."))
            return given
        for name, day in (("du", since), ("au", until)):
            if day and day > today:
                self.add_error(name, _("This day is still to come."))
            elif day and day < OLDEST:
                self.add_error(name, _("Give a day since the year 2000."))
        if since is None and "du" not in self.errors:
            self.add_error("du", _("Give the first day."))
        elif since and until and since > until:
            self.add_error("au", _("The last day lies before the first."))
        elif since and ((until or today) - since).days >= periods.LONGEST:
            self.add_error("du", _("Choose at most twenty years."))
        return given

    def span(self) -> Span:
        """The days asked for; the usual ones where they cannot be."""
        name = self.cleaned_data.get("periode") or self.default
        if name == periods.CUSTOM:
            if self.errors.keys() & {"du", "au"}:
                return self._named(self.default)
            until = self.cleaned_data.get("au") or timezone.localdate()
            return Span(self.cleaned_data["du"], until + dt.timedelta(days=1))
        return self._named(name)

    @staticmethod
    def _named(name: str) -> Span:
        today = timezone.localdate()
        return periods.month_before(today) if name == LAST_MONTH else periods.named(name, today)

    def against(self) -> Span | None:
        """The days they are compared with; a whole month with the whole month before it, however long that was."""
        span, name = self.span(), self.cleaned_data.get("avec") or PRECEDING
        if name == NOTHING:
            return None
        if name == YEAR:
            return span.year_before()
        return periods.month_before(span.since) if span.is_month else span.before()
