"""Thin: each may run twice, or be lost, without harm."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from engagement.activity import sending, services

# Long enough to answer "was I written to?".
KEPT_DAYS = 90


@shared_task
def deliver():
    """Hand on what waits in the outbox, then send the mails that wait.

    Queued by each act, and by beat every minute for what a dead worker or an absent broker left behind.
    """
    while services.hand_on():
        pass
    services.send_waiting()


@shared_task
def prune():
    """Forget mails that left long ago: nobody asks for them any more, and they hold addresses."""
    sending.prune(before=timezone.now() - dt.timedelta(days=KEPT_DAYS))


@shared_task
def digests():
    """Send the digests that are due; queued by beat every minute."""
    sending.send_digests()
