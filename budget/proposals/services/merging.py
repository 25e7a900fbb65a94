"""Joining proposals into one, and splitting one into several: both histories stay, and authors are told."""

from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from budget.proposals.models import Proposal, ProposalEvent, Support
from budget.proposals.services.posting import on_it, refuse_outside, territories_of, whole
from budget.proposals.services.steps import ProposalError, announce, locked, note, step
from budget.proposals.workflow import GONE, RUN, WORKFLOW


@transaction.atomic
def merge(*, into: Proposal, others: list[Proposal], actor: User, message: str, actor_name: str = "") -> Proposal:
    """Join `others` with `into`, which goes on: supports are united (one a person), histories stay, authors are told.

    All are of one envelope and before the vote. Raises ProposalError, MessageMissing,
    common.workflow.TransitionError or PermissionDenied.
    """
    # Locked in one order, so that two merges at once wait for each other instead of for ever.
    rows = {row.pk: row for row in map(locked, sorted({into, *others}, key=lambda row: row.pk))}
    into, others = rows.pop(into.pk), list(rows.values())
    if not others:
        raise ProposalError(_("Choose at least one other proposal to join with this one."))
    if into.status in GONE or into.budget.has_begun("voting"):
        raise ProposalError(_("Nothing can be joined with this proposal any more."))
    if any(row.envelope_id != into.envelope_id for row in others):
        raise ProposalError(_("Only proposals of the same envelope can be joined."))
    for row in (into, *others):
        if not actor.has_perm(RUN, row):
            raise PermissionDenied
    for row in others:
        act = WORKFLOW.step("merge", row.status)
        row.merged_into = into
        event = step(
            proposal=row, act=act, actor=actor, message=message, actor_name=actor_name, data={"into": into.reference}
        )
        announce(row, event)
        known = Support.objects.filter(proposal=into).values("user")
        Support.objects.filter(proposal=row).exclude(user__in=known).update(proposal=into)
        row.supports = row.supporters.count()
        row.save(update_fields=["supports"])
    into.supports = into.supporters.count()
    into.save(update_fields=["supports"])
    references = [row.reference for row in others]
    event = note(
        proposal=into, act="join", actor=actor, message=message, actor_name=actor_name, data={"references": references}
    )
    announce(into, event)
    return into


@transaction.atomic
def split(
    *, proposal: Proposal, parts: list[tuple[str, str, GEOSGeometry | None]], actor: User, message: str, actor_name=""
) -> list[Proposal]:
    """Split a proposal into parts (title, text, shape in EPSG:4326; None: where it is), each with its author.

    Supporters support each part. Raises ProposalError for fewer than two, MessageMissing,
    common.workflow.TransitionError or PermissionDenied.
    """
    proposal = locked(proposal)
    if not actor.has_perm(RUN, proposal):
        raise PermissionDenied
    if len(parts) < 2:
        raise ProposalError(_("Give at least two parts."))
    if proposal.budget.has_begun("voting"):
        raise ProposalError(_("The vote has opened: nothing can be split any more."))
    act = WORKFLOW.step("split", proposal.status)
    made = [_part(proposal, title, text, shape, actor) for title, text, shape in parts]
    supporters = list(proposal.supporters.values_list("user", flat=True))
    for one in made:
        Support.objects.bulk_create([Support(proposal=one, user_id=user) for user in supporters])
        one.supports = len(supporters)
        one.save(update_fields=["supports"])
    event = step(
        proposal=proposal,
        act=act,
        actor=actor,
        message=message,
        actor_name=actor_name,
        data={"references": [one.reference for one in made]},
    )
    announce(proposal, event)
    return made


def _part(proposal: Proposal, title: str, text: str, shape: GEOSGeometry | None, actor: User) -> Proposal:
    now = timezone.now()
    shape = whole(shape or proposal.shape)
    refuse_outside(proposal.budget, shape)
    point = on_it(shape) if shape else None
    part = Proposal.objects.create(
        budget=proposal.budget,
        envelope=proposal.envelope,
        theme=proposal.theme,
        title=title,
        text=text,
        shape=shape,
        point=point,
        address=proposal.address,
        territories=territories_of(proposal.envelope, point),
        author=proposal.author,
        author_name=proposal.author_name,
        split_from=proposal,
        created_at=now,
        updated_at=now,
    )
    ProposalEvent.objects.create(
        proposal=part, act="post", to_status=part.status, actor=actor, data={"split_from": proposal.reference}
    )
    return part
