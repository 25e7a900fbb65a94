"""Taking a proposal out of the public's sight, with a reason, and showing it again."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from budget.proposals.models import Proposal
from budget.proposals.services.steps import MessageMissing, announce, changed, locked, note


@transaction.atomic
def hide(*, proposal: Proposal, moderator: User, reason: str) -> None:
    """Hide it: its page says why, its author is told. Raises MessageMissing, PermissionDenied. Twice is once."""
    _set(proposal, moderator, reason, hidden=True)


@transaction.atomic
def show(*, proposal: Proposal, moderator: User, reason: str) -> None:
    """Show it again. Raises MessageMissing without a reason, PermissionDenied. Twice is once."""
    _set(proposal, moderator, reason, hidden=False)


def _set(proposal: Proposal, moderator: User, reason: str, *, hidden: bool) -> None:
    proposal = locked(proposal)
    if not moderator.has_perm("proposals.moderate_proposal", proposal):
        raise PermissionDenied
    if not reason:
        raise MessageMissing(_("Say why: everybody reads it."))
    if hidden == (proposal.hidden_at is not None):
        return
    proposal.hidden_at, proposal.hidden_reason = (timezone.now(), reason) if hidden else (None, "")
    proposal.save(update_fields=["hidden_at", "hidden_reason"])
    changed(proposal)
    announce(proposal, note(proposal=proposal, act="hide" if hidden else "show", actor=moderator, message=reason))
