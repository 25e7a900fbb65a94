"""Form fields that several rooms share: cleaned text, amounts, and files that are read one by one."""

from django import forms
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from common import money
from common.text import clean_text

# Of a text that is far too long a form keeps as much.
KEPT = 20_000


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

    default_error_messages = {
        "too_long": _("Your text has %(count)s characters; shorten it to %(limit)s."),
        "cut": _("Your text has %(count)s characters: only its beginning is kept here. Shorten it to %(limit)s."),
    }

    def __init__(self, *, limit: int, **options):
        super().__init__(strip=False, **options)
        self.limit = limit

    def to_python(self, value):
        value = super().to_python(value)
        # Cleaning megabytes takes seconds.
        if len(value) > KEPT:
            raise self._too_long("cut" if isinstance(self.widget, KeptText) else "too_long", value)
        return clean_text(value)

    def validate(self, value):
        super().validate(value)
        if len(value) > self.limit:
            raise self._too_long("too_long", value)

    def _too_long(self, code: str, value: str) -> forms.ValidationError:
        count, limit = (number_format(one, force_grouping=True) for one in (len(value), self.limit))
        return forms.ValidationError(self.error_messages[code], code=code, params={"count": count, "limit": limit})


class KeptText(forms.Textarea):
    """Shows the beginning of a text that is far too long."""

    def format_value(self, value):
        return super().format_value(value and value[:KEPT])


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
        if isinstance(value, int):  # of a field that takes nothing: the cents that stand
            return value
        if value is None or not value.strip():
            return None
        try:
            amount = money.cents(value)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        if amount < 0:
            raise forms.ValidationError(self.error_messages["negative"], code="negative")
        return amount
