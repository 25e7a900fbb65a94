"""Who is told of an alert's steps, besides its followers; in which words; and what can be followed."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Role, User
from alerts.models import Alert, Support
from engagement.activity.followables import is_key, register_followable
from engagement.activity.models import Activity
from engagement.activity.sentences import register_sentences
from engagement.activity.services import Recipient, register_audience
from geo.models import Body
from geo.routing import explain

# Acts by which a report becomes work for a service, again or for the first time.
TO_HANDLE = ("alerts.reported", "alerts.transferred", "alerts.reopened", "alerts.replied", "alerts.unmerged")


def recipients(activity: Activity) -> Iterator[Recipient]:
    """The person who reported it and those who joined, of this report and of its duplicates; then the service."""
    alert = Alert.objects.select_related("body", "category").filter(pk=activity.object_key).first()
    if alert is None:
        return
    told = _told(alert, activity)
    for one in (alert, *alert.duplicates.all()):
        context = told | ({} if one == alert else {"joined": one.reference})
        if one.contact_email:
            yield Recipient(one.contact_email, "author", context | {"url": one.get_tracking_url()})
        if alert.is_public:
            joined = Support.objects.filter(alert=one, told=True).exclude(email="")
            for support in joined.values_list("pk", "email").iterator(chunk_size=2000):
                yield Recipient(support[1], "supporter", context | {"unsubscribe": leave_url(support[0])})
    if activity.verb in TO_HANDLE:
        for address in _in_charge(alert):
            yield Recipient(
                address, "service", told | {"url": alert.get_handle_url(), "description": alert.description}
            )


def _in_charge(alert: Alert) -> list[str]:
    """Who learns that the alert is theirs: each service's address, else its agents, else those who administer."""
    bodies = Body.objects.filter(pk__in=alert.bodies)
    found = {body.email for body in bodies if body.email}
    mandates = Mandate.objects.in_force().filter(user__is_active=True, territory__in=alert.territories)
    silent = [body.pk for body in bodies if not body.email]
    found |= set(mandates.filter(role=Role.AGENT, body__in=silent).values_list("user__email", flat=True))
    found = found or set(mandates.filter(role=Role.ADMINISTRATOR).values_list("user__email", flat=True))
    if found:
        return sorted(found)
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
            "status": activity.data.get("status", ""),
        }


_signer = signing.Signer(salt="alerts.support")


def leave_url(support: int) -> str:
    """Where somebody who joined a report stops its mails, without signing in."""
    return reverse("alerts:leave", args=[_signer.sign(support)])


def support_of(token: str) -> Support | None:
    """The support such a link names; None where it is gone. Raises django.core.signing.BadSignature."""
    return Support.objects.filter(pk=_signer.unsign(token)).select_related("alert__category").first()


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
        "alerts.not_found": _("Problem not found there"),
        "alerts.reopened": _("Alert reopened"),
        "alerts.merged": _("Alert joined with another one"),
        "alerts.unmerged": _("Alert separated again"),
        "alerts.asked": _("Question asked about an alert"),
        "alerts.replied": _("Question answered"),
        "alerts.updated": _("News added to an alert"),
    }
)
