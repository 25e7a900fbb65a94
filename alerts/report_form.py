"""What a resident types to report a problem."""

import uuid

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.forms import Line, Text
from alerts.models import AlertPhoto, Category
from alerts.services import MAX_DESCRIPTION, MAX_PHOTOS
from geo.forms import PlaceField

MAX_ADDRESS = 200


class Photos(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else []


class PhotosField(forms.Field):
    """Up to MAX_PHOTOS files; alerts.drafts reads them, so that each keeps its own message."""

    # Naming the formats lets a phone convert its own ones (HEIC) before it sends them.
    widget = Photos(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"})


class ReportForm(forms.Form):
    """A resident's report. `photos_kept` are those already on our side, from this or an earlier sending."""

    use_required_attribute = False

    place = PlaceField(label=_("Where is it?"))
    address = Line(
        label=_("Address or landmark"),
        help_text=_("If you know it: “12 rue des Lilas, in front of the school”."),
        limit=MAX_ADDRESS,
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
    description = Text(
        label=_("Describe the problem"),
        help_text=_("What did you see, and since when? Do not name anybody: your text is public."),
        limit=MAX_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 5}),
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

    def __init__(self, data=None, *, photos_kept: list[AlertPhoto] = (), **options):
        super().__init__(data, label_suffix="", **options)
        self.photos_kept = photos_kept
        self.fields["category"].queryset = Category.objects.offered().select_related("competence", "parent")
        self.fields["photos"].help_text = gettext("Up to %(count)d, of 20 MB each.") % {"count": MAX_PHOTOS}

    @classmethod
    def empty(cls, user, initial=None) -> "ReportForm":
        """A new form: its `submission` makes sending it twice give one report."""
        email = user.email if user.is_authenticated else ""
        return cls(initial={"submission": uuid.uuid4(), "email": email} | (initial or {}))

    def clean_submission(self):
        return self.cleaned_data["submission"] or uuid.uuid4()
