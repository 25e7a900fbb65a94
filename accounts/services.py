"""Writes of accounts."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import privacy
from accounts.models import STAFF_ROLES, Mandate, User, Verification

# An account whose first code is never typed says nothing of anybody: it goes.
UNCONFIRMED_FOR = dt.timedelta(days=1)


class MandateInForce(ValueError):
    """An account that acts for a public body is closed only after its mandates end."""


@transaction.atomic
def begin(*, email: str) -> User | None:
    """The account a sign-in code for `email` opens, made where there is none; None where it is closed to its owner."""
    user, _created = User.objects.get_or_create(email=email.strip().lower())
    if not user.is_active:
        return None
    known_address(user)
    return user


@transaction.atomic
def confirm(*, user: User, email: str) -> None:
    """That person reads the mail of `email`: raise the verification, never lower it."""
    if email.lower() == user.email:
        User.objects.filter(pk=user.pk, verification__lt=Verification.EMAIL).update(verification=Verification.EMAIL)


def why_not_close(user: User) -> str:
    """What keeps that account open, in words; empty where nothing does."""
    if Mandate.objects.held_by(user, *STAFF_ROLES).exists():
        return _("You hold a mandate. Ask an administrator to end it, then close your account.")
    return ""


@transaction.atomic
def close(*, user: User) -> None:
    """Erase that person everywhere. Raises MandateInForce while they act for a public body."""
    # A mandate that is being given at this moment waits, and then finds no user.
    user = User.objects.select_for_update().get(pk=user.pk)
    if reason := why_not_close(user):
        raise MandateInForce(reason)
    privacy.erase(user=user)


def prune(*, now: dt.datetime | None = None) -> int:
    """Remove the accounts that were begun a day ago and never confirmed; returns how many."""
    before = (now or timezone.now()) - UNCONFIRMED_FOR
    _rows, by_model = User.objects.never_confirmed(before).delete()
    return by_model.get(User._meta.label, 0)


def known_address(user: User, *, verified: bool = False) -> None:
    """Write allauth's own row of the address, which it marks once a code has come back."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": verified})
