"""How allauth does things here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up on a page of its own: the sign-in page takes everybody in."""

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
