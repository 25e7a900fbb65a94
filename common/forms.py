"""Form fields that several rooms share: cleaned text, amounts, and files that are read one by one."""

from django import forms
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from common import money
from common.text import clean_text


def storable(data: QueryDict) -> QueryDict:
    """What was sent, without zero bytes: the database takes none, and no form of ours means one."""
    if not any("\0" in value for values in data.lists() for value in values[1]):
        return data
    data = data.copy()
    for name, values in list(data.lists()):
        data.setlist(name, [value.replace("\0", "") for value in values])
    return data


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


class Photos(forms.ClearableFileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else []


class PhotosField(forms.Field):
    """Files of which each keeps its own message: whoever has the form reads them."""

    widget = Photos


class EuroField(forms.Field):
    """An amount of euros as people type it; integer cents inside. None where it is empty."""

    default_error_messages = {
        "invalid": _("Type an amount in euros, like 12 500 or 12 500,50."),
        "negative": _("An amount cannot be negative."),
    }

    def __init__(self, **kwargs):
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 12, "maxlength": 30}), **kwargs)

    def prepare_value(self, value):
        if isinstance(value, int):
            whole, rest = divmod(value, 100)
            return f"{whole}" + (f",{rest:02}" if rest else "")
        return value

    def to_python(self, value) -> int | None:
        if value is None or not value.strip():
            return None
        try:
            amount = money.cents(value)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        if amount < 0:
            raise forms.ValidationError(self.error_messages["negative"], code="negative")
        return amount

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)
