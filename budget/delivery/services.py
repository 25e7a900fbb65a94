"""Everything that changes what is known of the works. Amounts are integer cents."""

import datetime as dt
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.rules import mandates
from budget.delivery import snapshots
from budget.delivery.models import WON, Expense, Milestone, Signature, WorksPhoto
from budget.delivery.rules import WORKERS, covering
from budget.participatory.models import Envelope
from budget.participatory.rules import chain
from budget.proposals import services as proposals
from budget.proposals.models import Proposal
from budget.proposals.workflow import WORKFLOW
from common import photos
from common.images import clean_photo
from engagement.activity import services as activity

HANDLE, SIGN = "delivery.handle_works", "participatory.sign_envelope"
ACTS = ("start", "deliver", "abandon")
MAX_MILESTONES, MAX_PHOTOS = 40, 24


class DeliveryError(ValueError):
    """This cannot be done; the message says why, and what to do."""


class Changed(DeliveryError):
    """The page says something else than what was read before signing."""


def handled(proposal: Proposal, actor: User) -> Proposal:
    """The proposal, locked, for somebody who keeps its works. Raises PermissionDenied, DeliveryError off the phase."""
    proposal = proposals.locked(proposal)
    if not actor.has_perm(HANDLE, proposal):
        raise PermissionDenied
    if proposal.status not in WON:
        raise DeliveryError(_("Only projects chosen by the vote have works."))
    if not proposal.budget.allows("deliver"):
        raise DeliveryError(_("The phase of the works is not open: nothing can be written here now."))
    return proposal


@transaction.atomic
def act(*, proposal: Proposal, name: str, actor: User, message: str = "") -> Proposal:
    """Begin the works, say that they are done, or give them up. Raises common.workflow.TransitionError, too."""
    proposal = handled(proposal, actor)
    found = WORKFLOW.step(name if name in ACTS else "", proposal.status)
    if name == "abandon" and not actor.has_perm(found.permission, proposal):
        raise PermissionDenied
    event = proposals.step(
        proposal=proposal, act=found, actor=actor, message=message, actor_name=office(actor, proposal)
    )
    proposals.announce(proposal, event)
    return proposal


@transaction.atomic
def set_milestone(
    *,
    proposal: Proposal,
    actor: User,
    title: str,
    planned_on: dt.date,
    done_on: dt.date | None = None,
    message: str = "",
    milestone: Milestone | None = None,
) -> Milestone:
    """Add a step, or change that one. A step reached, or put off, is told to who follows the project.

    A step is put off with a public reason. Raises DeliveryError or PermissionDenied.
    """
    proposal = handled(proposal, actor)
    if done_on and done_on > timezone.localdate():
        raise DeliveryError(_("A step is done once its day has come."))
    before = milestone and Milestone.objects.select_for_update().get(pk=milestone.pk, proposal=proposal)
    if before is None and proposal.milestones.count() >= MAX_MILESTONES:
        raise DeliveryError(_("A project has %(count)d steps at most.") % {"count": MAX_MILESTONES})
    put_off = bool(before) and planned_on > before.planned_on and not done_on
    if put_off and not message:
        raise DeliveryError(_("Say why the step is put off: everybody reads it."))
    row = before or Milestone(proposal=proposal, first_planned_on=planned_on)
    reached = bool(done_on) and row.done_on is None
    row.title, row.planned_on, row.done_on, row.message = title, planned_on, done_on, message
    row.save()
    if reached or put_off:
        _announce("reached" if reached else "put_off", proposal, actor, row)
    return row


@transaction.atomic
def drop_milestone(*, milestone: Milestone, actor: User) -> None:
    """Take away a step that was not reached."""
    handled(milestone.proposal, actor)
    if not Milestone.objects.filter(pk=milestone.pk, done_on=None).delete()[0]:
        raise DeliveryError(_("A step that was reached stays."))


@transaction.atomic
def spend(
    *, proposal: Proposal, actor: User, label: str, amount: int, paid_on: dt.date, document: str = ""
) -> Expense:
    """Write down money paid, in cents."""
    proposal = handled(proposal, actor)
    if amount <= 0:
        raise DeliveryError(_("Type an amount above nothing; strike out an expense that is wrong."))
    if paid_on > timezone.localdate():
        raise DeliveryError(_("What is not paid yet is not an expense: choose the day of the payment."))
    return Expense.objects.create(proposal=proposal, label=label, amount=amount, paid_on=paid_on, document=document)


