"""What the official decides upon the studies, and asking for another study."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from budget.evaluation.lines import total
from budget.evaluation.models import Assignment, Decision, Study
from budget.evaluation.rules import office
from budget.evaluation.services.assigning import refuse_closed
from budget.evaluation.services.news import tell_services
from budget.evaluation.services.studying import CONTENT, Incomplete
from budget.evaluation.words import too_short
from budget.proposals.models import Proposal
from budget.proposals.services import Changed, MessageMissing, ProposalError, announce, locked, note, step
from budget.proposals.workflow import SIGN, WORKFLOW


def seen_of(assignments: list[Assignment]) -> str:
    """What somebody was shown of these: differs once a service is added or writes something else."""
    return ",".join(sorted(f"{one.reference}.{one.version}" for one in assignments))


def found_by(studies: list[Study]) -> tuple[list[dict], int | None]:
    """The lines of all studies one after the other, and the sum of their yearly upkeep (cents; None: nobody knows)."""
    yearly = [study.yearly for study in studies if study.yearly is not None]
    return [line for study in studies for line in study.lines], sum(yearly) if yearly else None


@transaction.atomic
def sign(
    *,
    proposal: Proposal,
    actor: User,
    feasible: bool,
    reason: str,
    lines: list[dict],
    yearly: int | None = None,
    correction: str = "",
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> Decision:
    """Sign whether a proposal can be done and what it costs: the sum of `lines` ([{"name", "amount"}], cents).

    All its services have handed in. Lines or upkeep other than theirs need `correction`, which says why. `seen` is
    `seen_of` what the actor was shown. Raises Closed after the phase, Incomplete (fields "reason", "lines",
    "correction"), Changed, ProposalError, common.workflow.TransitionError or PermissionDenied.
    """
    at, now = now, now or timezone.now()
    proposal = locked(proposal)
    if not actor.has_perm(SIGN, proposal):
        raise PermissionDenied
    refuse_closed(proposal.budget, now)
    assignments = list(proposal.assignments.select_for_update(of=("self",)).select_related("body").with_study())
    if seen is not None and seen != seen_of(assignments):
        raise Changed(f"the studies of {proposal.reference} have changed")
    act = WORKFLOW.step("accept" if feasible else "refuse", proposal.status)
    if not assignments or any(one.submitted_at is None for one in assignments):
        raise ProposalError(_("Not all services have handed in their study yet."))
    studies = [study for one in assignments for study in one.latest]
    lines = [{"name": line["name"], "amount": line["amount"]} for line in lines]
    if wrong := _missing(feasible, reason, lines, yearly, correction, found_by(studies)):
        raise Incomplete(wrong)
    decision = Decision.objects.create(
        proposal=proposal,
        number=proposal.decisions.count() + 1,
        feasible=feasible,
        reason=reason,
        lines=lines,
        cost=total(lines) if lines else None,
        yearly=yearly,
        correction=correction,
        signed_by=actor,
        signed_name=office(actor, proposal)[:200],
        signed_at=now,
    )
    decision.studies.set(studies)
    _price(proposal, lines, decision.cost, yearly)
    said = {"decision": decision.number, "cost": decision.cost, "lines": lines, "yearly": yearly}
    by = decision.signed_name
    event = step(proposal=proposal, act=act, actor=actor, message=reason, actor_name=by, data=said, at=at)
    announce(proposal, event)
    return decision


def _missing(feasible, reason, lines, yearly, correction, found) -> dict[str, str]:
    wrong = {}
    if problem := too_short(reason, refusal=not feasible):
        wrong["reason"] = problem
    if feasible and total(lines) <= 0:
        wrong["lines"] = _("What can be done has a cost: give at least one line.")
    if (lines, yearly) != found and too_short(correction, refusal=False):
        wrong["correction"] = _("These are not the amounts that the services found: say why.")
    return wrong


def _price(proposal: Proposal, lines: list[dict], cost: int | None, yearly: int | None) -> None:
    proposal.cost, proposal.cost_lines, proposal.yearly = cost, lines, yearly
    proposal.save(update_fields=["cost", "cost_lines", "yearly"])


@transaction.atomic
def reopen(
    *,
    proposal: Proposal,
    assignments: list[Assignment],
    actor: User,
    message: str,
    now: dt.datetime | None = None,
) -> Proposal:
    """Give studies back to their services to be completed; what was signed is to be signed again.

    What they wrote comes back to them as a draft; `message` is public where the proposal had been signed. Raises
    Closed, MessageMissing, ProposalError, common.workflow.TransitionError or PermissionDenied.
    """
    at, now = now, now or timezone.now()
    proposal = locked(proposal)
    if not actor.has_perm(SIGN, proposal):
        raise PermissionDenied
    refuse_closed(proposal.budget, now)
    if not message:
        raise MessageMissing(_("Say what is to be studied again."))
    rows = proposal.assignments.select_for_update(of=("self",)).select_related("body").with_study()
    chosen = [one for one in rows if one in assignments and one.submitted_at]
    if not chosen:
        raise ProposalError(_("Choose at least one study that was handed in."))
    for one in chosen:
        one.proposal = proposal
        _give_back(one, actor, now)
    if proposal.status != "study":
        act = WORKFLOW.step("review", proposal.status)
        event = step(
            proposal=proposal, act=act, actor=actor, message=message, actor_name=office(actor, proposal)[:200], at=at
        )
        _price(proposal, [], None, None)
        announce(proposal, event)
    else:
        note(
            proposal=proposal,
            act="return",
            actor=actor,
            message=message,
            actor_name=office(actor, proposal)[:200],
            data={"services": [one.body.name for one in chosen]},
            is_public=False,
        )
    tell_services("reopened", chosen, actor=actor, note=message)
    return proposal


def _give_back(assignment: Assignment, actor: User, now: dt.datetime) -> None:
    (last,) = assignment.latest
    content = {name: getattr(last, name) for name in CONTENT}
    Study.objects.create(
        assignment=assignment, version=last.version + 1, author=actor, submitted=False, created_at=now, **content
    )
    assignment.version, assignment.submitted_at = last.version + 1, None
    assignment.reminded_at = assignment.told_late_at = None
    assignment.save(update_fields=["version", "submitted_at", "reminded_at", "told_late_at"])
