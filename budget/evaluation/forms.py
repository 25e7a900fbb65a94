"""Forms of those who assign, study and sign. What is missing is said by services, what is mistyped here."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budget.evaluation import lines
from budget.evaluation.models import Verdict
from budget.evaluation.services.answering import MAX_ANSWER
from budget.evaluation.services.studying import MAX_REMARK, MAX_TEXT
from common import money
from geo.models import Body

CHOICES = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")), ("na", gettext_lazy("Does not apply")))
# Of a version: fits the column, and whoever types more is told so.
MOST_SEEN = 2**31 - 1


class AmountField(forms.CharField):
    """An amount as people type it; integer cents, None where empty."""

    def __init__(self, **options):
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            found = money.cents(text)
        except ValueError:
            raise forms.ValidationError(
                _("“%(amount)s” is no amount. Write 1250 or 1250,50.") % {"amount": text}
            ) from None
        if found < 0:
            raise forms.ValidationError(_("An amount cannot be below zero."))
        return found


class WithLines(forms.Form):
    """A form with the lines of a cost beside its fields: `lines` is what was typed or is known."""

    def __init__(self, data=None, *, known=(), **options):
        super().__init__(data, label_suffix="", **options)
        self.lines_problem = ""
        self.lines = lines.typed(data) if data is not None else lines.shown(known)

    def clean(self):
        for error in self.lines.errors:
            self.add_error(None, error)
        return super().clean()

    def only_shown(self, rows: lines.Lines) -> None:
        """As it was typed, with other rows: nothing is checked."""
        self.lines, self._errors = rows, {}

    def add_errors(self, errors: dict[str, str]) -> None:
        """What a service found missing, each at its field."""
        for name, message in errors.items():
            if name == "lines":
                self.lines_problem = message
            field = name if name in self.fields else f"q_{name}"
            self.add_error(field if field in self.fields else None, message)


class StudyForm(WithLines):
    verdict = forms.ChoiceField(
        label=gettext_lazy("Your verdict"), choices=Verdict.choices, widget=forms.RadioSelect, required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        help_text=gettext_lazy("Everybody reads it once it is signed. In plain words: why, and what should change."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=MAX_TEXT,
        required=False,
    )
    yearly = AmountField(label=gettext_lazy("Upkeep a year (€)"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Internal note"),
        help_text=gettext_lazy("Only services and officials read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MAX_TEXT,
        required=False,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_SEEN)

    def __init__(self, data=None, *, items, study=None, **options):
        initial = {"seen": study.version if study else 0}
        if study:
            known = {name: getattr(study, name) for name in ("verdict", "reason", "note")}
            initial |= known | {"yearly": lines.plain(study.yearly)}
            for one in study.answers:
                initial |= {f"q_{one['code']}": one["answer"], f"r_{one['code']}": one["remark"]}
        super().__init__(data, known=study.lines if study else (), initial=initial, **options)
        self.items = items
        for item in items:
            self.fields[f"q_{item.code}"] = forms.ChoiceField(
                label=item.question,
                help_text=item.help,
                choices=CHOICES,
                widget=forms.RadioSelect,
                required=False,
            )
            self.fields[f"r_{item.code}"] = forms.CharField(
                label=_("Remark"), max_length=MAX_REMARK, required=False, widget=forms.TextInput
            )

    @property
    def questions(self) -> list[tuple]:
        """(question, its field, the field of its remark)"""
        return [(item, self[f"q_{item.code}"], self[f"r_{item.code}"]) for item in self.items]

    def content(self) -> dict:
        """What services.save_study takes."""
        data = self.cleaned_data
        return {
            "verdict": data["verdict"],
            "reason": data["reason"],
            "yearly": data["yearly"],
            "note": data["note"],
            "lines": self.lines.values,
            "answers": {item.code: (data[f"q_{item.code}"], data[f"r_{item.code}"]) for item in self.items},
        }


class DecisionForm(WithLines):
    feasible = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=(("yes", gettext_lazy("It can be done")), ("no", gettext_lazy("It cannot be done"))),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether it can be done.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        help_text=gettext_lazy("It is sent to the author, and everybody reads it."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MAX_TEXT,
        required=False,
    )
    yearly = AmountField(label=gettext_lazy("Upkeep a year (€)"), required=False)
    correction = forms.CharField(
        label=gettext_lazy("Why the amounts are not those of the services"),
        help_text=gettext_lazy("Only where you changed them. Public."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=MAX_TEXT,
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=2000)


class ReopenForm(forms.Form):
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Give back to"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one service.")},
    )
    message = forms.CharField(
        label=gettext_lazy("What is to be studied again"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MAX_TEXT,
        error_messages={"required": gettext_lazy("Say what is to be studied again.")},
    )

    def __init__(self, data=None, *, assignments, **options):
        super().__init__(data, label_suffix="", **options)
        self.fields["services"].choices = [(one.reference, one.body.name) for one in assignments]


class DeadlineForm(forms.Form):
    deadline = forms.DateField(
        label=gettext_lazy("Study expected until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the service"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=MAX_TEXT,
        required=False,
    )

    def __init__(self, data=None, **options):
        super().__init__(data, label_suffix="", **options)
        self.fields["deadline"].widget.attrs["min"] = timezone.localdate().isoformat()


class AssignForm(DeadlineForm):
    body = forms.ModelChoiceField(
        label=gettext_lazy("Service"),
        queryset=Body.objects.none(),
        to_field_name="slug",
        error_messages={"required": gettext_lazy("Choose a service.")},
    )
    field_order = ["body", "deadline", "note"]

    def __init__(self, data=None, *, bodies, **options):
        super().__init__(data, **options)
        self.fields["body"].queryset = bodies


class AnswerForm(forms.Form):
    message = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("One answer, which everybody reads below the decision. The services are told."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MAX_ANSWER,
        error_messages={"required": gettext_lazy("Write your answer.")},
    )

    def __init__(self, data=None, **options):
        super().__init__(data, label_suffix="", **options)
