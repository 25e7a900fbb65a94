"""Photos: cleaned and kept from the first upload on, joined to a proposal, dropped when never sent."""

import datetime as dt
from functools import partial

from django.db import transaction

from accounts.models import User
from budget.proposals.models import Proposal, ProposalPhoto
from common import photos
from common.images import clean_photo

MAX_PHOTOS = 4


def keep_photo(*, file, owner: User) -> ProposalPhoto:
    """Clean an uploaded photo and keep it until its proposal is sent. Raises common.images.PhotoError."""
    return photos.keep(ProposalPhoto(owner=owner), clean_photo(file))


def join_photos(*, proposal: Proposal, tokens: list[str], owner: User) -> int:
    """Give a person's kept photos to their proposal, with which they stay; returns how many."""
    tokens = list(tokens)[:MAX_PHOTOS]
    return ProposalPhoto.objects.filter(token__in=tokens, proposal=None, owner=owner).update(
        proposal=proposal, owner=None
    )


@transaction.atomic
def drop_drafts(*, before: dt.datetime) -> int:
    """Delete photos kept before that moment whose proposal was never sent, with their files; returns how many."""
    rows = ProposalPhoto.objects.select_for_update(skip_locked=True).filter(proposal=None, created_at__lt=before)
    drafts = list(rows)
    ProposalPhoto.objects.filter(pk__in=[photo.pk for photo in drafts]).delete()
    for photo in drafts:
        for file in (photo.image, photo.thumbnail):
            transaction.on_commit(partial(file.storage.delete, file.name))
    return len(drafts)
