"""Keys by which programs act for a person: made in the account, shown once, ended at any time.

A scope is one interface that takes keys ("open311"); its app registers it in `AppConfig.ready()`.
"""

import base64
import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiKey, Mandate, User

# The scope of whoever reads layers: OGC API, tiles, files.
LAYERS = "layers"
PREFIX = "parvis_"
SHOWN = len(PREFIX) + 6  # characters by which a person knows the key again
MAX_LIVE = 20
MAX_LENGTH = 200
USE_NOTED_EVERY = dt.timedelta(minutes=1)
SAFE = ("GET", "HEAD", "OPTIONS")


class KeyRefused(ValueError):
    """That person gets no such key; the message says why."""


@dataclass(frozen=True)
class Scope:
    """What a key opens. Where `needs_mandate_roles` is not empty the key names a mandate in one of these roles."""

    name: str
    title: str
    needs_mandate_roles: tuple[str, ...] = ()


_scopes: dict[str, Scope] = {}


def register_scope(name: str, title: str, needs_mandate_roles: tuple[str, ...] = ()) -> None:
    """Offer keys for that interface; `title` is lazily translated. Raises ValueError where the name is taken."""
    if name in _scopes:
        raise ValueError(f"the scope {name!r} is registered twice")
    _scopes[name] = Scope(name, title, tuple(needs_mandate_roles))


def scope_title(name: str) -> str:
    """The words for a scope; its bare name where its app is gone."""
    return str(_scopes[name].title) if name in _scopes else name


def held_by(user: User):
    """The live keys of that person, newest first, each with `works`: False where its mandate has ended."""
    works = Exists(ApiKey.objects.working().filter(pk=OuterRef("pk")))
    mine = ApiKey.objects.live().filter(user=user).annotate(works=works)
    return mine.select_related("mandate__territory", "mandate__body")


def offered_to(user: User) -> list[Scope]:
    """The scopes that person may have keys for today."""
    roles = set(Mandate.objects.held_by(user).values_list("role", flat=True))
    return [
        scope for scope in _scopes.values() if not scope.needs_mandate_roles or roles & {*scope.needs_mandate_roles}
    ]


@transaction.atomic
def issue(
    *, user: User, mandate: Mandate | None = None, label: str, scope: str, expires_at: dt.datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key and its text, which is never known again.

    Raises KeyRefused where the scope is unknown or asks for another mandate, the mandate is not that person's or not
    in force, or they have MAX_LIVE keys.
    """
    User.objects.select_for_update().get(pk=user.pk)  # one at a time, for the count below
    if scope not in _scopes:
        raise KeyRefused(_("There are no keys for this use."))
    if mandate and not Mandate.objects.held_by(user).filter(pk=mandate.pk).exists():
        raise KeyRefused(_("You do not hold this mandate today."))
    if (roles := _scopes[scope].needs_mandate_roles) and (mandate is None or mandate.role not in roles):
        raise KeyRefused(_("For this use, choose the mandate the key acts for."))
    if ApiKey.objects.live().filter(user=user).count() >= MAX_LIVE:
        raise KeyRefused(_("You have %(count)d keys. Revoke one that you no longer use.") % {"count": MAX_LIVE})
    text = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        mandate=mandate,
        label=label,
        scope=scope,
        prefix=text[:SHOWN],
        digest=_digest(text),
        expires_at=expires_at,
    )
    return key, text


def revoke(*, key: ApiKey) -> None:
    """End that key at once; twice is once."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())


def identify(text: str, scope: str) -> ApiKey | None:
    """The working key of that text in that scope, with its user and mandate; None for anything else.

    One digest and one query whatever was sent. Its use is noted at most once a minute.
    """
    key = (
        ApiKey.objects.working()
        .select_related("user", "mandate__territory__level", "mandate__body")
        .filter(digest=_digest(text), scope=scope)
        .first()
    )
    if key is None or not _fits(key):
        return None
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - USE_NOTED_EVERY:
        late = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
        ApiKey.objects.filter(late, pk=key.pk).update(last_used_at=now)
        key.last_used_at = now
    return key


def _fits(key: ApiKey) -> bool:
    """Whether its scope still exists and asks for no other role."""
    scope = _scopes.get(key.scope)
    return bool(scope) and (
        not scope.needs_mandate_roles or (key.mandate is not None and key.mandate.role in scope.needs_mandate_roles)
    )


def viewer_of(request, scope: str) -> User | AnonymousUser:
    """Who asks: the person of the key in `Authorization: Bearer` (or `Token`) or `api_key`, else of the session.

    The key is left in `request.api_key` (None where there is none). A key that does not work is nobody, also beside a
    session. A person who comes by a key has the one mandate it names, or none, and no other power. The session counts
    only where it cannot be abused by another site: for reading, or after Django's CSRF check.
    """
    request.api_key = None
    if text := presented(request):
        request.api_key = key = identify(text, scope)
        return _narrowed(key) if key else AnonymousUser()
    if request.method in SAFE or getattr(request, "csrf_processing_done", False):
        return request.user
    return AnonymousUser()


def presented(request) -> str:
    """The text of the key that came with the request; empty where none did.

    As `Bearer` or `Token`, as the password of any name (QGIS and ArcGIS know nothing else), or as `api_key`.
    """
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() in ("bearer", "token") and text.strip():
        return text.strip()
    if kind.lower() == "basic":
        return _password(text)
    return (request.POST.get("api_key") or request.GET.get("api_key") or "").strip()


def _password(text: str) -> str:
    """The key that is the password of Basic authorization (RFC 7617); another password is somebody else's door."""
    try:
        password = base64.b64decode(text.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""
    return password if password.startswith(PREFIX) else ""


def _narrowed(key: ApiKey) -> User:
    """The key's person with what the key may do and no more. The object is for asking, not for saving."""
    user = key.user
    user.is_staff = user.is_superuser = False
    user._mandates_in_force = [key.mandate] if key.mandate else []
    return user


def _digest(text: str) -> str:
    return hashlib.sha256(text[:MAX_LENGTH].encode("utf-8", "replace")).hexdigest()
