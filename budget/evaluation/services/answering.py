"""The author's word on a decision."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from budget.evaluation.services.assigning import refuse_closed
from budget.evaluation.services.news import tell_services
from budget.proposals.models import Proposal, ProposalEvent
from budget.proposals.services import MessageMissing, ProposalError, announce, locked, note

MAX_ANSWER = 3000


@transaction.atomic
def answer(*, proposal: Proposal, author: User, message: str, now: dt.datetime | None = None) -> ProposalEvent:
    """Publish the author's answer to the decision that stands, once; its services are told.

    Raises Closed outside the phase, ProposalError, MessageMissing, PermissionDenied for anybody else.
    """
    proposal = locked(proposal)
    if not author.has_perm("proposals.own_proposal", proposal):
        raise PermissionDenied
    refuse_closed(proposal.budget, now, "answer")
    decision = proposal.decisions.first()
    if decision is None or proposal.status not in ("feasible", "unfeasible"):
        raise ProposalError(_("There is no decision to answer yet."))
    if answers(proposal).filter(data__decision=decision.number).exists():
        raise ProposalError(_("You have answered this decision already."))
    if not message:
        raise MessageMissing(_("Write your answer."))
    event = note(proposal=proposal, act="answer", actor=author, message=message, data={"decision": decision.number})
    announce(proposal, event)
    asked = list(proposal.assignments.select_related("body"))
    for one in asked:
        one.proposal = proposal
    tell_services("answered", asked, note=message)
    return event


def answers(proposal: Proposal):
    """The author's answers to decisions, as steps of the proposal."""
    return proposal.events.filter(act="answer", is_public=True, data__has_key="decision")
