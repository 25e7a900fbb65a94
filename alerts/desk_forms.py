"""What agents type besides a step: who gets the work, one act for many, why something is hidden, what is blurred."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.forms import MAX_MESSAGE, who, wrong_day
from alerts.models import Alert, Moderation, Priority, Team
from alerts.services import ACTS, MAX_AREAS, Wish
from alerts.workflow import WORKFLOW
from common.forms import Line, Text
from geo.forms import PlaceField
from geo.models import Body

MAX_NAME = 60
PRIORITIES = [(value, capfirst(title)) for value, title in reversed(Priority.choices)]


class WhoField(forms.ChoiceField):
    """One of some people and teams, or nobody; cleaned to (User or None, Team or None)."""

    def offer(self, people: list[User], teams: list[Team]) -> None:
        self.people = {f"a{one.pk}": one for one in people}
        self.teams = {f"e{one.pk}": one for one in teams}
        self.choices = [("", _("Nobody")), *who(people, teams)]

    def clean(self, value):
        value = super().clean(value)
        return self.people.get(value), self.teams.get(value)


class OrganiseForm(forms.Form):
    """Who has a report, how urgent it is, and a note: nothing the public sees."""

    use_required_attribute = False

    who = WhoField(
        label=_("Given to"),
        required=False,
        error_messages={"invalid_choice": _("This one cannot handle the report any more. Choose another one.")},
    )
    # It always has a value: sent without one, the priority stays.
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=PRIORITIES, coerce=int, required=False, empty_value=None
    )
    note = Text(
        label=_("Internal note"),
        help_text=_("Only seen by those who handle this report."),
        limit=MAX_MESSAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data=None, *, alert: Alert, people: list[User], teams: list[Team]):
        holder = f"a{alert.assignee_id}" if alert.assignee_id else f"e{alert.team_id}" if alert.team_id else ""
        initial = {"who": holder, "priority": alert.priority}
        super().__init__(data, label_suffix="", initial=initial, prefix="org")
        self.fields["who"].offer(people, teams)

    def clean_priority(self):
        given = self.cleaned_data["priority"]
        return self.initial["priority"] if given is None else given


class BulkForm(forms.Form):
    """One act for many reports."""

    use_required_attribute = False

    act = forms.ChoiceField(
        label=_("What do you do?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you do.")},
    )
    message = Text(
        label=_("Public message"), limit=MAX_MESSAGE, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    planned_for = forms.DateField(
        label=_("Planned for"),
        help_text=_("Only for “Plan”. The residents are told this date."),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This is not a date. Example: 31/12/2026.")},
    )
    service = forms.ModelChoiceField(
        Body.objects.none(),
        label=_("Service that gets them"),
        help_text=_("Only for “Send to another service”."),
        empty_label=_("Choose a service"),
        required=False,
        error_messages={"invalid_choice": _("This service cannot get it. Choose one of the list.")},
    )
    who = WhoField(label=_("Given to"), help_text=_("Only for “Give to somebody”."), required=False)
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        help_text=_("Only for “Change the priority”."),
        choices=PRIORITIES,
        coerce=int,
        empty_value=Priority.NORMAL,
        initial=Priority.NORMAL,
        required=False,
    )
    note = Text(
        label=_("Internal note"),
        help_text=_("Only for a step; only seen by those who handle the reports."),
        limit=MAX_MESSAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    TITLES = {"assign": _("Give to somebody"), "prioritise": _("Change the priority")}

    def __init__(self, data=None, *, services, people: list[User], teams: list[Team]):
        super().__init__(data, label_suffix="")
        self.fields["act"].choices = [(act, self.TITLES.get(act) or WORKFLOW.by_name[act].title) for act in ACTS]
        self.fields["service"].queryset = services
        self.fields["who"].offer(people, teams)
        needing = [step.title for act in ACTS if (step := WORKFLOW.by_name.get(act)) and step.message_required]
        self.fields["message"].help_text = gettext("Each resident receives it. Needed for: %(acts)s.") % {
            "acts": ", ".join(gettext("“%s”") % title for title in needing)
        }

    def clean(self):
        cleaned = super().clean()
        act = cleaned.get("act", "")
        step = WORKFLOW.by_name.get(act)
        if step and step.message_required and not cleaned.get("message") and "message" not in self.errors:
            self.add_error("message", _("Say something to the resident: this step needs a public message."))
        if act == "plan" and (day := cleaned.get("planned_for")) and (wrong := wrong_day(day)):
            self.add_error("planned_for", wrong)
        if act == "transfer" and not cleaned.get("service") and "service" not in self.errors:
            self.add_error("service", _("Choose the service that is to get this report."))
        return cleaned

    def wish(self) -> Wish:
        """What a valid form asks for; what another act would need is left out."""
        given, act = self.cleaned_data, self.cleaned_data["act"]
        person, team = given["who"] if act == "assign" else (None, None)
        return Wish(
            act=act,
            message=given["message"],
            note=given["note"],
            planned_for=given["planned_for"] if act == "plan" else None,
            body=given["service"] if act == "transfer" else None,
            assignee=person,
            team=team,
            priority=given["priority"],
        )


class FilterForm(forms.Form):
    """A name for a search."""

    use_required_attribute = False

    name = Line(
        label=_("Name of this filter"),
        limit=MAX_NAME,
        error_messages={"required": _("Give it a name, such as “Potholes of the centre”.")},
    )


class HideForm(forms.Form):
    """Why something is hidden."""

    use_required_attribute = False

    reason = forms.ChoiceField(
        label=_("Reason"),
        help_text=_("The public reads it."),
        choices=lambda: [("", _("Choose a reason")), *((v, capfirst(t)) for v, t in Moderation.Reason.choices)],
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason of the list.")},
    )
    note = Line(label=_("Internal note"), limit=500, required=False)


class AreaForm(forms.Form):
    """An area of a photo, in percent of its width and height."""

    left = forms.FloatField(label=_("Left (%)"), min_value=0, max_value=99.9)
    top = forms.FloatField(label=_("Top (%)"), min_value=0, max_value=99.9)
    width = forms.FloatField(label=_("Width (%)"), min_value=0.1, max_value=100)
    height = forms.FloatField(label=_("Height (%)"), min_value=0.1, max_value=100)

    use_required_attribute = False

    def area(self) -> tuple[float, float, float, float]:
        """As shares of the photo."""
        return tuple(self.cleaned_data[name] / 100 for name in ("left", "top", "width", "height"))


class Areas(forms.BaseFormSet):
    """Those that were filled in; at least one."""

    def clean(self):
        if not any(self.errors) and not self.areas():
            raise forms.ValidationError(_("Mark at least one area: draw it on the photo or type its numbers."))

    def areas(self) -> list[tuple[float, float, float, float]]:
        return [form.area() for form in self.forms if form.has_changed()]


AreaFormSet = forms.formset_factory(
    AreaForm, formset=Areas, extra=4, max_num=MAX_AREAS, absolute_max=MAX_AREAS, validate_max=True
)


class RoundForm(forms.Form):
    """Where a round starts."""

    start = PlaceField(label=_("Where do you start?"), required=False)
