"""The author's changes of a proposal, as long as nobody studies it; what was there before stays in its history."""

from functools import partial

from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from budget.participatory.models import Envelope, Theme
from budget.proposals.models import Proposal
from budget.proposals.services.photos import MAX_PHOTOS, join_photos
from budget.proposals.services.posting import (
    Closed,
    choose_envelope,
    envelopes_at,
    estimate_lines,
    on_it,
    refuse_outside,
    territories_of,
    total,
    whole,
)
from budget.proposals.services.steps import locked, note

CHANGED = ("title", "text", "theme", "envelope", "shape", "address", "estimate", "estimate_lines")


def refuse_studied(proposal: Proposal) -> None:
    """Raises Closed where its author can no longer change it; the message says why."""
    if proposal.status != "posted":
        raise Closed(_("The proposal is being studied: it can no longer be changed."))
    if not proposal.budget.allows("propose"):
        raise Closed(_("Ideas are no longer collected: the proposal can no longer be changed."))


@transaction.atomic
def edit(
    *,
    proposal: Proposal,
    author: User,
    title: str,
    text: str,
    shape: GEOSGeometry | None,
    theme: Theme | None,
    envelope: Envelope | None = None,
    address: str = "",
    quantities: dict[str, int] | None = None,
    estimate: int | None = None,
    photo_tokens: list[str] = (),
) -> Proposal:
    """Let the author put right what they posted; arguments as in `post`.

    Without an `envelope` it stays in its own where the new place and theme allow, else goes to the closest. Lines of
    the estimate that were not changed keep the prices of their day. Photos not named are deleted. Supports stay. The
    history names what was changed and keeps what was there: {"changed": [names], name: earlier value}.
    Raises Closed, NotHere, ProposalError, or PermissionDenied for anybody else.
    """
    proposal = locked(proposal)
    if not author.has_perm("proposals.own_proposal", proposal):
        raise PermissionDenied
    refuse_studied(proposal)
    before = _said(proposal)
    shape = whole(shape)
    refuse_outside(proposal.budget, shape)
    point = on_it(shape) if shape else None
    kept = proposal.envelope in envelopes_at(budget=proposal.budget, point=point, theme=theme)
    wanted = envelope or (proposal.envelope if kept else None)
    proposal.envelope = choose_envelope(budget=proposal.budget, point=point, theme=theme, wanted=wanted)
    proposal.estimate_lines = _lines(proposal.estimate_lines, quantities or {})
    proposal.estimate = total(proposal.estimate_lines) if proposal.estimate_lines else estimate
    proposal.title, proposal.text, proposal.theme, proposal.address = title, text, theme, address
    proposal.shape, proposal.point = shape, point
    proposal.territories = territories_of(proposal.envelope, point)
    now = _said(proposal)
    changed = [name for name in CHANGED if now[name] != before[name]]
    photos = proposal.photos.count()
    if _set_photos(proposal, list(photo_tokens), author):
        changed.append("photos")
        before["photos"] = photos
    if changed:
        proposal.save(update_fields=[*CHANGED, "point", "territories"])
        data = {"changed": changed} | {name: before[name] for name in changed}
        note(proposal=proposal, act="edit", actor=author, data=data)
    return proposal


def _said(proposal: Proposal) -> dict:
    """What it says, as its history keeps it."""
    return {
        "title": proposal.title,
        "text": proposal.text,
        "theme": proposal.theme.name if proposal.theme else "",
        "envelope": proposal.envelope.title,
        "shape": whole(proposal.shape).wkt if proposal.shape else "",
        "address": proposal.address,
        "estimate": proposal.estimate,
        "estimate_lines": proposal.estimate_lines,
    }


def _lines(old: list[dict], quantities: dict[str, int]) -> list[dict]:
    same = [line for line in old if quantities.get(line["code"]) == line["quantity"]]
    known = {line["code"] for line in same}
    return same + estimate_lines({code: count for code, count in quantities.items() if code not in known})


def _set_photos(proposal: Proposal, tokens: list[str], author: User) -> bool:
    """Keep the photos of these tokens, join what is new and delete the others; whether anything changed."""
    left = list(proposal.photos.exclude(token__in=tokens))
    for photo in left:
        photo.delete()
        for file in (photo.image, photo.thumbnail):
            transaction.on_commit(partial(file.storage.delete, file.name))
    kept = set(proposal.photos.values_list("token", flat=True))
    new = [token for token in tokens if token not in kept][: MAX_PHOTOS - len(kept)]
    return bool(join_photos(proposal=proposal, tokens=new, owner=author)) or bool(left)
