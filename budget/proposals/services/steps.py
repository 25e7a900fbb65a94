"""The steps of a proposal's life: appended to its history, told to who waits for them."""

import datetime as dt
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from budget.proposals.models import Proposal, ProposalEvent
from budget.proposals.workflow import WORKFLOW
from common.workflow import Transition, TransitionError
from engagement.activity import services as activity

# Acts that need more than a message: they have functions of their own.
ALONE = ("merge", "split", "elect", "pass_over")


class ProposalError(ValueError):
    """This cannot be done; the message says why, and what to do."""


class Changed(TransitionError):
    """Somebody else took a step since the actor saw the proposal."""


class MessageMissing(ProposalError):
    """This act needs a public message."""


_hooks: list[Callable[[Proposal], None]] = []


def when_changed(hook: Callable[[Proposal], None]) -> None:
    """Have `hook(proposal)` run in the transaction of each step that changes its state, or hides or shows it."""
    _hooks.append(hook)


def changed(proposal: Proposal) -> None:
    """What rooms above do about a change of state."""
    for hook in _hooks:
        hook(proposal)


def locked(proposal: Proposal) -> Proposal:
    """The proposal as it is now, its row locked until the transaction ends."""
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("budget__territory", "envelope", "theme")
    return rows.get(pk=proposal.pk)


@transaction.atomic
def apply(
    *,
    proposal: Proposal,
    act: str,
    actor: User,
    message: str = "",
    actor_name: str = "",
    data: dict | None = None,
    seen: int | None = None,
) -> Proposal:
    """One step of the workflow, by somebody who may. Returns the proposal as it is now.

    `actor_name` is the service or office in whose name it is done; `seen` the id of the last step that the actor was
    shown. Raises Changed, common.workflow.TransitionError, MessageMissing or PermissionDenied.
    """
    proposal = locked(proposal)
    if seen is not None and proposal.events.filter(pk__gt=seen, act__in=WORKFLOW.by_name).exists():
        raise Changed(f"{proposal.reference} has changed since step {seen}")
    found = WORKFLOW.step(act, proposal.status)
    if found.name in ALONE:
        raise TransitionError(f"{found.name!r} has a function of its own")
    if not actor.has_perm(found.permission, proposal):
        raise PermissionDenied
    event = step(proposal=proposal, act=found, actor=actor, message=message, actor_name=actor_name, data=data)
    announce(proposal, event)
    return proposal


def step(
    *,
    proposal: Proposal,
    act: Transition,
    actor: User | None,
    message: str = "",
    actor_name: str = "",
    data: dict | None = None,
    at: dt.datetime | None = None,
) -> ProposalEvent:
    """Append a step of the workflow to a locked proposal and bring its state up to date. The caller announces it.

    `at` is when it was taken, where that is not now.
    """
    if act.message_required and not message:
        raise MessageMissing(_("Say why: everybody reads it."))
    event = ProposalEvent.objects.create(
        proposal=proposal,
        act=act.name,
        from_status=proposal.status,
        to_status=act.target,
        message=message,
        actor=actor,
        actor_name=actor_name,
        data=data or {},
        **({"created_at": at} if at else {}),
    )
    proposal.status, proposal.updated_at = act.target, at or timezone.now()
    proposal.save(update_fields=["status", "updated_at", "merged_into"])
    changed(proposal)
    return event


def note(
    *,
    proposal: Proposal,
    act: str,
    actor: User | None,
    message: str = "",
    actor_name: str = "",
    data: dict | None = None,
    is_public: bool = True,
) -> ProposalEvent:
    """Append a step that leaves the state as it is."""
    proposal.updated_at = timezone.now()
    proposal.save(update_fields=["updated_at"])
    return ProposalEvent.objects.create(
        proposal=proposal,
        act=act,
        from_status=proposal.status,
        to_status=proposal.status,
        message=message,
        actor=actor,
        actor_name=actor_name,
        data=data or {},
        is_public=is_public,
    )


def announce(proposal: Proposal, event: ProposalEvent) -> None:
    """Record the step as activity: its news leaves when the transaction commits."""
    activity.record(**news(proposal, event))


def announce_all(steps: list[tuple[Proposal, ProposalEvent]]) -> None:
    """`announce` of many steps (of proposals with budget and theme) in a constant number of statements."""
    activity.record_many([news(proposal, event) for proposal, event in steps])


def news(proposal: Proposal, event: ProposalEvent) -> dict:
    """A step as engagement.activity records it."""
    return {
        "verb": f"proposals.{VERBS.get(event.act, event.to_status)}",
        "actor": event.actor,
        "object_type": "proposal",
        "object_key": proposal.pk,
        "topic": f"proposals:{proposal.theme.code}" if proposal.theme else "",
        "title": proposal.title,
        "summary": event.message,
        "url": proposal.get_absolute_url(),
        "place": proposal.point,
        "territories": proposal.territories,
        "public": bool(proposal.budget.published_at) and proposal.hidden_at is None and event.is_public,
        "data": {"event": event.pk, "act": event.act, "by": event.actor_name},
    }


# Acts whose name in the activity is not the state they lead to.
VERBS = {
    "post": "posted",
    "edit": "edited",
    "answer": "answered",
    "review": "reviewed",
    "join": "joined",
    "hide": "hidden",
    "show": "shown",
}
