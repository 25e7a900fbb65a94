"""Everything that changes a proposal."""

from budget.proposals.services.editing import edit, refuse_studied
from budget.proposals.services.merging import merge, split
from budget.proposals.services.moderation import hide, show
from budget.proposals.services.photos import drop_drafts, keep_photo
from budget.proposals.services.posting import Closed, NotHere, post
from budget.proposals.services.steps import (
    Changed,
    MessageMissing,
    ProposalError,
    announce,
    announce_all,
    apply,
    locked,
    note,
    step,
)
from budget.proposals.services.supports import support, withdraw_support

__all__ = [
    "Changed",
    "Closed",
    "MessageMissing",
    "NotHere",
    "ProposalError",
    "announce",
    "announce_all",
    "apply",
    "drop_drafts",
    "edit",
    "hide",
    "keep_photo",
    "locked",
    "merge",
    "note",
    "post",
    "refuse_studied",
    "show",
    "split",
    "step",
    "support",
    "withdraw_support",
]
