"""Form fields that several rooms share."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common import money


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
