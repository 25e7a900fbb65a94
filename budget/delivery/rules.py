"""Who keeps the works of a project up to date, and who signs for a district."""

import rules
from django.db.models import Q

from accounts.models import Role
from accounts.rules import mandates
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
    return rows if user.is_superuser else rows.filter(_by(mandates(user, *WORKERS)))


def _by(held) -> Q:
    """Projects that these mandates cover: an administrator's places; of an agent's, those that its service studied, or
    no service did."""
    found = Q(pk=None)
    for mandate in held:
        here = Q(territories__overlap=[mandate.territory_id]) | Q(budget__territory=mandate.territory_id)
        if mandate.role == Role.AGENT:
            here &= Q(assignments__body=mandate.body_id) | Q(assignments=None)
        found |= Q(pk__in=Proposal.objects.filter(here).values("pk"))
    return found


def covering(user, proposal, *roles) -> list:
    """That person's mandates in these roles over one of the proposal's territories or the budget's."""
    places = {*proposal.territories, *chain(proposal.budget.territory)}
    return [mandate for mandate in mandates(user, *roles) if mandate.territory_id in places]


@rules.predicate
def handles(user, proposal):
    """An administrator of its place, or an agent there of a service that studied it (of any, where none did)."""
    bodies = set(proposal.assignments.values_list("body", flat=True))
    held = covering(user, proposal, *WORKERS)
    return any(one.role != Role.AGENT or not bodies or one.body_id in bodies for one in held)


rules.add_perm("delivery.handle_works", handles)
