"""What people type about alerts. The form of residents is in alerts.report_form."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alerts.models import Category, Priority, Source
from alerts.services import MAX_PHOTOS
from alerts.workflow import WORKFLOW
from common.forms import Line, Text
from geo.models import Body, Territory

MAX_MESSAGE = 4000
FARTHEST = dt.timedelta(days=5 * 366)


def photos_help() -> str:
    """What people read beside a field for photos."""
    return gettext(
        "Up to %(count)d. Avoid faces and number plates; where a photo was taken is not published with it."
    ) % {"count": MAX_PHOTOS}


class ActForm(forms.Form):
    """An agent's step. `seen` is the last step that was shown beside the form."""

    use_required_attribute = False

    act = forms.ChoiceField(
        label=_("What do you do?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you do."),
            "invalid_choice": _("This step is not open any more. Choose one of those below."),
        },
    )
    message = Text(
        label=_("Public message"),
        limit=MAX_MESSAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    planned_for = forms.DateField(
        label=_("Planned for"),
        help_text=_("Only for “Plan”. The resident is told this date."),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This is not a date. Example: 31/12/2026.")},
    )
    service = forms.ModelChoiceField(
        Body.objects.none(),
        label=_("Service that gets it"),
        help_text=_("Only for “Send to another service”."),
        empty_label=_("Choose a service"),
        required=False,
        error_messages={"invalid_choice": _("This service cannot get it. Choose one of the list.")},
    )
    note = Text(
        label=_("Internal note"),
        help_text=_("Only seen by those who handle this report."),
        limit=MAX_MESSAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    photos = forms.Field(label=_("Photos of the result"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, acts, services, **options):
        super().__init__(*args, label_suffix="", **options)
        self.acts = acts
        self.fields["service"].queryset = services.order_by("name")
        open_acts = {act.name for act in acts}
        for act, field in (("plan", "planned_for"), ("transfer", "service")):
            if act not in open_acts:
                del self.fields[field]
        self.fields["act"].choices = [(act.name, act.title) for act in acts]
        needing = ", ".join(gettext("“%s”") % act.title for act in acts if act.message_required)
        self.fields["message"].help_text = gettext(
            "The resident receives it and everybody can read it. Needed for: %(acts)s."
        ) % {"acts": needing}

    def clean(self):
        cleaned = super().clean()
        act = WORKFLOW.by_name.get(cleaned.get("act"))
        if act and act.message_required and not cleaned.get("message") and "message" not in self.errors:
            self.add_error("message", _("Say something to the resident: this step needs a public message."))
        name = act and act.name
        if name != "plan":
            cleaned["planned_for"] = None
        elif (day := cleaned.get("planned_for")) and (wrong := wrong_day(day)):
            self.add_error("planned_for", wrong)
        if name != "transfer":
            cleaned["service"] = None
        elif not cleaned.get("service") and "service" not in self.errors:
            self.add_error("service", _("Choose the service that is to get this report."))
        return cleaned


def wrong_day(day: dt.date) -> str:
    """Why work cannot be planned for that day; empty where it can."""
    today = timezone.localdate()
    if day < today:
        return gettext("This day is over. Choose today or a later day.")
    if day > today + FARTHEST:
        return gettext("This day is more than five years away. Check the year.")
    return ""


class QueueFilters(forms.Form):
    """Filters of the queue. A value that cannot be understood is left out, as a link may be old.

    `category` is cleaned to ids, with all that is inside a heading; `assignee` to conditions on an alert.
    """

    text = Line(label=_("Reference or words"), limit=100, required=False, widget=forms.TextInput({"type": "search"}))
    category = forms.ChoiceField(label=_("Category"), required=False)
    etat = forms.ChoiceField(
        label=_("State"),
        choices=lambda: [("", _("All")), *((name, capfirst(title)) for name, title in WORKFLOW.choices())],
        required=False,
    )
    assignee = forms.ChoiceField(label=pgettext_lazy("a report", "Given to"), required=False)
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=lambda: [("", _("All")), *((value, capfirst(title)) for value, title in reversed(Priority.choices))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Territory"), empty_label=_("All"), required=False
    )
    service = forms.ModelChoiceField(
        Body.objects.none(), label=_("Service"), to_field_name="slug", empty_label=_("All"), required=False
    )
    source = forms.ChoiceField(
        label=_("Came by"),
        choices=lambda: [("", _("All")), *((value, capfirst(title)) for value, title in Source.choices)],
        required=False,
    )
    since = forms.DateField(label=_("Reported since"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("Reported until"), required=False, widget=forms.DateInput({"type": "date"}))
    contested = forms.BooleanField(label=_("Residents say it is not fixed"), required=False)
    unrouted = forms.BooleanField(label=_("Without a service"), required=False)
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=[
            ("", _("Usual order: late ones first")),
            ("due", _("Due first")),
            ("priority", _("Most urgent first")),
            ("age", _("Oldest first")),
            ("newest", _("Newest first")),
            ("supports", _("Most people first")),
            ("changed", _("Last changed first")),
        ],
        required=False,
    )
    view = forms.ChoiceField(
        choices=[("", ""), ("late", ""), ("mine", ""), ("list", ""), ("closed", "")],
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args, user, territories, services, people=(), teams=(), **options):
        super().__init__(*args, label_suffix="", **options)
        self.user = user
        self.inside: dict[str, list[int]] = {}
        self.categories = list(Category.objects.all())
        self.fields["category"].choices = self._categories()
        self.fields["assignee"].choices = [
            ("", _("All agents")),
            ("moi", _("Me")),
            ("personne", _("Nobody")),
            *who(people, teams),
        ]
        self.people, self.teams = people, teams
        self.fields["territory"].queryset = territories
        if services is None:  # an agent has the one service
            del self.fields["service"], self.fields["unrouted"]
        else:
            self.fields["service"].queryset = services

    def clean_category(self):
        return self.inside.get(self.cleaned_data["category"])

    def clean_assignee(self):
        value = self.cleaned_data["assignee"]
        if value in ("moi", "personne"):
            return {"assignee": self.user} if value == "moi" else {"assignee": None, "team": None}
        return value and {"assignee" if value[0] == "a" else "team": int(value[1:])}

    def more_used(self) -> bool:
        """Whether a filter is set that stands in the folded part."""
        folded = ("territory", "service", "source", "since", "until", "contested", "unrouted", "priority")
        return any(self.data.get(name) for name in folded)

    def _categories(self) -> list[tuple[str, str]]:
        """(code, name) of all, each under the one it is inside."""
        children: dict[int | None, list[Category]] = {}
        for one in self.categories:
            children.setdefault(one.parent_id, []).append(one)
        choices = [("", _("All categories"))]

        def add(category: Category, depth: int) -> list[int]:
            ids = [category.pk]
            choices.append((category.code, "\u2003" * depth + category.name))
            for child in children.get(category.pk, []):
                ids += add(child, depth + 1)
            self.inside[category.code] = ids
            return ids

        for top in children.get(None, []):
            add(top, 0)
        return choices


def who(people, teams) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices of people ("a" and their key) and teams ("e" and theirs), in groups; no group is empty."""
    groups = [
        (_("Teams"), [(f"e{team.pk}", team.name) for team in teams]),
        (_("Agents"), [(f"a{person.pk}", str(person)) for person in people]),
    ]
    return [(title, choices) for title, choices in groups if choices]
