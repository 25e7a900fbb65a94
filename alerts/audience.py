"""Who is told of an alert's steps, besides its followers; in which words; and what can be followed."""

import datetime as dt
from collections.abc import Iterator
from itertools import chain, groupby

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Role, User
from alerts.judges import author_url, supporter_url
from alerts.models import Alert, AlertEvent, Category, Support
from alerts.workflow import OWN, WORKFLOW
from common import opaque
from common.dates import long_date
from engagement.activity.followables import is_key, register_followable
from engagement.activity.models import Activity
from engagement.activity.sentences import register_sentences
from engagement.activity.services import Recipient, register_audience
from engagement.activity.topics import register_topics
from geo.models import Body
from geo.routing import explain

# Acts by which a report becomes work for a service, again or for the first time.
TO_HANDLE = ("alerts.reported", "alerts.transferred", "alerts.reopened", "alerts.replied", "alerts.unmerged")
# What is for the service alone, and for the person who reported it alone.
CONFIDED, ASKED_AGAIN = "alerts.judged", "alerts.asked_again"
OWN_ACTS = frozenset(act.name for act in WORKFLOW.transitions if act.permission == OWN)


def recipients(activity: Activity) -> Iterator[Recipient]:
    """The person who reported it and those who joined, of this report and of its duplicates; then the service.

    Nobody is told of what they did themselves, but of their report.
    """
    alert = (
        Alert.objects.select_related("body", "category", "reporter", "duplicate_of__category")
        .filter(pk=activity.object_key)
        .first()
    )
    if alert is None:
        return
    told = _told(alert, activity)
    theirs = _doers(alert, activity)
    for one in chain(_residents(alert, activity, told), _services(alert, activity, told)):
        if one.email.lower() not in theirs:
            yield one


def _residents(alert: Alert, activity: Activity, told: dict) -> Iterator[Recipient]:
    if activity.verb == CONFIDED:
        return
    closing = activity.data.get("event") if activity.data.get("transition") == "resolve" else None
    others = () if activity.verb == ASKED_AGAIN else alert.duplicates.exclude(contact_email="").order_by("pk")
    for one in (alert, *others):
        if one.contact_email:
            own = {"url": one.get_tracking_url(), "judge": author_url(closing, one) if closing else ""}
            joined = {} if one == alert else {"joined": one.reference}
            yield Recipient(one.contact_email, "author", told | own | joined)
    if not alert.is_public or activity.verb == ASKED_AGAIN:
        return
    joined = Support.objects.filter(Q(alert=alert) | Q(alert__duplicate_of=alert), told=True).exclude(email="")
    rows = joined.order_by("pk").values_list("pk", "email", "alert", "alert__reference")
    for pk, email, one, reference in rows.iterator(chunk_size=2000):
        own = {"unsubscribe": leave_url(pk), "judge": supporter_url(closing, pk) if closing else ""}
        yield Recipient(email, "supporter", told | own | ({} if one == alert.pk else {"joined": reference}))


def _services(alert: Alert, activity: Activity, told: dict) -> Iterator[Recipient]:
    """Those in charge, where it becomes their work, or where residents have something to say to them."""
    voice, withdrawn = activity.data.get("voice"), activity.data.get("transition") == "withdraw"
    if activity.verb in (*TO_HANDLE, CONFIDED) or withdrawn or voice in ("reporter", "resident"):
        known = {"url": alert.get_handle_url(), "description": alert.description, "history": _history(alert, activity)}
        if activity.verb != CONFIDED:
            steps = AlertEvent.objects.filter(pk=activity.data.get("event"))
            known["said"] = steps.values_list("message", flat=True).first() or ""
        for address in _in_charge(alert):
            yield Recipient(address, "service", told | known)


def _doers(alert: Alert, activity: Activity) -> set[str]:
    """Addresses, in small letters, of those who took this step; of a report nobody's: its author gets a receipt."""
    if activity.verb in ("alerts.reported", CONFIDED, ASKED_AGAIN):
        return set()
    found = set(User.objects.filter(pk=activity.actor_id).values_list("email", flat=True))
    if activity.data.get("transition") in OWN_ACTS or activity.data.get("voice") == "reporter":
        found.add(alert.contact_email)
    return {email.lower() for email in found}


def _history(alert: Alert, activity: Activity) -> list[str]:
    """What happened before, as lines, where a service gets a report that has already lived."""
    if activity.verb in ("alerts.reported", CONFIDED):
        return []
    before = alert.events.filter(pk__lt=activity.data.get("event", 0), is_public=True).order_by("pk")
    with translation.override(settings.LANGUAGE_CODE):
        return [
            f"{date_format(timezone.localtime(event.created_at), 'SHORT_DATE_FORMAT')} – "
            + (f"{event.state.title} – {event.message}" if event.message else f"{event.state.title}")
            for event in before
        ]


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
    original = alert.duplicate_of
    shown = original is not None and original.is_public
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "reference": alert.reference,
            "service": alert.body.name if alert.body else "",
            "by": activity.data.get("by", ""),
            "voice": activity.data.get("voice", ""),
            "why": explain(alert.reasons),
            "planned_for": long_date(dt.date.fromisoformat(planned)) if planned else "",
            "status": activity.data.get("status", ""),
            "transition": activity.data.get("transition", ""),
            "fixed": activity.data.get("fixed"),
            "due_on": long_date(alert.due_on),
            "closed_on": long_date(alert.closed_at),
            "reopens_until": long_date(alert.reopens_until()) if alert.closed_at else "",
            "original": original.reference if shown else "",
            "original_url": original.get_absolute_url() if shown else "",
        }


_signer = opaque.Signer(salt="alerts.support")


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


def topics() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What reports can be about: the categories offered, under their headings."""
    offered = Category.objects.offered().select_related("parent").order_by("parent__position", "position", "name")
    for heading, some in groupby(offered, key=lambda one: one.parent.name if one.parent else ""):
        yield heading, [(one.code, one.name) for one in some]


register_followable("alert", followed)
register_topics("alerts", topics)
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
        "alerts.judged": _("A resident's opinion"),
        "alerts.asked_again": _("Is it really fixed?"),
    }
)
