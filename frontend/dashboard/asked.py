"""What a dashboard is about, read from its address: period, comparison, category, subject."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.dates import long_date
from frontend.dashboard.dates import PERIODS, YEAR, DatesForm
from geo import layers
from geo.dashboards import periods
from geo.dashboards.board import Question
from geo.layers import Layer
from geo.models import Territory


def boards(viewer, territory: Territory) -> list[Layer]:
    """The layers whose dashboard that viewer may see there."""
    declared = [layer for layer in layers.open_to(viewer) if layer.board]
    return [layer for layer in declared if viewer.has_perm(layer.board.permission, territory)]


class Controls(DatesForm):
    """The choices above the page. What cannot be understood is said beside its field, and the usual one is taken."""

    categorie = forms.ChoiceField(label=_("Category"), required=False)
    sujet = forms.ChoiceField(label=_("Subject"), required=False)

    def __init__(self, data: QueryDict, found: list[Layer], layer: Layer):
        super().__init__(data, sujet=layer.name)
        split = next(one for one in layer.filters if one.name == layer.board.breakdown)
        self.fields["categorie"].choices = [
            ("", _("All categories")),
            *((one.value, one.title) for one in split.choices()),
        ]
        self.fields["categorie"].label = split.title
        self.fields["sujet"].choices = [(one.name, one.title) for one in found]
        if len(found) < 2:
            del self.fields["sujet"]
        self.first = found[0].name
        self.is_valid()

    def chosen(self) -> dict[str, str]:
        """What differs from the usual and can be understood, for addresses."""
        usual = self.usual | {"sujet": self.first}
        wrong = set(self.errors)
        if self.cleaned_data.get("periode") != periods.CUSTOM:
            wrong |= {"du", "au"}
        elif wrong & {"du", "au"}:
            wrong |= {"du", "au", "periode"}
        return {
            name: str(value)
            for name, value in self.cleaned_data.items()
            if value and name not in wrong and str(value) != usual.get(name)
        }


@dataclass(frozen=True)
class Asked:
    """A question to a board with the form it was asked by."""

    question: Question
    controls: Controls

    @property
    def period(self) -> str:
        """The name of the period shown, or periods.CUSTOM."""
        return self.controls.chosen().get("periode", periods.DEFAULT)

    @property
    def compares(self) -> str:
        """How what was before is called; empty where nothing is."""
        if self.question.against is None:
            return ""
        year = self.controls.cleaned_data.get("avec") == YEAR
        return gettext("a year earlier") if year else gettext("in the period before")

    @property
    def days(self) -> str:
        """The days it is about, as a sentence."""
        span = self.question.span
        if span.is_everything:
            return gettext("Everything ever received.")
        if span.days == 1:
            return gettext("On %(day)s.") % {"day": long_date(span.since)}
        return gettext("From %(first)s to %(last)s.") % {"first": long_date(span.since), "last": long_date(span.last)}

    @property
    def days_before(self) -> str:
        """What it is compared with, as the end of a sentence: which days; empty where nothing is."""
        span = self.question.against
        if span is None:
            return ""
        if span.days == 1:
            return gettext("on %(day)s") % {"day": long_date(span.since)}
        return gettext("from %(since)s to %(until)s") % {"since": long_date(span.since), "until": long_date(span.last)}

    @property
    def period_title(self) -> str:
        """The name of the period shown, in words."""
        return str(dict(PERIODS)[self.period])

    @property
    def kind_title(self) -> str:
        """The category it is about in words; empty for all."""
        return str(dict(self.controls.fields["categorie"].choices)[self.question.kind]) if self.question.kind else ""

    def query(self, **changes: str) -> str:
        """The query string that asks the same, but for `changes`: "?…", or "" for the usual."""
        chosen = {name: value for name, value in (self.controls.chosen() | changes).items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    @staticmethod
    def between(first: dt.date, last: dt.date) -> dict[str, str]:
        """What `query` has to change for these days, both included; those to come are left out."""
        last = min(last, timezone.localdate())
        return {"periode": periods.CUSTOM, "du": first.isoformat(), "au": last.isoformat(), "avec": ""}

    @staticmethod
    def since(day: dt.date) -> dict[str, str]:
        """What `query` has to change for the days from `day` to today."""
        return {"periode": periods.CUSTOM, "du": day.isoformat(), "au": "", "avec": ""}


def read(parameters: QueryDict, territory: Territory, found: list[Layer], layer: Layer | None = None) -> Asked:
    """What the parameters ask of that territory; `layer` decides where given, else `sujet`, else the first."""
    layer = layer or next((one for one in found if one.name == parameters.get("sujet")), found[0])
    controls = Controls(parameters, found, layer)
    kind = controls.cleaned_data.get("categorie") or ""
    return Asked(Question(layer, territory, controls.span(), controls.against(), kind), controls)
