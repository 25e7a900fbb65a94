"""The monthly mails leave, by common.outbox; one that leaves again has the same Message-ID."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common import outbox
from frontend.models import MonthlyReport
from frontend.report import content, mails, monthly
from frontend.report.choice import month
from geo.dashboards.periods import month_before

# Tried again 10 minutes after it was written, then after 30, 70…: for three and a half days.
MAX_ATTEMPTS = 10
PAUSE = dt.timedelta(minutes=10)


def waiting():
    """Mails of last month that have still to leave, whose next attempt is due and that have not failed too often."""
    now = timezone.now()
    news = MonthlyReport.objects.filter(sent_at=None, month__gte=month_before(timezone.localdate(now)).since)
    due = Q(attempts=0)
    for failed in range(1, MAX_ATTEMPTS):
        due |= Q(attempts=failed, created_at__lte=now - PAUSE * (2**failed - 1))
    return news.filter(due)


def send_waiting(*, limit: int = 1000) -> int:
    """Send the mails that wait, at most `limit`; returns how many left.

    One that fails waits for the next run; one that nobody may or wants to get any more is dropped.
    """
    people = ("user", "territory__level", "territory__parent")
    return outbox.each(lambda after: outbox.claimed(waiting().select_related(*people), after), _send, limit)


def _send(row: MonthlyReport, post: outbox.Post) -> bool:
    rows = MonthlyReport.objects.filter(pk=row.pk)
    shown = content.boards(row.user, row.territory) if row.user.is_active else []
    if not (shown and monthly.wish_of(row.user)):
        rows.delete()
        return False
    if not outbox.sent(row, post, lambda: mails.monthly(row, shown, month(row.month))):
        return False
    rows.update(sent_at=timezone.now())
    return True


@transaction.atomic
def prune(*, before: dt.datetime) -> int:
    """Forget mails written before that moment: what has not left by then is no news; returns how many."""
    return MonthlyReport.objects.filter(created_at__lt=before).delete()[0]
