"""Thin: each may run twice, or be lost, without harm."""

from celery import shared_task

from geo.exports import jobs, schedules
from geo.imports import services as imports
from geo.opendata import snapshot


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


@shared_task
def work_imports():
    """Read, check and import what waits. Called by each act of a person, and by beat every minute."""
    imports.work()


@shared_task
def drop_imported_files():
    """Delete the files of imports a month old."""
    imports.drop_files()


@shared_task
def snapshot_open_data():
    """Write the files of the public layers anew, once a night; queued by beat every ten minutes."""
    snapshot.make_due()
