"""Acts that need a proven address, done by people without an account: asked for, mailed, confirmed by a button.

An app above registers each kind of act in its `AppConfig.ready()`, asks with `ask`, and acts in its handler, which
runs once. The link leads to a page with a button, as mail scanners open every link.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Confirmation, new_nonce
from common import outbox, workers
from common.ratelimit import exceeded

log = logging.getLogger(__name__)
VALID_FOR = dt.timedelta(hours=48)
MAIL_AGAIN_AFTER = dt.timedelta(minutes=10)
WINDOW = 3600  # seconds
SEND = "accounts.tasks.send_confirmations"


class ConfirmationRefused(Exception):
    """The act cannot be done now; the message says why. The confirmation stays open, and may be tried again."""


class TooManyConfirmations(Exception):
    """This address, or this caller, has asked for too many within the hour; the message says what to do."""


class UnknownConfirmation(Exception):
    """No confirmation has that token."""


class ExpiredConfirmation(Exception):
    """The token is past its time."""


@dataclass(frozen=True)
class Kind:
    """`title` names the act as the person knows it ("Your report"); `handler` does it and returns where to go."""

    handler: Callable[[str, dict], str]
    title: str


_kinds: dict[str, Kind] = {}


def register(kind: str, handler: Callable[[str, dict], str], *, title: str) -> None:
    """Let acts of that kind be confirmed.

    `handler(email, payload)` runs inside the transaction of the confirmation, once; it returns the path of ours to go
    to, or raises ConfirmationRefused. `title` is a noun phrase, lazily translated. Raises ValueError where the kind is
    taken.
    """
    if kind in _kinds:
        raise ValueError(f"the kind {kind!r} is registered twice")
    _kinds[kind] = Kind(handler, title)


def title_of(confirmation: Confirmation) -> str:
    """The act in a few words."""
    return str(_kinds[confirmation.kind].title)


@transaction.atomic
def ask(*, kind: str, email: str, payload: dict, summary: str, dedup: str = "", caller: str = "") -> Confirmation:
    """Send a mail to `email` whose link does the act of that kind with `payload` (plain JSON data).

    `summary` tells in words of ours what will be done, in at most 300 characters. It goes to an address nobody has
    proven, so nothing a visitor typed freely belongs in it. The same `dedup` again while the first waits: the first is
    kept as it is and its mail sent again, at most every ten minutes. An empty `dedup` makes every act one of its own.
    `caller` is `common.caller.address(request)`.

    Raises TooManyConfirmations, ValidationError where the address is none, KeyError where the kind is unknown.
    """
    if kind not in _kinds:
        raise KeyError(kind)
    email = email.strip().lower()
    Confirmation._meta.get_field("email").clean(email, None)
    now = timezone.now()
    if dedup:
        Confirmation.objects.filter(kind=kind, email=email, dedup=dedup, done_at=None, expires_at__lte=now).delete()
        if known := Confirmation.objects.filter(kind=kind, email=email, dedup=dedup, done_at=None).first():
            return mail_again(confirmation=known)
    _refuse_floods(email, caller)
    nonce = new_nonce()
    given = {
        "summary": summary[:300],
        "payload": payload,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "nonce": nonce,
        "digest": _digest(_token(nonce)),
        "expires_at": now + VALID_FOR,
    }
    named = {"kind": kind, "email": email, "dedup": dedup, "done_at": None}
    if dedup:
        confirmation, _created = Confirmation.objects.get_or_create(**named, defaults=given)
    else:
        confirmation = Confirmation.objects.create(**named, **given)
    workers.call(SEND)
    return confirmation


@transaction.atomic
def mail_again(*, confirmation: Confirmation) -> Confirmation:
    """Send its mail once more, with another 48 hours; within ten minutes of the last one nothing happens.

    Once it has expired the new mail has a new link, so that an old one that leaked stays dead.
    """
    row = Confirmation.objects.select_for_update().get(pk=confirmation.pk)
    now = timezone.now()
    if row.done_at is None and (row.sent_at is None or row.sent_at < now - MAIL_AGAIN_AFTER):
        if is_expired(row):
            row.nonce = new_nonce()
            row.digest = _digest(_token(row.nonce))
        row.sent_at, row.attempts, row.expires_at = None, 0, now + VALID_FOR
        row.save(update_fields=["nonce", "digest", "sent_at", "attempts", "expires_at"])
        workers.call(SEND)
    return row


def _refuse_floods(email: str, caller: str) -> None:
    if caller and exceeded(f"confirm:from:{caller}", limit=settings.CONFIRMATIONS_PER_CALLER, seconds=WINDOW):
        raise TooManyConfirmations(
            _("Many confirmations were asked for from your connection. Try again in an hour, or sign in.")
        )
    if exceeded(f"confirm:to:{_digest(email)}", limit=settings.CONFIRMATIONS_PER_ADDRESS, seconds=WINDOW):
        raise TooManyConfirmations(
            _("We have written to this address many times. Open the mails it received, or try again in an hour.")
        )


def find(token: str) -> Confirmation:
    """The confirmation of that token, whatever its state. Raises UnknownConfirmation."""
    found = Confirmation.objects.filter(digest=_digest(token)).first()
    if found is None or found.kind not in _kinds:
        raise UnknownConfirmation
    return found


def is_expired(confirmation: Confirmation) -> bool:
    """Past its time without having been confirmed."""
    return confirmation.done_at is None and confirmation.expires_at <= timezone.now()


@transaction.atomic
def confirm(*, token: str) -> Confirmation:
    """Do the act, once however often and however many ask at the same moment; the confirmation has its `result_url`.

    Raises UnknownConfirmation, ExpiredConfirmation, ConfirmationRefused; then nothing has changed.
    """
    row = Confirmation.objects.select_for_update().get(pk=find(token).pk)
    if row.done_at:
        return row
    if is_expired(row):
        raise ExpiredConfirmation
    row.result_url = _kinds[row.kind].handler(row.email, row.payload)
    # What was to be done is done, and is kept where it belongs.
    row.done_at, row.payload = timezone.now(), {}
    row.save(update_fields=["done_at", "payload", "result_url"])
    return row


def prune(*, now: dt.datetime | None = None) -> int:
    """Delete confirmations a week after their end; returns how many."""
    return Confirmation.objects.forgotten(now or timezone.now()).delete()[0]


def send_waiting(*, limit: int = 1000) -> int:
    """Send waiting mails, at most `limit`; returns how many left. One that fails waits for the next sweep."""
    return outbox.each(lambda after: outbox.claimed(Confirmation.objects.waiting(), after), _send, limit)


def _send(confirmation: Confirmation, post: outbox.Post) -> bool:
    token = _token(confirmation.nonce)
    if not outbox.sent(confirmation, post, lambda: _mail(confirmation, token)):
        return False
    # The site's secret key may be another since it was asked: the mail that left is the one that counts.
    Confirmation.objects.filter(pk=confirmation.pk).update(sent_at=timezone.now(), digest=_digest(token))
    return True


def _mail(confirmation: Confirmation, token: str) -> EmailMultiAlternatives:
    with translation.override(confirmation.language):
        context = {
            "confirmation": confirmation,
            "title": title_of(confirmation),
            "language": confirmation.language,
            "link": settings.BASE_URL + reverse("account_confirm", args=[token]),
            "site_name": settings.SITE_NAME,
        }
        text = render_to_string("accounts/mail/confirmation.txt", context).lstrip()
        html = render_to_string("accounts/mail/confirmation.html", context | {"subject": context["title"]})
        subject = _("%(title)s: to be confirmed") % context
    message = EmailMultiAlternatives(
        subject=subject, body=text, to=[confirmation.email], headers={"Auto-Submitted": "auto-generated"}
    )
    message.attach_alternative(html, "text/html")
    return message


def _token(nonce: str) -> str:
    """Made again for each mail from the row and the site's secret: neither alone opens anything."""
    return salted_hmac("accounts.confirmation", nonce, algorithm="sha256").hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
