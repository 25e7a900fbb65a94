"""What people type about themselves."""

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import User
from common.text import clean_text


class SignInForm(RequestLoginCodeForm):
    """The address a code is sent to. A new one gets an account that waits for its first code: known or not, the
    answer is the same, so that nobody learns who has an account here."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("Your e-mail address")
        email.widget.attrs = {"autocomplete": "email", "autofocus": True, "maxlength": 254}

    def clean_email(self):
        # The rate limit is counted here: nothing is written for a caller who is over it.
        email = super().clean_email().lower()
        self._user = services.begin(email=email)
        return email


class CodeForm(ConfirmLoginCodeForm):
    """The code that was sent."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = _("Code received by e-mail")
        code.help_text = _("Eight digits; spaces and dashes do not matter.")
        code.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "size": 12}


class ProfileForm(forms.ModelForm):
    """What others see of a person."""

    class Meta:
        model = User
        fields = ["display_name"]
        help_texts = {"display_name": _("Shown beside what you publish. Leave it empty to stay without a name.")}

    def clean_display_name(self):
        return " ".join(clean_text(self.cleaned_data["display_name"]).split())


class CloseForm(forms.Form):
    """The address typed again, so that nobody closes an account by a slip."""

    email = forms.EmailField(
        label=_("Type your e-mail address to confirm"), widget=forms.EmailInput({"autocomplete": "off"})
    )

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_email(self):
        email = self.cleaned_data["email"]
        if email.strip().lower() != self.user.email:
            raise forms.ValidationError(
                _("This is not the address of your account, %(email)s."), params={"email": self.user.email}
            )
        return email
