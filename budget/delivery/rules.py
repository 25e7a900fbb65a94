"""Who keeps the works of a project up to date, and who signs for a district."""

import rules
from django.db.models import Q

from accounts.models import Role
from accounts.rules import has_mandate, mandates
from budget.delivery.models import WON
from budget.participatory.rules import chain
from budget.proposals.models import Proposal

WORKERS = (Role.AGENT, Role.ADMINISTRATOR)


def handled_by(user) -> list[int]:
    """Ids of the territories whose works that person keeps up to date."""
    return [mandate.territory_id for mandate in mandates(user, *WORKERS)]


def worked_on(user):
    """The projects whose works that person keeps up to date."""
    rows = Proposal.objects.filter(status__in=WON)
    if user.is_superuser:
        return rows
    places = handled_by(user)
    return rows.filter(Q(territories__overlap=places) | Q(budget__territory__in=places))


def covering(user, proposal, *roles) -> list:
    """That person's mandates in these roles over one of the proposal's territories or the budget's."""
    places = {*proposal.territories, *chain(proposal.budget.territory)}
    return [mandate for mandate in mandates(user, *roles) if mandate.territory_id in places]


@rules.predicate
def handles(user, proposal):
    """An agent of a service of one of the proposal's territories, or an administrator."""
    return has_mandate(user, *WORKERS, territory_ids=[*proposal.territories, *chain(proposal.budget.territory)])


rules.add_perm("delivery.handle_works", handles)
