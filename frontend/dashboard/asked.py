"""What a dashboard is about, read from its address: period, comparison, category, subject."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from geo import layers
from geo.dashboards import periods
from geo.dashboards.board import Question
from geo.dashboards.periods import Span
from geo.layers import Layer
from geo.models import Territory

PERIODS = (
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


def boards(viewer, territory: Territory) -> list[Layer]:
    """The layers whose dashboard that viewer may see there."""
    declared = [layer for layer in layers.open_to(viewer) if layer.board]
    return [layer for layer in declared if viewer.has_perm(layer.board.permission, territory)]


class Controls(forms.Form):
    """The choices above the page. What cannot be understood is said beside its field, and the usual one is taken."""

    periode = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False)
    du = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    au = forms.DateField(
        label=_("To (included)"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    avec = forms.ChoiceField(label=_("Compare with"), choices=AGAINST, required=False)
    categorie = forms.ChoiceField(label=_("Category"), required=False)
    sujet = forms.ChoiceField(label=_("Subject"), required=False)

    def __init__(self, data: QueryDict, found: list[Layer], layer: Layer):
        given = {name: value for name in self.base_fields if (value := data.get(name, ""))}
        if "du" in given:
            given.setdefault("periode", periods.CUSTOM)
        usual = {"periode": periods.DEFAULT, "avec": PRECEDING, "sujet": layer.name}
        super().__init__(usual | given, label_suffix="")
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
        today, name = timezone.localdate(), self.cleaned_data.get("periode") or periods.DEFAULT
        if name != periods.CUSTOM:
            return periods.named(name, today)
        if self.errors.keys() & {"du", "au"}:
            return periods.named(periods.DEFAULT, today)
        return Span(self.cleaned_data["du"], (self.cleaned_data.get("au") or today) + dt.timedelta(days=1))

    def chosen(self) -> dict[str, str]:
        """What differs from the usual and can be understood, for addresses."""
        usual = {"periode": periods.DEFAULT, "avec": PRECEDING, "sujet": self.first}
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
    def kind_title(self) -> str:
        """The category it is about in words; empty for all."""
        return str(dict(self.controls.fields["categorie"].choices)[self.question.kind]) if self.question.kind else ""

    def query(self, **changes: str) -> str:
        """The query string that asks the same, but for `changes`: "?…", or "" for the usual."""
        chosen = {name: value for name, value in (self.controls.chosen() | changes).items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    @staticmethod
    def since(day: dt.date) -> dict[str, str]:
        """What `query` has to change for the days from `day` to today."""
        return {"periode": periods.CUSTOM, "du": day.isoformat(), "au": "", "avec": ""}


def read(parameters: QueryDict, territory: Territory, found: list[Layer], layer: Layer | None = None) -> Asked:
    """What the parameters ask of that territory; `layer` decides where given, else `sujet`, else the first."""
    layer = layer or next((one for one in found if one.name == parameters.get("sujet")), found[0])
    controls = Controls(parameters, found, layer)
    span = controls.span()
    against = {YEAR: span.year_before, NOTHING: lambda: None}.get(controls.cleaned_data.get("avec"), span.before)()
    kind = controls.cleaned_data.get("categorie") or ""
    return Asked(Question(layer, territory, span, against, kind), controls)
