"""What a resident types to report a problem: the same for all, and what the chosen category asks."""

import uuid
from urllib.parse import urlencode

from django import forms
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from alerts.answers import check
from alerts.forms import photos_help
from alerts.models import AlertPhoto, Category, Question
from alerts.nearby import REACH, Near, equipment_nearby, reported_nearby
from alerts.services import MAX_ADDRESS, MAX_DESCRIPTION
from common.forms import Line, PhotosField, Text
from common.proof import ProofMixin
from common.text import clean_text
from geo import addresses
from geo.forms import PlaceField
from geo.models import Asset

MAX_LANDMARK = 100
# Metres within which an address is that of the place.
CLOSE_BY = 50
# Before the code of each question in the names of fields.
ANSWER = "q-"


class AnswerField(forms.Field):
    """The answer to one question of a category, as a list of texts; alerts.answers decides what is right."""

    def __init__(self, question: Question):
        super().__init__(
            label=question.label,
            help_text=question.help,
            required=question.required,
            widget=_widget(question),
        )
        self.question = question

    def clean(self, value):
        texts = value if isinstance(value, list) else [value or ""]
        checked = check([self.question], {self.question.code: texts})
        if checked.errors:
            raise forms.ValidationError(checked.errors[self.question.code])
        return checked.answers.get(self.question.code)


def _widget(question: Question) -> forms.Widget:
    choices = [(one["key"], one["name"]) for one in question.choices]
    match question.type:
        case Question.Type.TEXT:
            return forms.Textarea(attrs={"rows": 3})
        case Question.Type.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        case Question.Type.DATE:
            return forms.DateInput(attrs={"type": "date"})
        case Question.Type.ONE:
            return forms.RadioSelect(choices=choices)
        case Question.Type.SEVERAL:
            return forms.CheckboxSelectMultiple(choices=choices)
        case _:
            return forms.TextInput(attrs={"autocomplete": "off"})


