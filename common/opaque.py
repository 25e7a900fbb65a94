"""What is handed to strangers and is not theirs to read: the number of a row tells how many rows they do not see."""

import base64
import functools
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.signing import BadSignature
from django.utils.crypto import salted_hmac


def sealed(use: str, text: str) -> str:
    """The text as nobody outside can read or make it, for that use alone; safe in an address."""
    return _box(settings.SECRET_KEY, use).encrypt(text.encode()).decode().rstrip("=")


def opened(use: str, token: str) -> str:
    """What `sealed` was given for the same use. Raises ValueError for anything else."""
    given = token.encode() + b"=" * (-len(token) % 4)
    try:
        text = _box(settings.SECRET_KEY, use).decrypt(given).decode()
    except InvalidToken as error:
        raise ValueError("not one of ours") from error
    # The last sign of base 64 may have bits that decoding passes over: one thing has one address.
    if base64.urlsafe_b64encode(base64.urlsafe_b64decode(given)) != given:
        raise ValueError("not as we wrote it")
    return text


def name_of(kind: str, number: int) -> str:
    """A name of that row that stays and tells nothing of its number."""
    return salted_hmac(f"common.opaque.{kind}", str(number), algorithm="sha256").hexdigest()[:20]


class Signer:
    """Like django.core.signing.Signer, for links in mails whose reader need not know what they hold."""

    def __init__(self, *, salt: str):
        self.salt = salt

    def sign(self, value) -> str:
        """A token that names the value for ever."""
        return sealed(self.salt, str(value))

    def unsign(self, token: str) -> str:
        """The value as a text. Raises django.core.signing.BadSignature."""
        try:
            return opened(self.salt, token)
        except ValueError as error:
            raise BadSignature(str(error)) from error


@functools.lru_cache(maxsize=100)
def _box(secret: str, use: str) -> Fernet:
    key = hashlib.sha256(f"common.opaque\n{use}\n{secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
