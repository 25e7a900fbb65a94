"""Mails leave: each is claimed, sent and marked in a transaction of its own.

Any number of workers may send at once. One killed in the middle repeats at most the one mail in the air, under the
same Message-ID, so that mail programs show it once.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from engagement.activity import mails
from engagement.activity.models import Activity, Digest, Follow, Notification
from engagement.activity.querysets import MailQuerySet
from engagement.activity.rhythms import hour_start

log = logging.getLogger(__name__)
# Mail servers tire of a connection that brings more.
PER_CONNECTION = 100

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


class _Post:
    """A connection to the mail server, opened again after a failure and from time to time."""

    def __init__(self):
        self.connection = get_connection()
        self.carried = 0

    def ready(self) -> None:
        """Have a connection. Raises OSError where the server is away: that is no fault of the next mail."""
        if self.carried >= PER_CONNECTION:
            self.close()
        self.connection.open()

    def send(self, message: EmailMultiAlternatives) -> None:
        self.carried += 1
        message.connection = self.connection
        message.send()

    def close(self) -> None:
        self.carried = 0
        self.connection.close()


@contextmanager
def _post() -> Iterator[_Post]:
    post = _Post()
    try:
        yield post
    finally:
        post.close()


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

    return _each(claim, _send_notification, limit)


def send_digests(*, limit: int | None = None) -> int:
    """Gather what is due into one digest a person, then send the digests that wait; returns how many left."""
    gather()
    return _each(lambda after: Digest.objects.waiting().claimed(after=after).first(), _send_digest, limit)


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


def _each(claim: Callable, send: Callable, limit: int | None) -> int:
    """Claim and send one after the other; what cannot even be made into a mail is passed over."""
    sent = last = turns = 0
    with _post() as post:
        while limit is None or turns < limit:
            turns += 1
            post.ready()
            row = None
            try:
                with transaction.atomic():
                    _hurry()
                    row = claim(last)
                    if row is None:
                        break
                    last = row.pk
                    sent += send(row, post)
            except Exception:
                if row is None:
                    raise
                log.exception("mail %s passed over", row.key)
    return sent


def _hurry() -> None:
    """Let this transaction end without waiting for the disk, which takes longer than the mail itself.

    Nothing of it is lost by a worker that dies. Where the database's machine loses its power, the mails of the last
    half second are sent again, under the same Message-ID.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def _send_notification(row: Notification, post: _Post) -> bool:
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


def _send_digest(digest: Digest, post: _Post) -> bool:
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


def _sent(row: Notification | Digest, post: _Post, make: Callable[[], EmailMultiAlternatives]) -> bool:
    """Send and mark; where that fails, count the attempt."""
    rows = type(row).objects.filter(pk=row.pk)
    try:
        post.send(make())
    except Exception:
        log.exception("mail %s not sent", row.key)
        post.close()
        rows.update(attempts=F("attempts") + 1)
        return False
    row.sent_at = timezone.now()
    rows.update(sent_at=row.sent_at)
    return True
