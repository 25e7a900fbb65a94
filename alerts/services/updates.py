"""News between two steps: what the reporter, another resident or an agent adds, without a change of state."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.models import Alert, AlertEvent
from alerts.rules import acting_body
from alerts.services.photos import join_photos
from alerts.services.reports import MessageMissing, TooLate, activity_of, locked, where
from engagement.activity import services as activity

# How long after closing something can still be added.
LASTS = dt.timedelta(days=90)


def takes_news(alert: Alert) -> bool:
    """Whether something can still be added: not to a duplicate (the other report has the news), nor to an old one."""
    return alert.status != "duplicate" and (alert.closed_at is None or timezone.now() <= alert.closed_at + LASTS)


@transaction.atomic
def add_update(
    *, alert: Alert, author: User | None, text: str, photo_tokens: list[str] = (), holds_key: bool = False
) -> AlertEvent:
    """A public message beside the workflow, with photos. The same one twice in a row is one.

    By whoever may see the alert and has signed in, or holds the tracking link (`holds_key`; `author` may then be
    None). What an agent of the alert writes is the service's word. Raises PermissionDenied, MessageMissing or TooLate.
    """
    alert = locked(alert)
    voice = _voice(alert, author, holds_key)
    if not text:
        raise MessageMissing(_("Write your message."))
    if not takes_news(alert):
        raise TooLate(_("Nothing can be added to this report any more. Report the problem again."))
    author = author if author and author.is_authenticated else None
    last = alert.events.order_by("-pk").first()
    if last and (last.transition, last.message, last.actor_id) == ("update", text, author and author.pk):
        join_photos(alert=alert, tokens=photo_tokens, step=last)
        return last
    now = timezone.now()
    event = AlertEvent.objects.create(
        alert=alert,
        transition="update",
        from_status=alert.status,
        to_status=alert.status,
        message=text,
        actor=author,
        body=acting_body(author, alert) if voice == "service" else None,
        data={"voice": voice},
    )
    alert.updated_at = now
    if voice == "service":
        alert.answered_at = alert.answered_at or now
    alert.save(update_fields=["updated_at", "answered_at"])
    join_photos(alert=alert, tokens=photo_tokens, step=event)
    told = activity_of(alert, event, where(alert))
    activity.record(**told | {"data": told["data"] | {"voice": voice}})
    return event


def _voice(alert: Alert, author: User | None, holds_key: bool) -> str:
    """As whom they speak: reporter, service or resident. Raises PermissionDenied."""
    if holds_key:
        return "reporter"
    signed_in = author is not None and author.is_authenticated
    if not (signed_in and Alert.objects.visible_to(author).filter(pk=alert.pk).exists()):
        raise PermissionDenied
    if alert.reporter_id == author.pk:
        return "reporter"
    return "service" if author.has_perm("alerts.handle_alert", alert) else "resident"
