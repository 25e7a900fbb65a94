"""What people type about themselves."""

import datetime as dt

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import keys, services
from accounts.models import Mandate, Role, User
from common.proof import ProofMixin
from common.text import clean_text


class SignInForm(ProofMixin, RequestLoginCodeForm):
    """The address a code is sent to. A new one gets an account that waits for its first code: known or not, the
    answer is the same, so that nobody learns who has an account here."""

    proof_act = "sign-in"
    proof_free = 5

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("Your e-mail address")
        email.widget.attrs = {"autocomplete": "email", "autofocus": True, "maxlength": 254}

    def clean_email(self):
        # The rate limit is counted here: nothing is written for a caller who is over it.
        if "proof" in self.errors:
            return self.cleaned_data["email"]
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


class MandateChoice(forms.ModelChoiceField):
    """Mandates in words."""

    def label_from_instance(self, mandate):
        return mandate.in_words()


class KeyForm(forms.Form):
    """A key for a program of mine: what for, with which of my mandates, for how long."""

    label = forms.CharField(
        label=_("Name of the key"),
        max_length=80,
        help_text=_("So that you know it again: the program or the partner that will use it."),
    )
    scope = forms.ChoiceField(label=_("What it is for"))
    mandate = MandateChoice(
        Mandate.objects.none(),
        label=_("In whose name"),
        required=False,
        empty_label=_("mine alone, without a mandate"),
        help_text=_("The key does what this mandate allows, and stops with it."),
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        initial=365,
        choices=[(90, _("three months")), (365, _("one year")), (0, _("until I revoke it"))],
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        offered = keys.offered_to(user)
        self.fields["scope"].choices = [(scope.name, scope.title) for scope in offered]
        mandate = self.fields["mandate"]
        mandate.queryset = Mandate.objects.held_by(user).select_related("territory", "body")
        if all(scope.needs_mandate_roles for scope in offered):
            roles = [role for scope in offered for role in scope.needs_mandate_roles]
            mandate.queryset = mandate.queryset.filter(role__in=roles)
            mandate.required, mandate.empty_label = True, None
        elif not mandate.queryset:
            del self.fields["mandate"]
        else:
            # Without it a key opens what everybody sees: who has a mandate makes a key for it.
            mandate.initial = mandate.queryset.exclude(role=Role.RESIDENT).first()

    def clean_label(self):
        label = " ".join(clean_text(self.cleaned_data["label"]).split())
        if not label:
            raise forms.ValidationError(_("Give the key a name."))
        return label

    def issue(self):
        """(key, its text), or None where it was refused and the form says why."""
        given = self.cleaned_data
        days = given["days"]
        try:
            return keys.issue(
                user=self.user,
                mandate=given.get("mandate"),
                label=given["label"],
                scope=given["scope"],
                expires_at=timezone.now() + dt.timedelta(days=days) if days else None,
            )
        except keys.KeyRefused as refused:
            self.add_error(None, str(refused))
            return None
