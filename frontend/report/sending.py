"""The monthly mails leave: each row is claimed, sent and marked in a transaction of its own.

Any number of workers may send at once. One killed in the middle repeats at most the one mail in the air, under the
same Message-ID, so that mail programs show it once.
"""

import datetime as dt
import logging

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from frontend.models import MonthlyReport
from frontend.report import content, mails, monthly
from frontend.report.choice import month
from geo.dashboards.periods import month_before

log = logging.getLogger(__name__)
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

    One that fails waits for the next run and does not hold up the others; one that nobody may or wants to get any more
    is dropped.
    """
    sent = last = 0
    with get_connection() as connection:
        for _turn in range(limit):
            with transaction.atomic():
                row = (
                    waiting()
                    .filter(pk__gt=last)
                    .select_for_update(skip_locked=True, of=("self",))
                    .select_related("user", "territory__level", "territory__parent")
                    .order_by("pk")
                    .first()
                )
                if row is None:
                    break
                last = row.pk
                sent += _send(row, connection)
    return sent


def _send(row: MonthlyReport, connection) -> bool:
    rows = MonthlyReport.objects.filter(pk=row.pk)
    shown = content.boards(row.user, row.territory) if row.user.is_active else []
    if not (shown and monthly.wish_of(row.user)):
        rows.delete()
        return False
    try:
        # What fails to be counted undoes itself alone, and not the note of the attempt.
        with transaction.atomic():
            message = mails.monthly(row, shown, month(row.month))
        message.connection = connection
        message.send()
    except Exception:
        log.exception("monthly report %s not sent", row.key)
        connection.close()
        rows.update(attempts=F("attempts") + 1)
        return False
    rows.update(sent_at=timezone.now())
    return True


@transaction.atomic
def prune(*, before: dt.datetime) -> int:
    """Forget mails written before that moment: what has not left by then is no news; returns how many."""
    return MonthlyReport.objects.filter(created_at__lt=before).delete()[0]
