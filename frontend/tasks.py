"""Thin: each may run twice, or be lost, without harm."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from frontend.report import monthly, sending

# Over a year: "did I get that of last September?" has an answer.
KEPT_DAYS = 396


@shared_task
def monthly_reports():
    """Send officials the report of the month before; queued by beat all month: a server may be down on the first."""
    now = timezone.now()
    if monthly.is_time(now):
        monthly.plan(today=timezone.localdate(now))
    sending.send_waiting()


@shared_task
def prune_reports():
    """Forget which mails left over a year ago."""
    sending.prune(before=timezone.now() - dt.timedelta(days=KEPT_DAYS))
