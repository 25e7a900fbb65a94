"""Writing activities and handing the news on to those who are to be told.

Following is in follows.py, the mails in mails.py and their sending in sending.py.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from common import workers
from engagement.activity.follows import follow, follow_of, unfollow, unsubscribe_token
from engagement.activity.models import Activity, Follow, Notification, Outbox
from engagement.activity.rhythms import next_daily, next_weekly
from engagement.activity.sending import send_waiting

__all__ = [
    "Recipient",
    "follow",
    "follow_of",
    "hand_on",
    "record",
    "record_many",
    "register_audience",
    "send_waiting",
    "unfollow",
    "unsubscribe_token",
]
log = logging.getLogger(__name__)
# Recipients of an audience written at a time: memory does not grow with their number.
BATCH = 1000

# Followers by one statement: 5,000 of them cost no memory here. The first reason to tell an address is kept.
TELL_FOLLOWERS = """
INSERT INTO activity_notification (key, activity_id, email, reason, context, follows, due_at, attempts)
SELECT gen_random_uuid(), %s, told.email, 'follower', '{{}}', told.ids,
       (ARRAY[NULL, %s, %s]::timestamptz[])[told.eagerness + 1], 0
FROM ({told}) AS told (email, ids, eagerness)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Recipient:
    """Somebody to tell: `reason` names why (author, service, follower), `context` goes to the mail's template.

    With `not_before` the news leaves in that person's digest after that moment.
    """

    email: str
    reason: str
    context: dict = field(default_factory=dict)
    not_before: dt.datetime | None = None

    @classmethod
    def many(cls, rows, reason: str, context: dict | None = None) -> Iterator["Recipient"]:
        """One for each row of a queryset, read in batches however many they are.

        Rows are addresses (`values_list("email", flat=True)`), or pairs (address, context of that person) which is
        added to `context`.
        """
        shared = context or {}
        for row in rows.iterator(chunk_size=BATCH):
            email, own = (row, {}) if isinstance(row, str) else row
            yield cls(email, reason, shared | own)


# verb prefix -> who must be told of it besides followers; each app registers its own.
_audiences: dict[str, Callable[[Activity], Iterable[Recipient]]] = {}


def register_audience(prefix: str, recipients: Callable[[Activity], Iterable[Recipient]]) -> None:
    """Tell these people of each act whose verb starts with "<prefix>.". Mails render `<prefix>/mail/<verb>.txt`.

    `recipients` may be a generator that yields any number: they are written in batches as they come.
    """
    _audiences[prefix] = recipients


def record(**act) -> Activity:
    """Write one act. Call it inside the transaction of the act itself: both are there or neither.

    Keywords are those of `_made`; `topic` is "<module>:<key>", what the act is about (topics.py), empty where nothing
    fits. The news leaves by Celery when the transaction commits; where Redis is away, the sweep sends it later. Raises
    TransactionManagementError outside a transaction.
    """
    return record_many([act])[0]


def record_many(acts: list[dict]) -> list[Activity]:
    """`record` of many acts, in this order, in a constant number of statements."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an activity is written in the transaction of its act")
    made = Activity.objects.bulk_create([_made(**act) for act in acts])
    Outbox.objects.bulk_create([Outbox(activity=activity) for activity in made])
    if made:
        workers.call("engagement.activity.tasks.deliver")
    return made


def _made(
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
    topic="",
) -> Activity:
    return Activity(
        verb=verb,
        actor=actor if actor and actor.is_authenticated else None,
        object_type=object_type,
        object_key=str(object_key),
        topic=topic,
        title=title[:300],
        summary=summary,
        url=url,
        place=place,
        territories=list(territories),
        public=public,
        data=data or {},
    )


@transaction.atomic
def hand_on(*, limit: int = 100) -> int:
    """Turn up to `limit` waiting acts into notifications; returns how many acts were handled.

    Rows are claimed with SKIP LOCKED, so any number of workers may run it. A worker killed in the middle leaves its
    rows to the next: both writes are in one transaction, and a person is told of an act once.
    """
    claimed = list(Outbox.objects.select_for_update(skip_locked=True, of=("self",)).select_related("activity")[:limit])
    for row in claimed:
        _tell(row.activity)
    Outbox.objects.filter(pk__in=[row.pk for row in claimed]).delete()
    return len(claimed)


def _tell(activity: Activity) -> None:
    """Those the module names, then followers; the first reason to tell an address is the one that is kept."""
    audience = _audiences.get(activity.verb.partition(".")[0])
    named = (
        Notification(activity=activity, email=one.email, reason=one.reason, context=one.context, due_at=one.not_before)
        for one in (audience(activity) if audience else ())
    )
    for first in named:
        Notification.objects.bulk_create([*islice(chain([first], named), BATCH)], ignore_conflicts=True)
    if activity.public:
        _tell_followers(activity)


def _tell_followers(activity: Activity) -> None:
    told, parameters = Follow.objects.told_of(activity).by_person().query.sql_with_params()
    now, zone, hour = timezone.now(), timezone.get_default_timezone(), settings.FOLLOW_DIGEST_HOUR
    due = [
        next_daily(now, hour=hour, zone=zone),
        next_weekly(now, weekday=settings.FOLLOW_DIGEST_WEEKDAY, hour=hour, zone=zone),
    ]
    with connection.cursor() as cursor:
        cursor.execute(TELL_FOLLOWERS.format(told=told), [activity.pk, *due, *parameters])
