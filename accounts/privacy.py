"""One registry of what the platform knows of a person: export, erasure, retention. Every app joins it.

An app writes a `privacy.py` that registers a Holding for each purpose it keeps personal data for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import ApiKey, Confirmation, Mandate, User
from geo.exports import jobs
from geo.models import Export, Import


@dataclass(frozen=True)
class Holding:
    """Personal data kept for one purpose (GDPR art. 30): what, why, how long, how to give it out, how to erase it.

    `export(user)` returns plain data for the person; `erase(user)` removes or anonymises and returns the number of
    rows it changed.
    """

    name: str
    purpose: str
    legal_basis: str
    retention: str
    export: Callable[[User], list[dict]]
    erase: Callable[[User], int]


_registry: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    """Join the registry. Raises ValueError where the name is taken."""
    if holding.name in _registry:
        raise ValueError(f"holding {holding.name!r} is declared twice")
    _registry[holding.name] = holding


def holdings() -> list[Holding]:
    """Every purpose personal data is kept for."""
    return list(_registry.values())


def export(user: User) -> dict[str, list[dict]]:
    """All that is known of that person, by holding (GDPR art. 15 and 20)."""
    return {holding.name: holding.export(user) for holding in holdings()}


@transaction.atomic
def erase(*, user: User) -> dict[str, int]:
    """Erase that person everywhere (GDPR art. 17); the account goes last. Returns the rows changed by holding."""
    erased = {holding.name: holding.erase(user) for holding in reversed(holdings())}
    user.delete()
    return erased


def _account(user: User) -> list[dict]:
    return [
        {
            "email": user.email,
            "public_name": user.display_name,
            "verification": user.get_verification_display(),
            "residence": user.residence and str(user.residence),
            "joined": user.date_joined.isoformat(),
            "mandates": [str(mandate) for mandate in Mandate.objects.filter(user=user)],
        }
    ]


register(
    Holding(
        name="account",
        purpose="Recognise a person who signs in.",
        legal_basis="GDPR art. 6(1)(e): public-interest task",
        retention="Until the person closes the account, at most three years after the last sign-in.",
        export=_account,
        erase=lambda user: 1,
    )
)


def _confirmations(user: User) -> list[dict]:
    return [
        {
            "kind": row.kind,
            "about": row.summary,
            "data": row.payload,
            "asked": row.created_at.isoformat(),
            "confirmed": row.done_at and row.done_at.isoformat(),
        }
        for row in Confirmation.objects.filter(email=user.email.lower()).order_by("pk")
    ]


def _keys(user: User) -> list[dict]:
    return [
        {
            "name": key.label,
            "scope": key.scope,
            "mandate": key.mandate and key.mandate.in_words(),
            "beginning": key.prefix,
            "created": key.created_at.isoformat(),
            "last_used": key.last_used_at and key.last_used_at.isoformat(),
            "revoked": key.revoked_at and key.revoked_at.isoformat(),
        }
        for key in ApiKey.objects.filter(user=user).select_related("mandate__territory", "mandate__body")
    ]


def _exports(user: User) -> list[dict]:
    return [
        {
            "layers": job.layers,
            "format": job.format,
            "filters": job.parameters,
            "state": job.state,
            "asked": job.asked_at.isoformat(),
        }
        for job in Export.objects.filter(owner=user).order_by("pk")
    ]


register(
    Holding(
        name="exports",
        purpose="Make the large files that a person asks for, and tell them when one is ready.",
        legal_basis="GDPR art. 6(1)(e): public-interest task",
        retention="Seven days after the file is made.",
        export=_exports,
        erase=lambda user: jobs.forget(Export.objects.filter(owner=user)),
    )
)
register(
    Holding(
        name="confirmations",
        purpose="Do what somebody without an account asked for, once they have shown that the address is theirs.",
        legal_basis="GDPR art. 6(1)(e): public-interest task",
        retention="What was to be done: until it is confirmed. The address: nine days, unless asked again.",
        export=_confirmations,
        erase=lambda user: Confirmation.objects.filter(email=user.email.lower()).delete()[0],
    )
)
register(
    Holding(
        name="keys",
        purpose="Let programs act for a person who gave them a key.",
        legal_basis="GDPR art. 6(1)(e): public-interest task",
        retention="Until the account is closed; which keys were made and revoked, without their names, stays.",
        export=_keys,
        erase=lambda user: ApiKey.objects.filter(user=user).delete()[0],
    )
)


def _imports(user: User) -> list[dict]:
    return [
        {"file": one.name, "kind": one.kind, "state": one.state, "begun": one.created_at.isoformat()}
        for one in Import.objects.filter(owner=user).defer("picture", "layers")
    ]


register(
    Holding(
        name="imports",
        purpose="Know who brought which data of the town.",
        legal_basis="GDPR art. 6(1)(e): public-interest task",
        retention="The file: thirty days. Who brought it: until the account is closed.",
        export=_imports,
        erase=lambda user: Import.objects.filter(owner=user).update(owner=None),
    )
)
