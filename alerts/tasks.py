"""Thin: each may run twice, or be lost, without harm."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from alerts import services

# A form left open longer than this is not coming back; one to be confirmed waits for 48 hours at most.
DRAFT_HOURS = 72


@shared_task
def drop_draft_photos():
    """Delete the photos of reports that were never sent."""
    services.drop_drafts(before=timezone.now() - dt.timedelta(hours=DRAFT_HOURS))


@shared_task
def apply_retention():
    """Erase, then anonymise, what is older than its category keeps it."""
    services.erase()
    services.anonymise()


@shared_task
def ask_again():
    """Ask once more whether what was resolved two weeks ago is really fixed."""
    services.ask_again()
