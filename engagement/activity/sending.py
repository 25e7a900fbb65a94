"""Mails leave by common.outbox; one that leaves again has the same Message-ID, so that mail programs show it once."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from common import outbox
from engagement.activity import mails
from engagement.activity.models import Activity, Digest, Follow, Notification
from engagement.activity.querysets import MailQuerySet
from engagement.activity.rhythms import hour_start

# Numbers no other lock of ours uses: one gatherer at a time, and one instant mail to one person at a time.
GATHERING, INSTANT = 7_001, 7_002
# Two workers that counted one person's mails at once would both find room for one more: so the address is held too.
# Written out, as these two run for each mail: the ORM would take longer to write them than they take to run.
CLAIM = """
SELECT n.*, pg_advisory_xact_lock(%s, hashtext(n.email)) FROM (
    SELECT * FROM activity_notification WHERE sent_at IS NULL AND due_at IS NULL AND id > %s AND attempts < %s
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) AS n
"""
FOLLOW = """
SELECT f.id, f.title, f.user_id, (
    SELECT count(*) FROM activity_notification
    WHERE email = %s AND reason = %s AND due_at IS NULL AND sent_at >= %s) AS earlier
FROM activity_follow f JOIN accounts_user u ON u.id = f.user_id
WHERE f.id = ANY(%s) AND NOT f.paused AND u.is_active ORDER BY f.id LIMIT 1
"""
GATHER = """
WITH due AS (
    SELECT id, email FROM activity_notification
    WHERE sent_at IS NULL AND digest_id IS NULL AND due_at <= %(now)s
), made AS (
    INSERT INTO activity_digest (key, email, attempts)
    SELECT gen_random_uuid(), email, 0 FROM (SELECT DISTINCT email FROM due) AS people
    RETURNING id, email
), taken AS (
    UPDATE activity_notification n SET digest_id = made.id FROM due JOIN made USING (email) WHERE n.id = due.id
)
SELECT count(*) FROM made
"""


def send_waiting(*, limit: int | None = None) -> int:
    """Send the notifications that wait to leave alone, at most `limit`; returns how many left.

    A mail that fails waits for the next sweep and does not hold up the others. A follower who already got
    settings.FOLLOW_INSTANT_PER_HOUR such mails within this hour gets the rest in one digest at its end.
    """
    activity = lru_cache(maxsize=100)(lambda key: Activity.objects.get(pk=key))

    def claim(after: int) -> Notification | None:
        claimed = list(Notification.objects.raw(CLAIM, [INSTANT, after, MailQuerySet.MAX_ATTEMPTS]))
        for row in claimed:
            row.activity = activity(row.activity_id)
        return claimed[0] if claimed else None

    return outbox.each(claim, _send_notification, limit)


def send_digests(*, limit: int | None = None) -> int:
    """Gather what is due into one digest a person, then send the digests that wait; returns how many left."""
    gather()
    return outbox.each(lambda after: outbox.claimed(Digest.objects.waiting(), after), _send_digest, limit)


@transaction.atomic
def gather(*, now: dt.datetime | None = None) -> int:
    """Put the notifications that are due into one new digest for each person; returns how many digests.

    Where another worker is gathering, it does this one's work: returns 0.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [GATHERING])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(GATHER, {"now": now or timezone.now()})
        return cursor.fetchone()[0]


@transaction.atomic
def prune(*, before: dt.datetime) -> int:
    """Forget mails written before that moment, sent or given up; returns how many. An act is never announced anew."""
    done = Q(sent_at__isnull=False) | Q(attempts__gte=MailQuerySet.MAX_ATTEMPTS)
    written = (Notification.objects, Digest.objects)
    return sum(rows.filter(done, created_at__lt=before).delete()[0] for rows in written)


def _send_notification(row: Notification, post: outbox.Post) -> bool:
    """Send one; False where it failed, waits for a digest, or answers no follow any more."""
    follow = None
    if row.follows:
        hour = hour_start(timezone.now())
        follow = next(iter(Follow.objects.raw(FOLLOW, [row.email, row.reason, hour, row.follows])), None)
        if follow is None:
            row.delete()
            return False
        if follow.earlier >= settings.FOLLOW_INSTANT_PER_HOUR:
            row.due_at = hour + dt.timedelta(hours=1)
            row.save(update_fields=["due_at"])
            return False
    return _sent(row, post, lambda: mails.notification(row, follow))


def _send_digest(digest: Digest, post: outbox.Post) -> bool:
    """Send one; False where it failed, or where nothing is left that the person still follows."""
    news = mails.news_of(digest)
    if not news.groups:
        digest.notifications.all().delete()
        digest.delete()
        return False
    if not _sent(digest, post, lambda: mails.digest(digest, news)):
        return False
    digest.notifications.update(sent_at=digest.sent_at)
    return True


def _sent(row: Notification | Digest, post: outbox.Post, make: Callable[[], EmailMultiAlternatives]) -> bool:
    """Send and mark."""
    if not outbox.sent(row, post, make):
        return False
    row.sent_at = timezone.now()
    type(row).objects.filter(pk=row.pk).update(sent_at=row.sent_at)
    return True
