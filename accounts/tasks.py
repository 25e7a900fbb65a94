"""Thin: may run twice, or be lost, without harm."""

from celery import shared_task

from accounts import confirmations, services


@shared_task
def prune():
    """Remove accounts that nobody confirmed, and confirmations long past."""
    services.prune()
    confirmations.prune()


@shared_task
def send_confirmations():
    """Send the mails that wait. Queued by each act that asks, and by beat every minute for what was left behind."""
    confirmations.send_waiting()