@transaction.atomic
def strike_out(*, expense: Expense, actor: User, reason: str) -> None:
    """Take an expense out of the sums; it stays readable, with the reason. Twice is once."""
    handled(expense.proposal, actor)
    if not reason:
        raise DeliveryError(_("Say why the expense is struck out: everybody reads it."))
    Expense.objects.filter(pk=expense.pk, struck_at=None).update(struck_at=timezone.now(), struck_reason=reason)


@transaction.atomic
def add_photo(
    *, proposal: Proposal, actor: User, file, moment: str, caption: str, milestone: Milestone | None = None
) -> WorksPhoto:
    """Show a photo of the works, or of one of their steps, cleaned. Raises common.images.PhotoError, too."""
    proposal = handled(proposal, actor)
    if proposal.works_photos.count() >= MAX_PHOTOS:
        raise DeliveryError(_("A project shows %(count)d photos at most.") % {"count": MAX_PHOTOS})
    return photos.keep(
        WorksPhoto(proposal=proposal, milestone=milestone, moment=moment, caption=caption), clean_photo(file)
    )


@transaction.atomic
def drop_photo(*, photo: WorksPhoto, actor: User) -> None:
    """Take a photo away, with its files."""
    handled(photo.proposal, actor)
    photo.delete()
    for file in (photo.image, photo.thumbnail):
        transaction.on_commit(partial(file.storage.delete, file.name))


@transaction.atomic
def sign(*, envelope: Envelope, signer: User, seen: str, text: str = "", now: dt.datetime | None = None) -> Signature:
    """Sign what the execution page of an envelope says. `seen` is the digest of what the official has read.

    Raises Changed where it says something else by now, PermissionDenied for anybody who is no official of the place.
    """
    if not signer.has_perm(SIGN, envelope):
        raise PermissionDenied
    present = snapshots.snapshot(envelope)
    found = snapshots.digest(present)
    if not present["works"]:
        raise DeliveryError(_("There are no works to sign for yet."))
    if found != seen:
        raise Changed(_("Something has changed since you opened this page. Read it again, then sign."))
    signature = Signature.objects.create(
        envelope=envelope,
        signer=signer,
        signer_name=signed_name(signer, envelope),
        text=text,
        snapshot=present,
        digest=found,
        signed_at=now or timezone.now(),
    )
    territory = envelope.territory_id or envelope.budget.territory_id
    activity.record(
        verb="delivery.signed",
        actor=signer,
        object_type="envelope",
        object_key=envelope.pk,
        title=f"{envelope.budget.title}, {envelope.title}",
        summary=text,
        url=url_of(envelope),
        territories=[territory],
        public=bool(envelope.budget.published_at),
        data={"by": signature.signer_name},
    )
    return signature


def url_of(envelope: Envelope) -> str:
    """The execution page of an envelope."""
    return reverse("delivery:envelope", args=[envelope.budget.slug, envelope.slug])


def office(actor: User, proposal: Proposal) -> str:
    """In whose name that person writes of the works: their service, else their territory."""
    held = covering(actor, proposal, *WORKERS)
    return str(held[0].body or held[0].territory) if held else ""


def signed_name(signer: User, envelope: Envelope) -> str:
    """The official's name, with the territory of the mandate."""
    places = chain(envelope.territory or envelope.budget.territory)
    held = [one for one in mandates(signer, Role.OFFICIAL) if one.territory_id in places]
    name = signer.display_name or _("An elected official")
    return f"{name}, {held[0].territory}" if held else name


def _announce(verb: str, proposal: Proposal, actor: User, milestone: Milestone) -> None:
    activity.record(
        verb=f"delivery.{verb}",
        actor=actor,
        object_type="proposal",
        object_key=proposal.pk,
        topic=f"proposals:{proposal.theme.code}" if proposal.theme else "",
        title=proposal.title,
        summary=f"{milestone.title}. {milestone.message}".strip(),
        url=proposal.get_absolute_url(),
        place=proposal.point,
        territories=proposal.territories,
        public=bool(proposal.budget.published_at) and proposal.hidden_at is None,
        data={
            "step": milestone.title,
            "planned_on": milestone.planned_on.isoformat(),
            "done_on": milestone.done_on and milestone.done_on.isoformat(),
            "message": milestone.message,
            "by": office(actor, proposal),
        },
    )
