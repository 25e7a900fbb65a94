"""Who may study and sign."""

import rules
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import has_mandate, mandates
from budget.participatory.rules import chain
from budget.proposals import rules as proposals


def places(proposal) -> list[int]:
    """Ids of the territories of a proposal and of its budget."""
    return [*proposal.territories, *chain(proposal.budget.territory)]


@rules.predicate
def studies(user, assignment):
    """An agent of the service asked, whose mandate covers the proposal."""
    return has_mandate(user, Role.AGENT, territory_ids=places(assignment.proposal), body_id=assignment.body_id)


@rules.predicate
def runs(user, assignment):
    """An administrator there."""
    return proposals.runs(user, assignment.proposal)


def office(user, proposal) -> str:
    """Name and office under which that person signs, as everybody reads them: the mandate closest to the place."""
    covered = places(proposal)
    held = mandates(user, Role.OFFICIAL) or mandates(user, Role.ADMINISTRATOR)
    fitting = [one for one in held if one.territory_id in covered]
    mandate = min(fitting, key=lambda one: covered.index(one.territory_id), default=None)
    return ", ".join(filter(None, [user.display_name, mandate and mandate.in_words()])) or _("The administration")


rules.add_perm("evaluation.study_assignment", studies | runs)
