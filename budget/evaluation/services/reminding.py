"""Reminding services of what they have to study, and telling them when it is late."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from budget.evaluation.models import Assignment
from budget.evaluation.services.news import tell_services

# Days before the deadline.
AHEAD = 5


@transaction.atomic
def remind(*, now: dt.datetime | None = None) -> int:
    """Tell each service once of what is due within AHEAD days, and once of what is late; returns of how many studies.

    A study told as late is not reminded of too. Twice is once, also at the same time.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    rows = Assignment.objects.waiting().filter(deadline__lte=today + dt.timedelta(days=AHEAD), told_late_at=None)
    rows = rows.select_related("proposal__budget", "body").select_for_update(of=("self",), skip_locked=True)
    open_ones = [one for one in rows.prefetch_related("proposal__budget__phases") if _open(one, now)]
    late = [one for one in open_ones if one.deadline < today]
    soon = [one for one in open_ones if one.deadline >= today and one.reminded_at is None]
    tell_services("reminded", soon, late=False)
    tell_services("reminded", late, late=True)
    Assignment.objects.filter(pk__in=[one.pk for one in soon]).update(reminded_at=now)
    Assignment.objects.filter(pk__in=[one.pk for one in late]).update(told_late_at=now)
    return len(soon) + len(late)


def _open(assignment: Assignment, now: dt.datetime) -> bool:
    return assignment.proposal.budget.allows("evaluate", now)
