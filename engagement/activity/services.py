"""Writing activities, following, and handing the news on."""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from engagement.activity.models import Activity, Follow, Notification, Outbox
from engagement.activity.sentences import say

_signer = signing.Signer(salt="activity.unsubscribe")
log = logging.getLogger(__name__)
# Tags of a template leave holes in its text.
BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Recipient:
    """Somebody to tell: `reason` names why (author, service, follower), `context` goes to the mail's template."""

    email: str
    reason: str
    context: dict = field(default_factory=dict)


# verb prefix -> who must be told of it besides followers; each app registers its own.
_audiences: dict[str, Callable[[Activity], Iterable[Recipient]]] = {}


def register_audience(prefix: str, recipients: Callable[[Activity], Iterable[Recipient]]) -> None:
    """Tell these people of each act whose verb starts with "<prefix>.". Mails render `<prefix>/mail/<verb>.txt`."""
    _audiences[prefix] = recipients


def record(
    *,
    verb,
    actor,
    object_type,
    object_key,
    title,
    url,
    place=None,
    territories=(),
    summary="",
    public=True,
    data=None,
) -> Activity:
    """Write one act. Call it inside the transaction of the act itself: both are there or neither.

    The news leaves by Celery when the transaction commits; where Redis is away, the sweep sends it later.
    Raises TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an activity is written in the transaction of its act")
    activity = Activity.objects.create(
        verb=verb,
        actor=actor if actor and actor.is_authenticated else None,
        object_type=object_type,
        object_key=str(object_key),
        title=title[:300],
        summary=summary,
        url=url,
        place=place,
        territories=list(territories),
        public=public,
        data=data or {},
    )
    Outbox.objects.create(activity=activity)
    transaction.on_commit(_announce, robust=True)
    return activity


def _announce() -> None:
    from engagement.activity.tasks import deliver

    try:
        deliver.delay()
    except Exception:
        log.warning("the broker is away; the sweep will hand the news on", exc_info=True)


@transaction.atomic
def hand_on(*, limit: int = 100) -> int:
    """Turn up to `limit` waiting acts into notifications; returns how many acts were handled.

    Rows are claimed with SKIP LOCKED, so any number of workers may run it. A worker killed in the middle leaves its
    rows to the next: both writes are in one transaction, and a person is told of an act once.
    """
    claimed = list(Outbox.objects.select_for_update(skip_locked=True, of=("self",)).select_related("activity")[:limit])
    notifications = [
        Notification(activity=row.activity, email=one.email, reason=one.reason, context=one.context)
        for row in claimed
        for one in _recipients(row.activity)
    ]
    Notification.objects.bulk_create(notifications, ignore_conflicts=True)
    Outbox.objects.filter(pk__in=[row.pk for row in claimed]).delete()
    return len(claimed)


def _recipients(activity: Activity) -> list[Recipient]:
    """Those the module names, then followers; the first reason to tell an address is the one that is kept."""
    found: dict[str, Recipient] = {}
    audience = _audiences.get(activity.verb.partition(".")[0])
    for one in audience(activity) if audience else ():
        found.setdefault(one.email.lower(), one)
    if activity.public:
        for follow in Follow.objects.told_of(activity).select_related("user"):
            found.setdefault(follow.user.email.lower(), _follower(follow))
    return list(found.values())


def _follower(follow: Follow) -> Recipient:
    context = {
        "followed": follow.title,
        "unsubscribe": reverse("activity:unsubscribe", args=[unsubscribe_token(follow)]),
    }
    return Recipient(follow.user.email, "follower", context)


def send_waiting(*, limit: int = 1000) -> int:
    """Send waiting mails over one connection, at most `limit`; returns how many left.

    Each is claimed, sent and marked in a transaction of its own: a worker killed in the middle repeats at most the
    one mail in the air. A mail that fails waits for the next sweep and does not hold up the others.
    """
    sent = last = 0
    with get_connection() as connection:
        for _turn in range(limit):
            with transaction.atomic():
                notification = (
                    Notification.objects.waiting()
                    .filter(pk__gt=last)
                    .select_for_update(skip_locked=True, of=("self",))
                    .select_related("activity")
                    .order_by("pk")
                    .first()
                )
                if notification is None:
                    break
                last = notification.pk
                sent += _send(notification, connection)
    return sent


def _send(notification: Notification, connection) -> bool:
    row = Notification.objects.filter(pk=notification.pk)
    try:
        message = _mail(notification)
        message.connection = connection
        message.send()
    except Exception:
        log.exception("mail %s not sent", notification.key)
        row.update(attempts=F("attempts") + 1)
        return False
    row.update(sent_at=timezone.now())
    return True


def _mail(notification: Notification) -> EmailMultiAlternatives:
    activity = notification.activity
    module, _dot, act = activity.verb.partition(".")
    context = {
        "activity": activity,
        "reason": notification.reason,
        "base_url": settings.BASE_URL,
        "site_name": settings.SITE_NAME,
        "link": settings.BASE_URL + notification.context.get("url", activity.url),
        **notification.context,
    }
    with translation.override(settings.LANGUAGE_CODE):
        context["sentence"] = say(activity)
        names = [f"{module}/mail/{act}.txt", f"{module}/mail/any.txt", "activity/mail/any.txt"]
        subject, _line, text = render_to_string(names, context).strip().partition("\n")
        foot = render_to_string("activity/mail/foot.txt", context).strip()
        text = BLANK_LINES.sub("\n\n", f"{text.strip()}\n\n-- \n{foot}\n")
        frame = {"subject": subject.strip(), "text": text, "language": settings.LANGUAGE_CODE}
        html = render_to_string("activity/mail/frame.html", frame)
    message = EmailMultiAlternatives(
        subject=subject.strip(),
        body=text,
        to=[notification.email],
        headers={
            "Auto-Submitted": "auto-generated",
            "X-Parvis-Notification": str(notification.key),
            **_unsubscribe_headers(notification),
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def _unsubscribe_headers(notification: Notification) -> dict[str, str]:
    """RFC 8058: mail programs show a button that stops this follow by one POST."""
    path = notification.context.get("unsubscribe")
    if not path:
        return {}
    return {
        "List-Unsubscribe": f"<{settings.BASE_URL}{path}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def unsubscribe_token(follow: Follow) -> str:
    """Names one follow in a mail's link. It never expires: an old mail must still be able to stop the next one."""
    return _signer.sign(follow.pk)


def follow_of(token: str) -> Follow | None:
    """The follow a token names; None where it has already ended. Raises django.core.signing.BadSignature."""
    return Follow.objects.filter(pk=_signer.unsign(token)).first()


@transaction.atomic
def follow(*, user: User, object_type: str, object_key, title: str, url: str) -> Follow:
    """Follow a thing or a territory; twice is once."""
    return Follow.objects.get_or_create(
        user=user,
        object_type=object_type,
        object_key=str(object_key),
        defaults={"title": title[:300], "url": url},
    )[0]


@transaction.atomic
def unfollow(*, user: User, object_type: str, object_key) -> bool:
    """Stop following; False where it was not followed."""
    deleted, _rows = Follow.objects.filter(user=user, object_type=object_type, object_key=str(object_key)).delete()
    return bool(deleted)
