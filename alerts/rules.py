"""Who may do what with an alert."""

import rules

from accounts.models import Role
from accounts.rules import has_mandate


@rules.predicate
def handles(user, alert):
    """An agent of the alert's service whose mandate covers its place."""
    return alert.body_id is not None and has_mandate(
        user, Role.AGENT, territory_ids=alert.territories, body_id=alert.body_id
    )


@rules.predicate
def administers(user, alert):
    """An administrator of one of the alert's territories."""
    return has_mandate(user, Role.ADMINISTRATOR, territory_ids=alert.territories)


@rules.predicate
def watches(user, territory):
    """An elected official or administrator of the territory or of one that contains it."""
    chain, seen = territory, []
    while chain and chain.pk not in seen:
        seen.append(chain.pk)
        chain = chain.parent
    return has_mandate(user, Role.OFFICIAL, Role.ADMINISTRATOR, territory_ids=seen)


rules.add_perm("alerts.handle_alert", handles | administers)
rules.add_perm("alerts.view_dashboard", watches)
