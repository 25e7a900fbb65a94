"""What people type on the page of a report: an answer, news, that it is solved or is not; and their opinion of it."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.drafts import Draft
from alerts.forms import MAX_MESSAGE, photos_help
from alerts.services import MAX_PHOTOS
from common.forms import Text


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
        help=_(
            "The report is opened again: the service receives your message with all that happened before. Everybody "
            "can read it: do not name anybody."
        ),
        button=_("Open the report again"),
        done=_("The report is open again. The service has received your message."),
    ),
    "withdraw": Act(
        title=_("It is solved"),
        label=_("Do you want to add something?"),
        help=_("The report is closed as resolved, and the service is told. Everybody can read what you add."),
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


class PhotosPart:
    """Photos beside what a form has: `photos_kept` are on our side already, from an earlier sending."""

    limit = MAX_PHOTOS

    def with_photos(self, draft: Draft | None) -> None:
        """Take up what came with the form."""
        self.photos_kept = draft.photos if draft else []
        self.photo_errors = draft.errors if draft else []

    @property
    def photos_id(self) -> str:
        return self.auto_id % "photos"

    @property
    def photos_help(self) -> str:
        return photos_help()

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """(id of the field, empty for the whole form; what is wrong) of all that is to be corrected."""
        fields = [(self[name].id_for_label, error) for name in self.fields for error in self[name].errors]
        whole = [("", error) for error in self.non_field_errors()]
        return whole + fields + [(self.photos_id, error) for error in self.photo_errors]


class WordForm(PhotosPart, forms.Form):
    """A message for one of ACTS, with the photos of `draft`."""

    use_required_attribute = False

    message = Text(
        limit=MAX_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a few words.")},
    )

    def __init__(self, name: str, data=None, *, draft: Draft | None = None, **options):
        super().__init__(data, auto_id=f"{name}_%s", label_suffix="", **options)
        self.name, self.act = name, ACTS[name]
        self.with_photos(draft)
        self.fields["message"].label = self.act.label
        self.fields["message"].help_text = self.act.help
        self.fields["message"].required = self.act.needs_message


FIXED = {"oui": True, "non": False, "sais-pas": None}


class VerdictForm(PhotosPart, forms.Form):
    """Is it really fixed? The buttons say `fixed`; only who reported it is asked how satisfied they are.

    Who may open it again (`reopens`) says in the same form what is still wrong, with photos or without.
    """

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

    still = Text(
        label=_("What is still wrong?"),
        help_text=_(
            "With a few words or a photo the report is opened again: the service receives them, and everybody can see "
            "them. Without, your answer alone is counted."
        ),
        limit=MAX_MESSAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data=None, *, judge, verdict=None, reopens=False, draft: Draft | None = None, **options):
        initial = {"satisfaction": verdict.satisfaction, "comment": verdict.comment} if verdict else None
        super().__init__(data, auto_id="verdict_%s", label_suffix="", initial=initial, **options)
        self.verdict = verdict
        self.with_photos(draft)
        if judge.reported is None:
            del self.fields["satisfaction"]
        if not reopens:
            del self.fields["still"]

    @property
    def says_no(self) -> bool:
        """What is still wrong is being said, or was."""
        if self.is_bound:
            return self.data.get("fixed") == "non"
        return bool(self.verdict) and self.verdict.fixed is False

    def reopened(self) -> bool:
        """Of a valid form: whether what it says opens the report again."""
        said = self.said()
        return said["fixed"] is False and bool(said["still"] or said["photo_tokens"])

    def said(self) -> dict:
        """What services.judge takes."""
        given = self.cleaned_data
        return {
            "fixed": FIXED[given["fixed"]],
            "satisfaction": given.get("satisfaction"),
            "comment": given["comment"],
            "still": given.get("still", ""),
            "photo_tokens": [photo.token for photo in self.photos_kept] if "still" in given else [],
        }
