"""Who may do what with an alert."""

import rules

from accounts.models import Role
from accounts.rules import has_mandate, mandates


@rules.predicate
def handles(user, alert):
    """An agent of one of the alert's services whose mandate covers its place."""
    return any(has_mandate(user, Role.AGENT, territory_ids=alert.territories, body_id=body) for body in alert.bodies)


@rules.predicate
def administers(user, alert):
    """An administrator of one of the alert's territories."""
    return has_mandate(user, Role.ADMINISTRATOR, territory_ids=alert.territories)


@rules.predicate
def moderates(user, alert):
    """A moderator of one of the alert's territories."""
    return has_mandate(user, Role.MODERATOR, territory_ids=alert.territories)


@rules.predicate
def reported(user, alert):
    """Who reported it, signed in. Whoever holds the tracking link is asked by alerts.services.apply itself."""
    return alert.reporter_id is not None and alert.reporter_id == user.pk


@rules.predicate
def watches(user, territory):
    """An elected official or administrator of the territory or of one that contains it."""
    chain, seen = territory, []
    while chain and chain.pk not in seen:
        seen.append(chain.pk)
        chain = chain.parent
    return has_mandate(user, Role.OFFICIAL, Role.ADMINISTRATOR, territory_ids=seen)


def acting_body(user, alert):
    """For which body that person acts on the alert: an agent for their own service, an administrator for the one in
    charge, a moderator for none.
    """
    if administers(user, alert) or user.is_superuser:
        return alert.body
    own = [one.body for one in mandates(user, Role.AGENT) if one.body_id in alert.bodies]
    return min(own, key=lambda body: body.pk != alert.body_id, default=None)


rules.add_perm("alerts.handle_alert", handles | administers)
rules.add_perm("alerts.own_alert", reported)
rules.add_perm("alerts.moderate_alert", handles | administers | moderates)
rules.add_perm("alerts.view_dashboard", watches)
