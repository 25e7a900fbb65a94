"""What activities know of a person."""

import json

from django.urls import reverse

from accounts.models import User
from accounts.privacy import Holding, register
from engagement.activity.models import Activity, Digest, Follow, Notification


def _follows(user: User) -> list[dict]:
    return [
        {
            "title": follow.title,
            "url": follow.url,
            "since": follow.created_at.isoformat(),
            "rhythm": follow.rhythm,
            "paused": follow.paused,
            "topics": follow.topics,
            "area": follow.area and json.loads(follow.area.geojson),
            "center": follow.center and list(follow.center.coords),
            "radius_metres": follow.radius,
            "feed": follow.token and reverse("activity:feed_followed", args=[follow.token]),
        }
        for follow in user.follows.all()
    ]


def _notifications(user: User) -> list[dict]:
    rows = Notification.objects.filter(email__iexact=user.email).select_related("activity").order_by("pk")
    return [
        {
            "about": row.activity.title,
            "reason": row.reason,
            "written": row.created_at.isoformat(),
            "sent": row.sent_at and row.sent_at.isoformat(),
        }
        for row in rows
    ]


def _erase_mails(user: User) -> int:
    mails = (Notification.objects, Digest.objects)
    return sum(rows.filter(email__iexact=user.email).delete()[0] for rows in mails)


def _acts(user: User) -> list[dict]:
    return [
        {"act": activity.verb, "title": activity.title, "url": activity.url, "date": activity.created_at.isoformat()}
        for activity in Activity.objects.filter(actor=user.pk)
    ]


register(
    Holding(
        name="follows",
        purpose="Tell a person what happens where they asked to be told, areas they drew and named included.",
        legal_basis="GDPR art. 6(1)(a): consent, withdrawn by one click",
        retention="Until the person stops following or closes the account.",
        export=_follows,
        erase=lambda user: Follow.objects.filter(user=user).delete()[0],
    )
)
register(
    Holding(
        name="notifications",
        purpose="Send each news once, and be able to say that it was sent.",
        legal_basis="GDPR art. 6(1)(e): public-interest task",
        retention="90 days after they left; sooner where the account is closed.",
        export=_notifications,
        erase=_erase_mails,
    )
)
register(
    Holding(
        name="acts",
        purpose="Keep the public record of what was done.",
        legal_basis="GDPR art. 6(1)(e): public-interest task",
        retention="The record stays; after the account is closed its number leads to nobody.",
        export=_acts,
        erase=lambda user: 0,
    )
)
