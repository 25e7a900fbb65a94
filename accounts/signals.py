"""What allauth tells us."""

from allauth.account.signals import email_confirmed
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver

from accounts import services


@receiver(email_confirmed)
def raise_verification(sender, request, email_address, **kwargs):
    services.confirm(user=email_address.user, email=email_address.email)


@receiver(authenticator_added)
def setting_up_is_proof(sender, request, authenticator, **kwargs):
    """Who has just typed a code need not type another to see the recovery codes."""
    if authenticator.type == Authenticator.Type.TOTP:
        post_authentication(request, authenticator, reauthenticated=True)
