"""Who is told of comments besides the subject's followers, in which words, and when."""

import datetime as dt
from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import opaque
from engagement.activity.models import Activity, Notification
from engagement.activity.rhythms import after_quiet, hour_start
from engagement.activity.sentences import register_sentences
from engagement.activity.services import Recipient, register_audience
from engagement.discussion.mentions import mentioned
from engagement.discussion.models import Comment, Decision, Silence
from engagement.discussion.subjects import find

HIDDEN, KEPT = "discussion.hidden", "discussion.kept"
# What a mail brings of a text; the rest is behind its link.
EXCERPT = 1000
_signer = opaque.Signer(salt="discussion.silence")


def recipients(activity: Activity) -> Iterator[Recipient]:
    """Whom the comment answers, whom it names, and those the subject names; each once, nobody of their own words."""
    rows = Comment.objects.select_related("author", "parent__author")
    comment = rows.filter(reference=activity.data.get("comment")).first()
    if comment is None or comment.withdrawn_at:
        return
    if activity.verb in (HIDDEN, KEPT):
        yield from _decided(comment, activity)
    elif comment.is_readable:
        yield from _told(comment)


def _told(comment: Comment) -> Iterator[Recipient]:
    with translation.override(settings.LANGUAGE_CODE):
        said = {
            "url": comment.get_absolute_url(),
            "author": comment.public_name,
            "text": comment.text[:EXCERPT],
            "cut": len(comment.text) > EXCERPT,
        }
    concerned = list(_concerned(comment))
    silent = set(Silence.objects.filter(user__in=[one for one, _voice in concerned]).values_list("user", flat=True))
    when = _when([one.email for one, _voice in concerned])
    done = {comment.author_id, *silent}
    for person, voice in concerned:
        if person.pk not in done and person.is_active:
            done.add(person.pk)
            own = {"voice": voice, "unsubscribe": silence_url(person)}
            yield Recipient(person.email, "discussion", said | own, not_before=when(person.email))


def _when(addresses: list[str]) -> Callable[[str], dt.datetime | None]:
    """When each of them is written to: at once, but not at night, and of many within an hour the rest at its end."""
    now, zone = timezone.now(), timezone.get_default_timezone()
    night = after_quiet(now, since=settings.QUIET_FROM, until=settings.QUIET_UNTIL, zone=zone)
    hour = hour_start(now)
    alone = Notification.objects.filter(reason="discussion", due_at=None, created_at__gte=hour, email__in=addresses)
    earlier = dict(alone.values_list("email").annotate(Count("pk")))

    def when(email: str) -> dt.datetime | None:
        many = earlier.get(email, 0) >= settings.FOLLOW_INSTANT_PER_HOUR
        return night or (hour + dt.timedelta(hours=1) if many else None)

    return when


def _concerned(comment: Comment) -> Iterator[tuple[User, str]]:
    if comment.parent and comment.parent.author:
        yield comment.parent.author, "reply"
    for person in mentioned(comment):
        yield person, "mention"
    subject = find(comment.author or AnonymousUser(), comment.subject_type, comment.subject_key)
    for person in subject.people if subject else ():
        yield person, "subject"


def _decided(comment: Comment, activity: Activity) -> Iterator[Recipient]:
    """The author of what is hidden or shown again, with the reason; and those who had reported it."""
    decision = Decision.objects.filter(pk=activity.data.get("decision")).first()
    if decision is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        said = {
            "url": comment.get_absolute_url(),
            "why": decision.get_reason_display(),
            "text": comment.text[:EXCERPT],
        }
    if activity.data.get("author") and comment.author and comment.author.is_active:
        yield Recipient(comment.author.email, "moderation", said | {"voice": "author"})
    for flag in decision.flags.select_related("user"):
        if flag.user and flag.user.is_active:
            yield Recipient(flag.user.email, "moderation", said | {"voice": "flag"})


def silence_url(user: User) -> str:
    """Where somebody stops these mails without signing in."""
    return reverse("discussion:silence", args=[_signer.sign(user.pk)])


def person_of(token: str) -> User | None:
    """Whom such a link names; None where the account is closed. Raises django.core.signing.BadSignature."""
    return User.objects.filter(pk=_signer.unsign(token)).first()


register_audience("discussion", recipients)
register_sentences(
    {
        "discussion.commented": _("New opinion in a discussion"),
        "discussion.replied": _("New reply in a discussion"),
        "discussion.answered": _("Official answer in a discussion"),
        HIDDEN: _("Comment hidden"),
        KEPT: _("Comment kept"),
    }
)
