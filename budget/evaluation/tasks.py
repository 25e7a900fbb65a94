"""Thin: each may run twice, or be lost, without harm."""

from celery import shared_task

from budget.evaluation import services


@shared_task
def remind():
    """Remind services of the studies that are due soon, or late."""
    services.remind()
