"""What those who run a budget type about its proposals."""

from django import forms
from django.utils.translation import gettext_lazy as _

from budget.proposals.forms import WordsForm
from common.forms import Line, Text
from geo.forms import PlaceField

MAX_MESSAGE = 4000


class MergeForm(forms.Form):
    """Why, in whose name."""

    use_required_attribute = False

    message = Text(
        label=_("Why?"),
        help_text=_("Authors and supporters receive it, and everybody can read it."),
        limit=MAX_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why: everybody reads it.")},
    )
    actor_name = Line(
        label=_("In the name of (optional)"),
        help_text=_("The service as people know it: “Participation of residents”."),
        limit=120,
        required=False,
    )

    def __init__(self, *args, **options):
        super().__init__(*args, label_suffix="", **options)


class ReasonForm(forms.Form):
    """Why something is hidden, or shown again."""

    use_required_attribute = False

    reason = Text(
        label=_("Why?"),
        help_text=_("The page of the proposal says it to everybody."),
        limit=MAX_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: everybody reads it.")},
    )

    def __init__(self, *args, **options):
        super().__init__(*args, label_suffix="", **options)


class PartForm(WordsForm):
    """One part of a proposal that is split; without a place it stays where the whole is."""

    place = PlaceField(label=_("Its own place"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name, label in (("title", _("Title")), ("text", _("Description"))):
            self.fields[name].label, self.fields[name].help_text = label, ""


def parts_formset(data, proposal, count: int, most: int):
    """`count` parts, each beginning with the words of the whole."""
    made = forms.formset_factory(
        PartForm, extra=0, min_num=2, max_num=most, validate_min=True, validate_max=True, absolute_max=most
    )
    words = {"title": proposal.title, "text": proposal.text}
    return made(data, initial=[words] * count, prefix="part", form_kwargs={})
