"""The photos of a proposal being written: kept from their first upload on, whatever else is wrong in the form."""

from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from budget.proposals.models import Proposal, ProposalPhoto
from budget.proposals.services.photos import MAX_PHOTOS, keep_photo
from common.images import PhotoError
from common.ratelimit import exceeded

WINDOW = 600  # seconds


class TooMany(PhotoError):
    """This person sends more than the settings allow."""


@dataclass
class Draft:
    """What was kept, and what is wrong with the rest."""

    photos: list[ProposalPhoto] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def keep(user, file) -> ProposalPhoto:
    """Keep one uploaded photo. Raises common.images.PhotoError."""
    if exceeded(f"proposals:photos:{user.pk}", limit=settings.PROPOSALS_PHOTOS_LIMIT, seconds=WINDOW):
        raise TooMany(_("You have sent many photos. Send this one again in ten minutes."))
    return keep_photo(file=file, owner=user)


def collect(request, proposal: Proposal | None = None) -> Draft:
    """The photos of a posted form: those kept before, less those removed, and those that come with it.

    Of a `proposal` that is being changed, its own are among those kept before.
    """
    if not request.user.is_authenticated:
        return Draft()
    kept = set(request.POST.getlist("photo_tokens")) - set(request.POST.getlist("photo_remove"))
    own = Q(owner=request.user, proposal=None) | (Q(proposal=proposal) if proposal else Q(pk=None))
    own = ProposalPhoto.objects.filter(own, token__in=kept)
    draft = Draft(list(own[:MAX_PHOTOS]))
    for file in request.FILES.getlist("photos"):
        try:
            if len(draft.photos) == MAX_PHOTOS:
                raise PhotoError(_("A proposal has %(count)d photos at most.") % {"count": MAX_PHOTOS})
            draft.photos.append(keep(request.user, file))
        except PhotoError as error:
            draft.errors.append(f"{file.name}\u00a0: {error}")
    return draft
