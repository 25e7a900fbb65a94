"""Voters to pseudonyms, by a key that is destroyed when the vote is closed."""

import hashlib
import hmac
import secrets

from budget.participatory.models import Budget
from budget.voting.models import BallotKey, Closing
from common import opaque

USE = "budget.voting.key"
KEY_BYTES = 32


class KeyGone(RuntimeError):
    """The vote is closed: nothing leads from a voter to a ballot any more."""


def key_of(budget: Budget) -> bytes:
    """The budget's key, made where it has none yet: of many who ask at once all get the same. Raises KeyGone."""
    row = getattr(budget, "ballot_key", None)
    if row is None:
        if Closing.objects.filter(budget=budget).exists():
            raise KeyGone
        made = BallotKey(budget=budget, sealed=opaque.sealed(USE, secrets.token_hex(KEY_BYTES)))
        BallotKey.objects.bulk_create([made], ignore_conflicts=True)
        row = BallotKey.objects.get(budget=budget)
    return unsealed(row)


def unsealed(row: BallotKey) -> bytes:
    return bytes.fromhex(opaque.opened(USE, row.sealed))


def pseudonym(key: bytes, what_for: str, voter: str) -> str:
    """HMAC-SHA256 in hexadecimal. Neither text may hold a line break, which parts them."""
    return hmac.new(key, f"{what_for}\n{voter}".encode(), hashlib.sha256).hexdigest()
