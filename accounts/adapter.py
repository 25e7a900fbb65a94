"""How allauth does things here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.caller import address


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up on a page of its own: the sign-in page takes everybody in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("This is not the code. Use the one of the latest mail, or ask for another."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then ask for a new code."),
    }

    def get_client_ip(self, request):
        return address(request)

    def is_open_for_signup(self, request):
        return False

    def save_user(self, request, user, form, commit=True):
        # People who come from FranceConnect or ProConnect.
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        if commit:
            user.save()
        return user

    def send_mail(self, template_prefix, email, context):
        super().send_mail(template_prefix, email, {"site_name": settings.SITE_NAME, **context})


class MFAAdapter(DefaultMFAAdapter):
    """The QR code stands on white, so that a phone reads it in dark mode too."""

    def build_totp_svg(self, url):
        return super().build_totp_svg(url).replace("<path", '<rect width="100%" height="100%" fill="#fff"/><path', 1)
