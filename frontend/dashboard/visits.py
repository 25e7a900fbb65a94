"""When somebody last looked at a dashboard, to tell them what happened since."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from frontend.models import Visit

# Who comes back sooner goes on with the same visit: a page loaded again does not take the news away.
PAUSE = dt.timedelta(hours=4)


@transaction.atomic
def visited(*, user, territory, now: dt.datetime | None = None) -> dt.datetime | None:
    """Keep that they look at it now; gives the end of their visit before this one, None at the first."""
    now = now or timezone.now()
    visit, first = Visit.objects.select_for_update().get_or_create(
        user=user, territory=territory, defaults={"seen_at": now}
    )
    if first:
        return None
    if now - visit.seen_at >= PAUSE:
        visit.before = visit.seen_at
    visit.seen_at = now
    visit.save(update_fields=["seen_at", "before"])
    return visit.before
