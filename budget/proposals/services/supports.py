"""Supporting a proposal, once a person."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Verification
from budget.proposals.models import Proposal, Support
from budget.proposals.services.posting import Closed
from budget.proposals.services.steps import locked


@transaction.atomic
def support(*, proposal: Proposal, user: User) -> bool:
    """Count that person's support once; True where it was not counted before.

    The row is locked, so that many at once are one after the other. Raises Closed outside the phase, PermissionDenied
    for somebody whose e-mail is not confirmed.
    """
    if not user.is_authenticated or user.verification < Verification.EMAIL:
        raise PermissionDenied
    proposal = locked(proposal)
    _refuse_closed(proposal)
    _row, created = Support.objects.get_or_create(proposal=proposal, user=user)
    _recount(proposal)
    return created


@transaction.atomic
def withdraw_support(*, proposal: Proposal, user: User) -> bool:
    """Take a support back while the phase lasts; True where there was one. Raises Closed."""
    proposal = locked(proposal)
    _refuse_closed(proposal)
    deleted, _rows = Support.objects.filter(proposal=proposal, user=user).delete()
    _recount(proposal)
    return bool(deleted)


def _refuse_closed(proposal: Proposal) -> None:
    if proposal.hidden_at or proposal.state.final or not proposal.budget.allows("support"):
        raise Closed(_("Supports are not counted now."))


def _recount(proposal: Proposal) -> None:
    """The number shown is that of the rows."""
    proposal.supports = proposal.supporters.count()
    proposal.save(update_fields=["supports"])
