"""Proof of work against floods: a caller beyond the ordinary has the browser compute for a moment before it may send.

Challenges are those of the `altcha` library, with three things of our own. The key is another for each act, so that a
proof made for one form opens no other. A proof is spent by one atomic write: of twenty that bring the same, one
passes. And nobody is asked for one before acts of their own, or of the whole site in a burst, call for it. Where Redis
is away nothing is counted, nobody is asked, and no resident is locked out.
"""

import base64
import datetime as dt
import json
import logging

import altcha
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import ratelimit
from common.caller import address

log = logging.getLogger(__name__)
VALID_FOR = 20 * 60  # seconds; `proof.js` makes a new one before that
MAX_LENGTH = 1000  # a solution is about 450 characters
FIELD = "proof"


def needed(request, act: str, *, free: int = 3, seconds: int = 600, site_free: int | None = None) -> bool:
    """Whether this caller must prove some work before doing `act` once more. Counts nothing: `note` does.

    True once the caller has done it `free` times within about `seconds`, or the whole site `site_free` times
    (settings.PROOF_SITE_FREE where None). Always False where settings.PROOF is off.
    """
    if not settings.PROOF:
        return False
    site_free = settings.PROOF_SITE_FREE if site_free is None else site_free
    return any(
        ratelimit.amount(key, seconds=seconds) >= limit
        for key, limit in zip(_keys(request, act), (free, site_free), strict=True)
    )


def note(request, act: str, *, seconds: int = 600) -> None:
    """Count one act of this caller. `seconds` as in `needed`."""
    for key in _keys(request, act):
        ratelimit.count(key, seconds=seconds)


def _keys(request, act: str) -> tuple[str, str]:
    return f"proof:{act}:{address(request)}", f"proof:{act}:everybody"


def make(act: str, *, seconds: int = VALID_FOR) -> altcha.Challenge:
    """A new challenge for `act`, to be solved within `seconds`; settings.PROOF_EFFORT is the most numbers to try."""
    expires = timezone.now() + dt.timedelta(seconds=seconds)
    options = altcha.ChallengeOptions(hmac_key=_key(act), max_number=settings.PROOF_EFFORT, expires=expires)
    return altcha.create_challenge(options)


def spend(act: str, text: str) -> bool:
    """Whether `text` (base64 of JSON, as `proof.js` writes it) solves a challenge for `act`; if so it is used up."""
    payload = _read(text)
    if payload is None:
        return False
    try:
        right, _why = altcha.verify_solution(payload, _key(act))
    except ValueError:  # a salt that altcha cannot take apart
        return False
    return right and cache.add(f"proof:spent:{payload['challenge']}", 1, timeout=VALID_FOR + 60)


def _read(text: str) -> dict | None:
    """What a browser sent, in the shape altcha expects; None where it has another."""
    try:
        payload = json.loads(base64.b64decode(text[:MAX_LENGTH], validate=True))
    except (ValueError, RecursionError):
        return None
    texts = ("algorithm", "challenge", "salt", "signature")
    shaped = isinstance(payload, dict) and all(isinstance(payload.get(name), str) for name in texts)
    return payload if shaped and type(payload.get("number")) is int else None


def _key(act: str) -> str:
    return salted_hmac("common.proof", act, algorithm="sha256").hexdigest()


@never_cache
@require_safe
def challenge(request, act):
    """A challenge for one act, as JSON {algorithm, challenge, maxNumber, salt, signature}."""
    return JsonResponse(make(act).to_dict())


class ProofWidget(forms.HiddenInput):
    """A hidden field that `proof.js` fills, and words about it."""

    template_name = "common/proof.html"

    def get_context(self, name, value, attrs):
        # A proof serves once: a form that comes back needs another.
        context = super().get_context(name, None, attrs)
        return context | {"url": reverse("proof", args=[self.act]), "by_email": self.by_email}


class ProofField(forms.CharField):
    """`{{ form.proof.as_field_group }}` in a template: the proof and what is wrong with it, where one is needed."""

    widget = ProofWidget
    template_name = "common/proof_field.html"

    def __init__(self, act: str, *, by_email: bool):
        super().__init__(required=False, label="")
        self.widget.act, self.widget.by_email = act, by_email


class ProofMixin:
    """For a form that floods may come through; first among its bases, and made with `request=`.

    Give `proof_act` (lower-case letters, digits, dashes) and, where the defaults do not fit, `proof_free` and
    `proof_seconds`. Put `{{ form.proof.as_field_group }}` in its template and call `note_act` once the act is done.

    Without JavaScript: where `proof_by_email` is True such a form is valid with `confirm_by_email` set, and the view
    must have the act confirmed by e-mail instead of doing it. Where it is False the person is told when to come back.
    """

    proof_act = ""
    proof_free = 3
    proof_seconds = 600
    proof_by_email = False
    confirm_by_email = False

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        if needed(request, self.proof_act, free=self.proof_free, seconds=self.proof_seconds):
            self.fields[FIELD] = ProofField(self.proof_act, by_email=self.proof_by_email)
            # Asked first: another field's check may already write or count.
            self.order_fields([FIELD])

    def note_act(self) -> None:
        """Count it: the view calls this when it has done what the form asks for."""
        note(self.request, self.proof_act, seconds=self.proof_seconds)

    def clean_proof(self):
        text = self.cleaned_data[FIELD]
        if text:
            if not spend(self.proof_act, text):
                log.info("a proof for %s was refused", self.proof_act)
                raise forms.ValidationError(
                    gettext("This check was too old or already used. A new one begins by itself: send again.")
                )
        elif self.add_prefix(FIELD) not in self.data:
            # The page was loaded before it was needed.
            raise forms.ValidationError(
                gettext("Many are sending at this moment. A short check begins by itself: send again.")
            )
        elif self.proof_by_email:
            self.confirm_by_email = True
        else:
            raise forms.ValidationError(
                gettext("Your browser could not make the check. Wait ten minutes, then send again.")
            )
        return text
