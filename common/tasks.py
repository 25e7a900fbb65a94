"""Signs of life of the worker and of beat; see common/health.py for who reads them."""

import time

from celery import shared_task, signals

from common import health

EVERY = 5  # seconds; the worker's loop ticks every 2, Redis need not hear each one
_last = 0.0


@shared_task(name="common.tasks.heartbeat", expires=30)
def heartbeat():
    """Sent by beat and run by a worker: the whole round works."""
    health.beat_key(health.ROUND)


@signals.heartbeat_sent.connect
def _worker_lives(**_kwargs):
    global _last
    if time.monotonic() - _last >= EVERY:
        _last = time.monotonic()
        health.beat_key(health.WORKER)


@signals.worker_ready.connect
def _worker_starts(**_kwargs):
    # A new worker has ten minutes to finish its first task.
    health.beat_key(health.ROUND)
    health.beat_key(health.WORKER)


@signals.beat_init.connect
def _beat_starts(**_kwargs):
    # Its first heartbeat is only due after a whole interval.
    health.beat_key(health.BEAT)


@signals.after_task_publish.connect(sender=heartbeat.name)
def _beat_sent(**_kwargs):
    health.beat_key(health.BEAT)
