"""People of the demo, whom anybody may become by a click. Only where DEMO_ACCOUNTS is set, in development."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Mandate, Role, User, Verification
from accounts.services import known_address

DOMAIN = "@demo.parvis.example"
SINCE = dt.timedelta(days=365)  # how long they have had their mandates


def offered() -> bool:
    """Both settings are asked: a production that sets DEMO_ACCOUNTS by mistake still offers nobody."""
    return settings.DEMO_ACCOUNTS and settings.DEVELOPMENT


def people():
    """The people of the demo with their mandates, in the order they were made."""
    return (
        User.objects.filter(email__endswith=DOMAIN, is_active=True)
        .order_by("pk")
        .prefetch_related("mandates__territory", "mandates__body")
    )


@transaction.atomic
def create(
    *, email, display_name, role=None, territory=None, body=None, verification=Verification.EMAIL, residence=None
) -> User:
    """A person of the demo, with a mandate where `role` is given; twice is once. An administrator sees /admin/ too.

    Raises ValueError where the address is not one of the demo: nobody real becomes a click.
    """
    if not email.endswith(DOMAIN):
        raise ValueError(f"{email!r} does not end in {DOMAIN!r}")
    administers = role == Role.ADMINISTRATOR
    user, _created = User.objects.update_or_create(
        email=email,
        defaults={
            "display_name": display_name,
            "verification": verification,
            "residence": residence,
            "is_staff": administers,
            "is_superuser": administers,
        },
    )
    known_address(user, verified=True)
    if role:
        held = {"valid_from": timezone.localdate() - SINCE}
        Mandate.objects.get_or_create(user=user, role=role, territory=territory, body=body, defaults=held)
    return user
