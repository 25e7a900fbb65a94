"""What people type in a discussion. Nothing of it is lost where it is refused."""

import uuid

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.forms import KeptText, Text
from common.ratelimit import exceeded
from engagement.discussion.models import Reason, Stance

MAX_TEXT, MAX_NOTE = 3000, 1000
WINDOW = 600  # seconds


class TalkForm(forms.Form):
    """What all forms here share: who writes, and how often one may."""

    use_required_attribute = False
    button = _("Save")
    limited = True

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, label_suffix="", **options)
        self.user = user

    def clean(self):
        cleaned = super().clean()
        if self.limited and not self.errors and too_many(self.user):
            raise forms.ValidationError(_("You wrote a lot. Nothing is lost: send this again in ten minutes."))
        return cleaned


def too_many(user, times: int = 1) -> bool:
    """Count one act of that person; whether it is one too many within ten minutes."""
    limit = settings.DISCUSSION_LIMIT * times
    return exceeded(f"discussion:{times}:{user.pk}", limit=limit, seconds=WINDOW)


class ReplyForm(TalkForm):
    """A reply. `answers_as` is the name in which this person may answer officially, None for others."""

    button = _("Publish my reply")

    text = Text(
        label=_("Your reply"),
        help_text=_(
            "Everybody can read it. **bold**, *italic*, lists and links are possible, and @name to call somebody."
        ),
        limit=MAX_TEXT,
        widget=KeptText(attrs={"rows": 4}),
        error_messages={"required": _("Write a few words.")},
    )
    officially = forms.BooleanField(required=False)
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, answers_as: str | None = None, **options):
        initial = {"submission": uuid.uuid4(), "officially": True} | options.pop("initial", {})
        super().__init__(data, initial=initial, **options)
        self.answers_as = answers_as
        if answers_as:
            self.fields["officially"].label = _("Answer in the name of: %(name)s") % {"name": answers_as}
        else:
            del self.fields["officially"]


class CommentForm(ReplyForm):
    """An argument for or against, or a question."""

    button = _("Publish")

    stance = forms.ChoiceField(
        label=_("What do you bring?"),
        choices=[
            (Stance.FOR, _("An argument for")),
            (Stance.AGAINST, _("An argument against")),
            (Stance.QUESTION, _("A question")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose: for, against, or a question."),
            "invalid_choice": _("Choose: for, against, or a question."),
        },
    )
    field_order = ["stance", "text", "officially", "submission"]

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.fields["text"].label = _("Your words")
        if self.answers_as:
            self.initial["officially"] = False


class EditForm(TalkForm):
    """Other words for what one has said."""

    text = Text(
        label=_("Your text"),
        help_text=_("It will be marked as changed, and what it said before can still be read."),
        limit=MAX_TEXT,
        widget=KeptText(attrs={"rows": 6}),
        error_messages={"required": _("Write a few words, or withdraw your text.")},
    )


class WithdrawForm(TalkForm):
    """Are you sure?"""

    button = _("Withdraw my text")
    limited = False


class FlagForm(TalkForm):
    """What is wrong with a comment."""

    button = _("Send to the moderators")

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason.")},
    )
    note = Text(
        label=_("What should the moderators know?"),
        help_text=_("Optional. Only they read it."),
        limit=MAX_NOTE,
        required=False,
        widget=KeptText(attrs={"rows": 2}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("reason") == Reason.OTHER and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", _("Say in a few words what is wrong."))
        return cleaned


class DecisionForm(forms.Form):
    """A moderator's decision: hiding needs a reason, which everybody reads; keeping needs none."""

    use_required_attribute = False

    reason = forms.ChoiceField(
        label=_("Reason"),
        help_text=_("Everybody reads it in place of the text, and its author receives it."),
        choices=[("", _("Choose a reason")), *Reason.choices],
        required=False,
        error_messages={"invalid_choice": _("Choose a reason.")},
    )
    note = Text(
        label=_("Why?"),
        help_text=_("For the history of moderation: only moderators read it."),
        limit=MAX_NOTE,
        widget=KeptText(attrs={"rows": 2}),
        error_messages={"required": _("Say in a few words why.")},
    )

    def __init__(self, data=None, *, hides: bool = True, **options):
        super().__init__(data, label_suffix="", **options)
        self.hides = hides

    def clean(self):
        cleaned = super().clean()
        if self.hides and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Choose a reason."))
        return cleaned | ({} if self.hides else {"reason": ""})
