"""Permissions from mandates: what a viewer may do, asked in one place. Deny by default."""

import rules

from accounts.models import Mandate, Role
from geo.imports import where

# Who brings the data of a territory.
IMPORTERS = (Role.GIS_OFFICER, Role.ADMINISTRATOR)


def mandates(user, *roles) -> list[Mandate]:
    """The mandates of that user in force in these roles, read once per request and user object."""
    if not user.is_authenticated:
        return []
    if not hasattr(user, "_mandates_in_force"):
        user._mandates_in_force = list(Mandate.objects.held_by(user).select_related("territory__level", "body"))
    return [mandate for mandate in user._mandates_in_force if not roles or mandate.role in roles]


def has_mandate(user, *roles, territory_ids=None, body_id=None) -> bool:
    """True where the user holds one of these roles, over one of these territories, for that body.

    `territory_ids` is the chain of territories of a thing: a mandate over any of them covers it. None asks for the
    role alone.
    """
    return any(
        (territory_ids is None or mandate.territory_id in territory_ids)
        and (body_id is None or mandate.role != Role.AGENT or mandate.body_id == body_id)
        for mandate in mandates(user, *roles)
    )


@rules.predicate
def imports_data(user):
    """A GIS officer or an administrator, of any territory: geo.imports.where says of which."""
    return has_mandate(user, *IMPORTERS)


where.register(lambda user: [mandate.territory_id for mandate in mandates(user, *IMPORTERS)])
rules.add_perm(where.PERMISSION, imports_data)
