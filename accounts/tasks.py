"""Thin: may run twice, or be lost, without harm."""

from celery import shared_task

from accounts import services


@shared_task
def prune():
    """Remove accounts that nobody confirmed."""
    services.prune()
