"""Who is told of an alert's steps, besides its followers: the person who reported it, and the service that got it.

And in which words; and what can be followed.
"""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Role, User
from alerts.models import Alert
from engagement.activity.followables import is_key, register_followable
from engagement.activity.models import Activity
from engagement.activity.sentences import register_sentences
from engagement.activity.services import Recipient, register_audience
from geo.routing import explain


def recipients(activity: Activity) -> Iterator[Recipient]:
    alert = Alert.objects.select_related("body", "category").filter(pk=activity.object_key).first()
    if alert is None:
        return
    told = _told(alert, activity)
    if alert.contact_email:
        yield Recipient(alert.contact_email, "author", told | {"url": alert.get_tracking_url()})
    if activity.verb in ("alerts.reported", "alerts.transferred"):
        for address in _in_charge(alert):
            yield Recipient(
                address, "service", told | {"url": alert.get_handle_url(), "description": alert.description}
            )


def _in_charge(alert: Alert) -> list[str]:
    """Who learns that the alert is theirs: the service's address, else its agents, else those who administer."""
    if alert.body and alert.body.email:
        return [alert.body.email]
    mandates = Mandate.objects.in_force().filter(user__is_active=True, territory__in=alert.territories)
    agents = mandates.filter(role=Role.AGENT, body=alert.body) if alert.body else mandates.none()
    administrators = mandates.filter(role=Role.ADMINISTRATOR)
    for some in (agents, administrators):
        if addresses := sorted(set(some.values_list("user__email", flat=True))):
            return addresses
    return list(User.objects.filter(is_superuser=True, is_active=True).values_list("email", flat=True))


def _told(alert: Alert, activity: Activity) -> dict:
    """What mails say of the alert beside its activity; nothing personal."""
    planned = activity.data.get("planned_for")
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "reference": alert.reference,
            "service": alert.body.name if alert.body else "",
            "by": activity.data.get("by", ""),
            "why": explain(alert.reasons),
            "planned_for": date_format(dt.date.fromisoformat(planned)) if planned else "",
            "reopened": activity.data.get("transition") == "reopen",
        }


register_audience("alerts", recipients)


def followed(viewer, key: str) -> tuple[str, str] | None:
    alert = Alert.objects.visible_to(viewer).filter(pk=int(key)).first() if is_key(key) else None
    return alert and (str(alert), alert.get_absolute_url())


register_followable("alert", followed)
register_sentences(
    {
        "alerts.reported": _("Alert reported"),
        "alerts.transferred": _("Alert sent to another service"),
        "alerts.qualified": _("Alert qualified"),
        "alerts.planned": _("Work planned"),
        "alerts.in_progress": _("Work started"),
        "alerts.resolved": _("Alert resolved"),
        "alerts.rejected": _("Alert not taken up"),
    }
)
