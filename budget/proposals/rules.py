"""Who may do what with a proposal."""

import rules

from accounts.models import Role
from accounts.rules import has_mandate, mandates
from budget.participatory.models import Budget
from budget.participatory.rules import chain

WORKERS = (Role.AGENT, Role.MODERATOR, Role.ADMINISTRATOR, Role.OFFICIAL)


def covered(user) -> list[int]:
    """Ids of the territories whose proposals that person may see even when hidden."""
    return [mandate.territory_id for mandate in mandates(user, *WORKERS)]


def _places(proposal) -> list[int]:
    return [*proposal.territories, *chain(proposal.budget.territory)]


@rules.predicate
def wrote(user, proposal):
    """Its author, signed in."""
    return proposal.author_id is not None and proposal.author_id == user.pk


@rules.predicate
def runs(user, proposal):
    """An administrator of one of its territories or of the budget's."""
    return has_mandate(user, Role.ADMINISTRATOR, territory_ids=_places(proposal))


@rules.predicate
def signs(user, proposal):
    """An elected official of one of its territories or of the budget's."""
    return has_mandate(user, Role.OFFICIAL, territory_ids=_places(proposal))


@rules.predicate
def moderates(user, proposal):
    """A moderator of one of its territories or of the budget's."""
    return has_mandate(user, Role.MODERATOR, territory_ids=_places(proposal))


rules.add_perm("proposals.own_proposal", wrote)
rules.add_perm("proposals.run_proposal", runs)
rules.add_perm("proposals.study_proposal", runs)
rules.add_perm("proposals.sign_proposal", signs | runs)
rules.add_perm("proposals.moderate_proposal", moderates | runs)


@rules.predicate
def watches(user, territory):
    """An elected official or administrator of the territory or of one that contains it, where there is a budget."""
    mandated = has_mandate(user, Role.OFFICIAL, Role.ADMINISTRATOR, territory_ids=chain(territory))
    return mandated and Budget.objects.published().exists()


rules.add_perm("proposals.view_dashboard", watches)
