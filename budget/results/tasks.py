"""Thin: each may run twice, be killed or be lost, without harm."""

import logging

from celery import shared_task

from budget.results import services

log = logging.getLogger(__name__)


@shared_task
def count_waiting():
    """Count what was ordered."""
    _each(services.waiting(), services.count_official)


@shared_task
def count_otherwise(envelope: int):
    """Count one envelope under the other rules."""
    services.count_otherwise(envelope_id=envelope)


@shared_task
def sweep():
    """What was lost on the way: orders, and counts under other rules."""
    count_waiting()
    _each(services.lacking(), services.count_otherwise)


def _each(envelopes: list[int], count) -> None:
    """One envelope that fails stops none of the others."""
    for envelope in envelopes:
        try:
            count(envelope_id=envelope)
        except Exception:
            log.exception("envelope %s could not be counted", envelope)
