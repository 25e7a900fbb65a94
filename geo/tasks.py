"""Thin: each may run twice, or be lost, without harm."""

from celery import shared_task

from geo.imports import services as imports


@shared_task
def work_imports():
    """Read, check and import what waits. Called by each act of a person, and by beat every minute."""
    imports.work()


@shared_task
def drop_imported_files():
    """Delete the files of imports a month old."""
    imports.drop_files()
