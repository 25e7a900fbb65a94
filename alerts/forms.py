"""What people type about alerts. The form of residents is in alerts.report_form."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.models import Category
from alerts.workflow import WORKFLOW
from common.text import clean_text
from geo.models import Body, Territory

MAX_MESSAGE = 4000
FARTHEST = dt.timedelta(days=5 * 366)


class Text(forms.CharField):
    """Cleaned text of at most `limit` characters. The browser is not told of the limit: it would cut a pasted text."""

    def __init__(self, *, limit: int, **options):
        super().__init__(**options)
        self.limit = limit

    def to_python(self, value):
        return clean_text(super().to_python(value))

    def validate(self, value):
        super().validate(value)
        if len(value) > self.limit:
            raise forms.ValidationError(
                _("Your text has %(count)s characters; shorten it to %(limit)s."),
                code="too_long",
                params={
                    "count": number_format(len(value), force_grouping=True),
                    "limit": number_format(self.limit, force_grouping=True),
                },
            )


class Line(Text):
    """Cleaned text on one line."""

    def to_python(self, value):
        return " ".join(super().to_python(value).split())


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
        elif day := cleaned.get("planned_for"):
            self._check_day(day)
        if name != "transfer":
            cleaned["service"] = None
        elif not cleaned.get("service") and "service" not in self.errors:
            self.add_error("service", _("Choose the service that is to get this report."))
        return cleaned

    def _check_day(self, day: dt.date) -> None:
        today = timezone.localdate()
        if day < today:
            self.add_error("planned_for", _("This day is over. Choose today or a later day."))
        elif day > today + FARTHEST:
            self.add_error("planned_for", _("This day is more than five years away. Check the year."))


class QueueFilters(forms.Form):
    """Filters of the queue. A value that cannot be understood is left out, as a link may be old."""

    category = forms.ModelChoiceField(
        Category.objects.all(),
        label=_("Category"),
        to_field_name="code",
        empty_label=_("All"),
        required=False,
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Territory"), empty_label=_("All"), required=False
    )
    service = forms.ModelChoiceField(
        Body.objects.none(), label=_("Service"), to_field_name="slug", empty_label=_("All"), required=False
    )
    unrouted = forms.BooleanField(label=_("Without a service"), required=False)
    text = Line(label=_("Reference or words"), limit=100, required=False, widget=forms.TextInput({"type": "search"}))

    def __init__(self, *args, territories, services, **options):
        super().__init__(*args, label_suffix="", **options)
        self.fields["territory"].queryset = territories
        if services is None:  # an agent has the one service
            del self.fields["service"], self.fields["unrouted"]
        else:
            self.fields["service"].queryset = services
