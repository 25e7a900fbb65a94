"""What the tests of the desk share."""

import datetime as dt

from django.utils import timezone

from alerts import services
from alerts.models import Alert

URL = "/agents/signalements/"


def report(town, days_ago=0, **changes) -> Alert:
    """A report to the lighting service; reported days ago, it was due yesterday."""
    given = {"category": town.street_light, "point": town.IN_WEST, "description": "Le lampadaire est éteint."}
    alert = services.report(**given | changes)
    if days_ago:
        before = timezone.now() - dt.timedelta(days=days_ago)
        over = timezone.localdate() - dt.timedelta(days=1)
        Alert.objects.filter(pk=alert.pk).update(created_at=before, updated_at=before, due_on=over)
        alert.refresh_from_db()
    return alert


def listed(response) -> list[str]:
    return [alert.reference for alert in response.context["alerts"]]