class ReportForm(ProofMixin, forms.Form):
    """A resident's report. `photos_kept` are those already on our side, from this or an earlier sending.

    `chosen` is the category, where there is one: its questions are fields of their own. `must_confirm` says, of a
    valid form, that it is sent once the address has been confirmed.
    """

    proof_act = "report"
    proof_by_email = True
    use_required_attribute = False

    place = PlaceField(label=_("Where is it?"))
    landmark = Line(
        label=_("A landmark? (optional)"),
        help_text=_("What helps to find it: “in front of the bakery”, “2nd floor of the car park”."),
        limit=MAX_LANDMARK,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=_("What is it about?"),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what it is about."),
            "invalid_choice": _("This category is not offered any more. Choose another one."),
        },
    )
    asset_code = forms.CharField(label=_("Which one?"), required=False, max_length=80)
    description = Text(
        label=_("Describe the problem"),
        help_text=_("What did you see, and since when? Do not name anybody: your text is public."),
        limit=MAX_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 4, "data-offline-title": True}),
        error_messages={"required": _("Describe the problem in a few words.")},
    )
    photos = PhotosField(label=_("Photos"), required=False)
    email = forms.EmailField(
        label=_("Your e-mail, to receive the answers"),
        help_text=_("Optional and never shown. It serves to send you news of this report, nothing else."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("This is not an e-mail address. Example: name@example.org.")},
    )
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, request, photos_kept: list[AlertPhoto] = (), chosen=None, **options):
        super().__init__(data, request=request, label_suffix="", **options)
        self.photos_kept = photos_kept
        self.fields["category"].queryset = Category.objects.offered().select_related("competence__parent", "parent")
        self.fields["photos"].help_text = photos_help()
        self.chosen = chosen or self._chosen()
        for question in self.chosen.questions.all() if self.chosen else ():
            self.fields[f"{ANSWER}{question.code}"] = AnswerField(question)
        if self.email_needed:
            self.fields["email"].label = _("Your e-mail, to be confirmed")
            self.fields["email"].help_text = _(
                "For this kind of problem we need an address that is really yours: we write to it at once, and your "
                "report leaves when you press the button in that mail. It is never shown."
            )

    @classmethod
    def empty(cls, request, initial=None, **options) -> "ReportForm":
        """A new form: its `submission` makes sending it twice give one report."""
        email = request.user.email if request.user.is_authenticated else ""
        return cls(request=request, initial={"submission": uuid.uuid4(), "email": email} | (initial or {}), **options)

    def _chosen(self) -> Category | None:
        code = str(self["category"].value() or "").replace("\0", "")
        return self.fields["category"].queryset.prefetch_related("questions").filter(code=code).first()

    @property
    def questions(self) -> list[forms.BoundField]:
        """What the chosen category asks."""
        return [self[name] for name in self.fields if name.startswith(ANSWER)]

    @property
    def anonymous(self) -> bool:
        return not self.request.user.is_authenticated

    @property
    def email_needed(self) -> bool:
        """The chosen category wants a confirmed address, and we know none."""
        return bool(self.chosen) and self.chosen.identity == Category.Identity.EMAIL and self.anonymous

    @property
    def account_needed(self) -> bool:
        """The chosen category is for people who have signed in, and this one has not."""
        return bool(self.chosen) and self.chosen.identity == Category.Identity.ACCOUNT and self.anonymous

    @property
    def must_confirm(self) -> bool:
        return self.email_needed or self.confirm_by_email

    @property
    def asks(self) -> bool:
        """The chosen category has something to ask, here."""
        return bool(self.questions or self.equipment)

    @cached_property
    def equipment(self) -> list[Asset]:
        """What may be pointed at, around the place of the form."""
        known = self.here is not None and self.chosen is not None and not self.chosen.is_stopper
        return equipment_nearby(self.chosen, self.here) if known else []

    @property
    def here(self) -> Point | None:
        """Where it is, as far as we know; of a bound form after its check."""
        return self.cleaned_data.get("place") if self.is_bound else self.initial.get("place")

    @cached_property
    def nearby(self) -> list[Near]:
        """What is reported already around the place of the form."""
        if self.here is None or self.chosen is None or self.chosen.is_stopper:
            return []
        return reported_nearby(self.request.user, self.chosen, self.here)

    @property
    def back(self) -> str:
        """The address of this page with the chosen category, and the place where it is known."""
        query = {"category": self.chosen.code} if self.chosen else {}
        if self.here:
            query |= {"lon": f"{self.here.x:.6f}", "lat": f"{self.here.y:.6f}"}
        return f"{reverse('alerts:report')}?{urlencode(query)}"

    def answers(self) -> dict:
        """Of a valid form, ready for Alert.answers."""
        given = {field.field.question.code: self.cleaned_data[field.name] for field in self.questions}
        return {code: answer for code, answer in given.items() if answer}

    def clean_category(self):
        category = self.cleaned_data["category"]
        if category.is_stopper:
            raise forms.ValidationError(category.notice)
        return category

    def clean_submission(self):
        return self.cleaned_data["submission"] or uuid.uuid4()

    def clean(self):
        cleaned = super().clean()
        cleaned["address"] = self._address(cleaned)
        if cleaned.get("asset_code") and cleaned.get("place"):
            self._point_at(cleaned)
        if self.account_needed:
            self.add_error("email", _("This kind of problem is reported with an account: sign in, then send."))
        elif self.must_confirm and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Give your e-mail address: we send you a mail with a button to confirm."))
        return cleaned

    def _address(self, cleaned: dict) -> str:
        """The address that was searched, or the one close to the place; then the landmark."""
        named, landmark = " ".join(clean_text(self.data.get("place_search", "")).split()), cleaned.get("landmark", "")
        place = cleaned.get("place")
        if place and not named and (found := addresses.reverse(place, metres=CLOSE_BY)):
            named = found.label
        return ", ".join(filter(None, (named[: MAX_ADDRESS - MAX_LANDMARK - 2], landmark)))

    def _point_at(self, cleaned: dict) -> None:
        """The report lies where its equipment stands."""
        known = Asset.objects.of_kind(self.chosen.asset_kind).active() if self.chosen else Asset.objects.none()
        asset = known.near(cleaned["place"], 2 * REACH).filter(code=cleaned["asset_code"]).first()
        if asset is None:
            self.add_error("asset_code", _("This one is not close to the place any more. Choose again."))
        else:
            cleaned["place"] = asset.point
