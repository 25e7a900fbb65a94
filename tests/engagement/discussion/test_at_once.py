"""Many at the same moment: one comment, one support, and counts that are those of the rows."""

import threading
import uuid
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from engagement.discussion import services
from engagement.discussion.models import Comment, Support
from tests.engagement.discussion.bench import say

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 6


def at_once(table: str, act) -> None:
    """`act` in TIMES connections: reading goes on, writing waits, until all have looked and found nothing."""
    errors = []

    def run():
        try:
            act()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(TIMES)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        [thread.start() for thread in threads]
        waiting = 0
        while waiting < TIMES and any(thread.is_alive() for thread in threads):
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND (database IS NULL OR database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database()))"
            )
            (waiting,) = cursor.fetchone()
    [thread.join() for thread in threads]
    assert errors == []


@contextmanager
def without(table: str, columns: list[str]):
    """The table without its rule of one row for these columns, and nobody waiting for anybody."""
    with connection.cursor() as cursor:
        rules = connection.introspection.get_constraints(cursor, table)
        name = next(name for name, one in rules.items() if one["unique"] and one["columns"] == columns)
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    with connection.cursor() as cursor:
        listed = ", ".join(columns)
        cursor.execute(f"DELETE FROM {table} a USING {table} b WHERE a.id > b.id AND a.{columns[0]} = b.{columns[0]}")
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({listed})")


def test_a_person_who_presses_many_times_counts_once(people, monkeypatch):
    argument = say(people["amina"])
    at_once("discussion_support", lambda: services.support(comment=argument, user=people["karim"]))
    argument.refresh_from_db()
    assert argument.supports == Support.objects.count() == 1
    Support.objects.all().delete()
    monkeypatch.setattr(services, "locked", lambda comment: Comment.objects.get(pk=comment.pk))
    with without("discussion_support", ["comment_id", "user_id"]):
        at_once("discussion_support", lambda: services.support(comment=argument, user=people["karim"]))
        assert Support.objects.count() > 1, "control: without lock and rule they would count several times"


def test_a_form_sent_many_times_gives_one_comment(people):
    one = uuid.uuid4()
    at_once("discussion_comment", lambda: say(people["amina"], submission=one))
    assert Comment.objects.count() == 1
    with without("discussion_comment", ["submission"]):
        other = uuid.uuid4()
        at_once("discussion_comment", lambda: say(people["amina"], submission=other))
        assert Comment.objects.filter(submission=other).count() > 1, "control: the rule alone makes them one"
        Comment.objects.all().delete()
