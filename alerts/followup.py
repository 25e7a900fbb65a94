"""What people type on the page of a report: an answer, news, that it is solved or is not; and their opinion of it."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.forms import MAX_MESSAGE, Text


@dataclass(frozen=True)
class Act:
    """How a page offers an act that comes with a message."""

    title: str
    label: str
    help: str
    button: str
    done: str
    needs_message: bool = True


ACTS = {
    "reply": Act(
        title=_("Answer the question"),
        label=_("Your answer"),
        help=_("The service receives it and goes on with your report. Everybody can read it."),
        button=_("Send my answer"),
        done=_("Thank you. The service has your answer."),
    ),
    "contest": Act(
        title=_("It is not solved"),
        label=_("What is still wrong?"),
        help=_("The report is opened again: the service receives your message with all that happened before."),
        button=_("Open the report again"),
        done=_("The report is open again. The service has received your message."),
    ),
    "withdraw": Act(
        title=_("It is solved"),
        label=_("Do you want to add something?"),
        help=_("The report is closed as resolved, and the service is told."),
        button=_("Yes, it is solved"),
        done=_("Thank you. The report is closed, and the service is told."),
        needs_message=False,
    ),
    "update": Act(
        title=_("Add information"),
        label=_("Your message"),
        help=_("The service and those who follow this report receive it. Everybody can read it: do not name anybody."),
        button=_("Publish"),
        done=_("Thank you. Your message is published."),
    ),
}


class WordForm(forms.Form):
    """A message for one of ACTS. `photos_kept` are photos already on our side, from an earlier sending."""

    use_required_attribute = False

    message = Text(
        limit=MAX_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a few words.")},
    )

    def __init__(self, name: str, data=None, *, photos_kept=(), **options):
        super().__init__(data, auto_id=f"{name}_%s", label_suffix="", **options)
        self.name, self.act, self.photos_kept, self.photo_errors = name, ACTS[name], photos_kept, []
        self.fields["message"].label = self.act.label
        self.fields["message"].help_text = self.act.help
        self.fields["message"].required = self.act.needs_message


FIXED = {"oui": True, "non": False, "sais-pas": None}


class VerdictForm(forms.Form):
    """Is it really fixed? The buttons say `fixed`; only who reported it is asked how satisfied they are."""

    use_required_attribute = False

    fixed = forms.ChoiceField(
        choices=[(key, key) for key in FIXED],
        error_messages={"required": _("Press one of the buttons."), "invalid_choice": _("Press one of the buttons.")},
    )
    satisfaction = forms.TypedChoiceField(
        label=_("How satisfied are you with the way your report was handled?"),
        choices=[
            (1, _("1 – not at all")),
            (2, "2"),
            (3, "3"),
            (4, "4"),
            (5, _("5 – very much")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose from 1 to 5.")},
    )
    comment = Text(
        label=_("A word to the service"),
        help_text=_("Only the service reads it."),
        limit=MAX_MESSAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data=None, *, judge, verdict=None, **options):
        initial = {"satisfaction": verdict.satisfaction, "comment": verdict.comment} if verdict else None
        super().__init__(data, auto_id="verdict_%s", label_suffix="", initial=initial, **options)
        self.verdict = verdict
        if judge.reported is None:
            del self.fields["satisfaction"]

    def said(self) -> dict:
        """What services.judge takes."""
        given = self.cleaned_data
        return {
            "fixed": FIXED[given["fixed"]],
            "satisfaction": given.get("satisfaction"),
            "comment": given["comment"],
        }
