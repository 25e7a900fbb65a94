"""Giving proposals to the services that study them."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from budget.evaluation.models import Assignment, CheckItem
from budget.evaluation.routing import BY_HAND, Planned, plan, to_plan
from budget.evaluation.services.news import tell_services
from budget.participatory.models import Budget
from budget.proposals.models import Proposal, ProposalEvent
from budget.proposals.services import Closed, ProposalError, announce_all, locked, step
from budget.proposals.workflow import STUDY, WORKFLOW
from common.dates import long_date
from geo.models import Body

# (question, help, mandatory, public) that most towns ask.
USUAL = (
    (gettext_lazy("Does the land belong to the city?"), gettext_lazy("Otherwise name the owner."), True, True),
    (gettext_lazy("Is it within the powers of the city?"), "", True, True),
    (gettext_lazy("Is it of general interest, open to everybody?"), "", True, True),
    (gettext_lazy("Can it be done within two years?"), "", True, True),
    (gettext_lazy("Is it accessible to people with disabilities?"), "", True, True),
    (
        gettext_lazy("Do the networks below allow it?"),
        gettext_lazy("Water, gas, electricity, fibre."),
        False,
        False,
    ),
)


@transaction.atomic
def assign(
    *, proposal: Proposal, body: Body, deadline: dt.date, actor: User, note: str = "", now: dt.datetime | None = None
) -> Assignment:
    """Ask one service to study a proposal until that day; asked again, deadline and note are changed.

    Raises Closed outside the phase, ProposalError for a day that is over or a state in which nothing is studied,
    PermissionDenied for anybody but an administrator there.
    """
    at, now = now, now or timezone.now()
    proposal = locked(proposal)
    if not actor.has_perm(STUDY, proposal):
        raise PermissionDenied
    refuse(proposal.budget, deadline, now)
    if proposal.status not in ("posted", "study") or proposal.hidden_at:
        raise ProposalError(_("This proposal is not to be studied now."))
    known = Assignment.objects.filter(proposal=proposal, body=body).select_related("body").first()
    if known:
        known.proposal, known.deadline, known.note = proposal, deadline, note
        known.reminded_at = known.told_late_at = None
        known.save(update_fields=["deadline", "note", "reminded_at", "told_late_at"])
        return known
    services = dict(plan([proposal])[0].services)
    reasons = services.get(body, ({"step": BY_HAND, "body": body.name},))
    made = Assignment.objects.create(
        proposal=proposal,
        body=body,
        deadline=deadline,
        note=note,
        reasons=list(reasons),
        assigned_by=actor,
        created_at=now,
    )
    if proposal.status == "posted":
        event = step(proposal=proposal, act=WORKFLOW.by_name["study"], actor=actor, at=at)
        announce_all([(proposal, event)])
    tell_services("assigned", [made], actor=actor, note=note)
    return made


@transaction.atomic
def assign_all(
    *, budget: Budget, deadline: dt.date, actor: User, note: str = "", now: dt.datetime | None = None
) -> list[Planned]:
    """Give every proposal of a budget that no service has yet to those competent for it; returns what was planned.

    Those that nobody is competent for stay as they are. The same number of statements however many proposals there
    are. Raises Closed, ProposalError or PermissionDenied as `assign`.
    """
    now = now or timezone.now()
    if not actor.has_perm("participatory.run_budget", budget):
        raise PermissionDenied
    refuse(budget, deadline, now)
    rows = list(to_plan(budget).select_for_update(of=("self",)))
    planned = plan(rows)
    served = [one.proposal for one in planned if one.services]
    made = Assignment.objects.bulk_create(
        [
            Assignment(
                proposal=one.proposal,
                body=body,
                deadline=deadline,
                note=note,
                reasons=list(reasons),
                assigned_by=actor,
                created_at=now,
            )
            for one in planned
            for body, reasons in one.services
        ]
    )
    _begin([one for one in served if one.status == "posted"], actor)
    tell_services("assigned", made, actor=actor, note=note)
    return planned


def _begin(proposals: list[Proposal], actor: User) -> None:
    """The step "study" of all of these at once."""
    act = WORKFLOW.by_name["study"]
    events = ProposalEvent.objects.bulk_create(
        [
            ProposalEvent(proposal=one, act=act.name, from_status=one.status, to_status=act.target, actor=actor)
            for one in proposals
        ]
    )
    for one in proposals:
        one.status = act.target
    keys = [one.pk for one in proposals]
    Proposal.objects.filter(pk__in=keys).update(status=act.target, updated_at=timezone.now())
    announce_all(list(zip(proposals, events, strict=True)))


@transaction.atomic
def take_back(*, assignment: Assignment, actor: User) -> None:
    """Ask that service no longer, as long as it has written nothing. Raises ProposalError, PermissionDenied."""
    assignment = Assignment.objects.select_for_update(of=("self",)).select_related("proposal").get(pk=assignment.pk)
    if not actor.has_perm(STUDY, assignment.proposal):
        raise PermissionDenied
    if assignment.version:
        raise ProposalError(_("This service has begun its study: it stays."))
    assignment.delete()


@transaction.atomic
def usual_checklist(*, budget: Budget, actor: User) -> list[CheckItem]:
    """Give a budget the questions that most towns ask; one that has some keeps its own. Raises PermissionDenied."""
    if not actor.has_perm("participatory.run_budget", budget):
        raise PermissionDenied
    Budget.objects.select_for_update().get(pk=budget.pk)
    if not budget.check_items.exists():
        CheckItem.objects.bulk_create(
            CheckItem(
                budget=budget,
                position=position,
                question=str(question),
                help=str(help_),
                mandatory=mandatory,
                is_public=public,
            )
            for position, (question, help_, mandatory, public) in enumerate(USUAL)
        )
    return list(budget.check_items.all())


def refuse(budget: Budget, deadline: dt.date, now: dt.datetime) -> None:
    """Raises Closed where nothing is studied at that moment, ProposalError for a day before it or after the phase."""
    refuse_closed(budget, now)
    if deadline < timezone.localdate(now):
        raise ProposalError(_("Choose a day to come."))
    closes = budget.window("evaluating").closes_at
    if closes and deadline > timezone.localdate(closes):
        raise ProposalError(
            _("The phase of study ends on %(date)s: choose a day before.") % {"date": long_date(closes)}
        )


def refuse_closed(budget: Budget, now: dt.datetime | None = None, act: str = "evaluate") -> None:
    """Raises Closed where the budget's phases do not allow that act."""
    if not budget.allows(act, now):
        raise Closed(_("The phase in which proposals are studied is not open: nothing can be changed now."))
