"""Asking for a confirmation, as an app above would, for the tests of it."""

import re

from django.core import mail

from accounts.confirmations import ConfirmationRefused, ask, send_waiting
from accounts.models import Confirmation, User

LINK = re.compile(r"/confirmer/(\w+)/")


def handler(email, payload):
    """The act: an account with the name that was asked for."""
    if payload.get("refuse"):
        raise ConfirmationRefused("La pétition est close.")
    User.objects.create_user(email, display_name=payload.get("name", ""))
    return f"/merci/{payload.get('name', '')}/"


def asked(email="Resident@Example.org", **changes) -> Confirmation:
    given = {"kind": "essai", "payload": {"name": "Nora"}, "summary": "Signaler un lampadaire éteint, rue du Test."}
    return ask(email=email, **given | changes)


def mailed(**changes) -> str:
    """The path in the mail that was sent."""
    asked(**changes)
    send_waiting()
    return LINK.search(mail.outbox[-1].body)[0]
