"""What allauth tells us."""

from allauth.account.signals import email_confirmed
from django.dispatch import receiver

from accounts import services


@receiver(email_confirmed)
def raise_verification(sender, request, email_address, **kwargs):
    services.confirm(user=email_address.user, email=email_address.email)
