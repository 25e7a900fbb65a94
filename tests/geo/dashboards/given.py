"""Alerts as a dashboard test wants them: so many days ago, answered and closed so long after."""

import datetime as dt

from django.utils import timezone

from alerts import services
from alerts.models import Alert, Verdict

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def noon(days_ago: int) -> dt.datetime:
    """Noon here, so many days ago."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - days_ago * DAY


def alert(town, days_ago: int, *, answered=None, closed=None, **changes) -> Alert:
    """A report of that day at noon. `status`, `is_public`, `due_on`, `supports`… are set as given."""
    given = {"category": town.street_light, "point": town.IN_WEST, "description": "!"}
    given |= {name: changes.pop(name) for name in given.keys() & changes.keys()}
    made, then = services.report(**given), noon(days_ago)
    if closed:
        changes.setdefault("status", "resolved")
    Alert.objects.filter(pk=made.pk).update(
        created_at=then,
        answered_at=answered and then + answered,
        closed_at=closed and then + closed,
        **changes,
    )
    made.refresh_from_db()
    return made


def contest(one: Alert, days_ago: int) -> None:
    """A resident says that it is not fixed."""
    said = Verdict.objects.create(alert=one, closing=one.events.first(), email="voisin@example.org", fixed=False)
    Verdict.objects.filter(pk=said.pk).update(created_at=noon(days_ago))
    Alert.objects.filter(pk=one.pk).update(contested=1)
