"""Mails that wait in a table leave: each is claimed, sent and marked in a transaction of its own.

Any number of workers may send at once. One killed in the middle repeats at most the one mail in the air.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, models, transaction
from django.db.models import F

log = logging.getLogger(__name__)
# Mail servers tire of a connection that brings more.
PER_CONNECTION = 100


class Post:
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
        """Hand one over. Raises what the mail server refuses it with."""
        self.carried += 1
        message.connection = self.connection
        message.send()

    def close(self) -> None:
        """Begin anew with the next mail."""
        self.carried = 0
        self.connection.close()


@contextmanager
def _post() -> Iterator[Post]:
    post = Post()
    try:
        yield post
    finally:
        post.close()


def each(claim: Callable, send: Callable, limit: int | None = None) -> int:
    """Claim and send one after the other, at most `limit`; returns how many left.

    `claim(after)` gives the next row with a higher key, locked, or None; `send(row, post)` says whether it left. What
    cannot even be made into a mail is passed over, until the next sweep.
    """
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
                log.exception("%s passed over", _named(row))
    return sent


def claimed(waiting: models.QuerySet, after: int) -> models.Model | None:
    """The next row of `waiting` with a higher key that no other worker holds, locked."""
    return waiting.filter(pk__gt=after).select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()


def sent(row: models.Model, post: Post, make: Callable[[], EmailMultiAlternatives]) -> bool:
    """Send what `make` makes of the row; where that fails, count the attempt in its column `attempts`."""
    try:
        # What fails in making it undoes itself alone, and not the note of the attempt.
        with transaction.atomic():
            message = make()
        post.send(message)
    except Exception:
        log.exception("%s not sent", _named(row))
        post.close()
        type(row).objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
        return False
    return True


def _named(row: models.Model) -> str:
    return f"{row._meta.label_lower} {row.pk}"


def _hurry() -> None:
    """Let this transaction end without waiting for the disk, which takes longer than the mail itself.

    Nothing of it is lost by a worker that dies. Where the database's machine loses its power, the mails of the last
    half second are sent again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
