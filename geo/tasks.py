"""Thin: each may run twice, or be lost, without harm."""

from celery import shared_task

from geo.imports import services as imports
from geo.opendata import snapshot


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
    """Write the files of the public layers anew."""
    snapshot.make()
