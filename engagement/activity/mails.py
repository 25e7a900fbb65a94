"""The mails about acts: one act, or a digest of several. In the language of the platform."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from engagement.activity.follows import unsubscribe_all_token, unsubscribe_token
from engagement.activity.models import Activity, Digest, Follow, Notification
from engagement.activity.sentences import say

# Tags of a template leave holes in its text.
BLANK_LINES = re.compile(r"\n{3,}")
# Of several acts on one thing a digest tells the last, but each that was said to the person. `total` counts them.
LINES = """
SELECT l.*, count(*) OVER () AS total FROM (
    SELECT DISTINCT ON (a.object_type, a.object_key, CASE WHEN n.follows = '{}' THEN a.id END)
           a.*, n.follows, n.context ->> 'unsubscribe' AS stop
    FROM activity_notification n JOIN activity_activity a ON a.id = n.activity_id
    WHERE n.digest_id = %s AND (n.follows = '{}' OR n.follows && %s::bigint[])
    ORDER BY a.object_type, a.object_key, CASE WHEN n.follows = '{}' THEN a.id END, a.id DESC) AS l
ORDER BY l.id DESC LIMIT %s
"""


@dataclass(frozen=True)
class Group:
    """The lines of a digest that one follow brings, newest first; without a follow, those said to the person."""

    follow: Follow | None
    lines: list[Activity]

    @property
    def title(self) -> str:
        return self.follow.title if self.follow else gettext("Said to you")

    @property
    def links(self) -> dict:
        """How to stop it."""
        return _of_follow(self.follow) if self.follow else {"unsubscribe": self.lines[0].stop or ""}


@dataclass(frozen=True)
class News:
    """What a digest says: at most settings.FOLLOW_DIGEST_LINES lines in all, and how many things it leaves out."""

    groups: list[Group]
    shown: int
    total: int

    @property
    def more(self) -> int:
        return self.total - self.shown


def notification(row: Notification, follow: Follow | None) -> EmailMultiAlternatives:
    """The mail of one notification; `follow` is the one that brings it, None where a module named the person."""
    activity = row.activity
    module, _dot, act = activity.verb.partition(".")
    context = {
        "activity": activity,
        "reason": row.reason,
        "link": settings.BASE_URL + row.context.get("url", activity.url),
        **(_of_follow(follow) if follow else {}),
        **row.context,
    }
    with translation.override(settings.LANGUAGE_CODE):
        context["sentence"] = say(activity)
        names = [f"{module}/mail/{act}.txt", f"{module}/mail/any.txt", "activity/mail/any.txt"]
        return _message(row, names, "common/mail.html", context)


def digest(row: Digest, news: News) -> EmailMultiAlternatives:
    """The mail of one digest."""
    first = next((group.follow for group in news.groups if group.follow), None)
    context = {
        "more": news.more,
        "list": settings.BASE_URL + reverse("activity:news"),
        "account": settings.BASE_URL + reverse("account_home"),
        "unsubscribe_all": _unsubscribe_all(first.user_id) if first else "",
    }
    # One follow alone is stopped by the mail program's button; of several it stops all.
    context["unsubscribe"] = news.groups[0].links["unsubscribe"] if len(news.groups) == 1 else ""
    with translation.override(settings.LANGUAGE_CODE):
        context["groups"] = [
            {"lines": one.lines, "followed": one.title, "personal": one.follow is None, **one.links}
            for one in news.groups
        ]
        context["subject"] = _digest_subject(news)
        return _message(row, "activity/mail/digest.txt", "activity/mail/digest.html", context)


def news_of(row: Digest) -> News:
    """What that digest says now: what was said to the person, and what they still follow. Always two queries."""
    mine = Follow.objects.live().filter(user__email=row.email).order_by("pk")
    # Their areas, of hundreds of corners each, are not told of.
    follows = {follow.pk: follow for follow in mine.only("title", "user_id")}
    lines = list(Activity.objects.raw(LINES, [row.pk, list(follows), settings.FOLLOW_DIGEST_LINES]))
    groups: dict[int, Group] = {}
    for line in lines:
        key = next((pk for pk in line.follows if pk in follows), None)
        groups.setdefault(key, Group(follows.get(key), [])).lines.append(line)
    return News(list(groups.values()), len(lines), lines[0].total if lines else 0)


def _digest_subject(news: News) -> str:
    if len(news.groups) == 1:
        return ngettext("%(count)d news: %(title)s", "%(count)d news: %(title)s", news.total) % {
            "count": news.total,
            "title": news.groups[0].title,
        }
    return ngettext("%(count)d news of what you follow", "%(count)d news of what you follow", news.total) % {
        "count": news.total
    }


def _of_follow(follow: Follow) -> dict:
    return {
        "followed": follow.title,
        "unsubscribe": reverse("activity:unsubscribe", args=[unsubscribe_token(follow)]),
        "unsubscribe_all": _unsubscribe_all(follow.user_id),
    }


def _unsubscribe_all(user_id: int) -> str:
    return reverse("activity:unsubscribe_all", args=[unsubscribe_all_token(user_id)])


def _message(row: Notification | Digest, text_name, html_name: str, context: dict) -> EmailMultiAlternatives:
    """Subject is the first line of the text; the foot is added to both forms."""
    context |= {"base_url": settings.BASE_URL, "site_name": settings.SITE_NAME, "language": settings.LANGUAGE_CODE}
    subject, _line, text = render_to_string(text_name, context).strip().partition("\n")
    foot = render_to_string("activity/mail/foot.txt", context).strip()
    text = BLANK_LINES.sub("\n\n", f"{text.strip()}\n\n-- \n{foot}\n")
    html = render_to_string(html_name, context | {"subject": subject.strip(), "text": text, "foot": foot})
    message = EmailMultiAlternatives(
        subject=subject.strip(),
        body=text,
        to=[row.email],
        headers={
            # The same at each attempt: a mail sent twice is shown once.
            "Message-ID": f"<{row.key}@{urlsplit(settings.BASE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
            "X-Parvis-Notification": str(row.key),
            **_unsubscribe_headers(context.get("unsubscribe") or context.get("unsubscribe_all")),
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def _unsubscribe_headers(path: str | None) -> dict[str, str]:
    """RFC 8058: mail programs show a button that stops these mails by one POST."""
    if not path:
        return {}
    return {
        "List-Unsubscribe": f"<{settings.BASE_URL}{path}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
