"""Who prepares a vote, sits at its desk, types its paper and closes it."""

import rules

from accounts.models import Role
from accounts.rules import has_mandate
from budget.participatory.rules import chain, runs


@rules.predicate
def serves(user, budget):
    """An agent or administrator of the budget's territory, or of one of its districts."""
    places = [*chain(budget.territory), *(one.territory_id for one in budget.envelopes.all() if one.territory_id)]
    return has_mandate(user, Role.AGENT, Role.ADMINISTRATOR, territory_ids=places)


@rules.predicate
def closes(user, budget):
    """An elected official or an administrator of the budget's territory."""
    return has_mandate(user, Role.OFFICIAL, Role.ADMINISTRATOR, territory_ids=chain(budget.territory))


rules.add_perm("voting.prepare_vote", runs)
rules.add_perm("voting.serve_vote", serves | runs)
rules.add_perm("voting.close_vote", closes)
