"""Who runs a participatory budget."""

import rules

from accounts.models import Role
from accounts.rules import has_mandate, mandates


def run_by(user) -> list[int]:
    """Ids of the territories whose budgets that person runs: an administrator's."""
    return [mandate.territory_id for mandate in mandates(user, Role.ADMINISTRATOR)]


def chain(territory) -> list[int]:
    """Ids of a territory and of those it is part of."""
    seen = []
    while territory and territory.pk not in seen:
        seen.append(territory.pk)
        territory = territory.parent
    return seen


@rules.predicate
def runs(user, budget):
    """An administrator of the budget's territory or of one that contains it."""
    return has_mandate(user, Role.ADMINISTRATOR, territory_ids=chain(budget.territory))


@rules.predicate
def signs(user, envelope):
    """An elected official of the envelope's territory, or of the budget's."""
    return has_mandate(user, Role.OFFICIAL, territory_ids=chain(envelope.territory or envelope.budget.territory))


rules.add_perm("participatory.run_budget", runs)
rules.add_perm("participatory.sign_envelope", signs)
