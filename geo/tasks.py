"""Thin: each may run twice, or be lost, without harm."""

from celery import shared_task

from geo.exports import jobs, schedules


@shared_task
def make_export(pk: int):
    """Make one export. Queued by who asks, and by beat for what was left behind."""
    jobs.run(pk)


@shared_task
def sweep_exports():
    """Have made what was left behind, delete what is past; queued by beat every minute."""
    for pk in jobs.sweep():
        make_export.apply_async([pk], expires=60)


@shared_task
def run_schedules():
    """Make the scheduled exports that are due; queued by beat every minute."""
    schedules.run_due()
