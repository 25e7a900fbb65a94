"""Thin: each may run twice, or be lost, without harm."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from budget.proposals import services

# A form left open longer than this is not coming back.
DRAFT_HOURS = 72


@shared_task
def drop_draft_photos():
    """Delete the photos of proposals that were never sent."""
    services.drop_drafts(before=timezone.now() - dt.timedelta(hours=DRAFT_HOURS))
