"""What the service in charge types about the works."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from budget.delivery.models import WorksPhoto
from common.forms import EuroField
from common.text import clean_text

# Days far outside are mistypings.
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)


class Words(forms.CharField):
    def to_python(self, value):
        return clean_text(super().to_python(value))


class Day(forms.DateField):
    def __init__(self, **options):
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)

    def validate(self, value):
        super().validate(value)
        if value and not EARLIEST <= value <= LATEST:
            raise ValidationError(_("This day is not possible."))


class MilestoneForm(forms.Form):
    title = Words(label=_("Step"), max_length=120, help_text=_("For example: call for tenders, works begin, opening."))
    planned_on = Day(label=_("Planned for"))
    done_on = Day(label=_("Done on"), required=False, help_text=_("Leave empty until it is done."))
    message = Words(
        label=_("What residents should know"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when a step is put off: say why."),
    )


class ExpenseForm(forms.Form):
    label = Words(label=_("What for"), max_length=160)
    amount = EuroField(label=_("Amount, all taxes included (€)"))
    paid_on = Day(label=_("Paid on"))
    document = Words(label=_("Number of the invoice or payment order"), max_length=80, required=False)


class StrikeForm(forms.Form):
    reason = Words(label=_("Why is it wrong?"), max_length=200, help_text=_("Everybody reads it."))


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
        help_text=_("Avoid faces and number plates; where it was taken is not published with it."),
    )
    moment = forms.ChoiceField(label=_("Taken"), choices=WorksPhoto.Moment.choices)
    milestone = forms.ModelChoiceField(
        None, label=_("Step"), required=False, to_field_name="reference", empty_label=_("the project as a whole")
    )
    caption = Words(label=_("What it shows"), max_length=160, help_text=_("Read aloud to people who cannot see it."))

    def __init__(self, *args, milestones, **options):
        super().__init__(*args, **options)
        self.fields["milestone"].queryset = milestones


class ActForm(forms.Form):
    message = Words(
        label=_("Message to residents"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SignForm(forms.Form):
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    text = Words(
        label=_("Your words to residents"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say what is done, what is late and why."),
    )
