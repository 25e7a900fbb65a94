"""Thin: each may run twice, or be lost, without harm."""

from celery import shared_task

from engagement.activity import sending, services


@shared_task
def deliver():
    """Hand on what waits in the outbox, then send the mails that wait.

    Queued by each act, and by beat every minute for what a dead worker or an absent broker left behind.
    """
    while services.hand_on():
        pass
    services.send_waiting()


@shared_task
def digests():
    """Send the digests that are due; queued by beat every minute."""
    sending.send_digests()
