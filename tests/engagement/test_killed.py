"""Thousands of followers, a real Celery worker that is killed, a real mail server: each is told, and told once."""

import pytest
from django.db import connection, transaction

from accounts.models import User
from engagement.activity import services
from engagement.activity.models import Follow, Notification, Outbox
from engagement.activity.tasks import deliver
from tests.engagement.helpers import act
from tests.engagement.posting import mail_server, process, wait_for, worker

committed = pytest.mark.django_db(transaction=True)
FOLLOWERS = 2_000


def followed_by(count: int) -> set[str]:
    """Something that many people follow; returns their addresses."""
    people = User.objects.bulk_create([User(email=f"p{number}@example.org", password="!") for number in range(count)])
    Follow.objects.bulk_create(
        Follow(user=one, object_type="thing", object_key="1", title="Rue", url="/") for one in people
    )
    return {one.email for one in people}


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'activity_notification'::regclass"
        )
        return cursor.fetchone()[0] > 0


def nobody_else_is_at_it() -> bool:
    """Whether the database has noticed that the worker is gone, and undone its work."""
    with transaction.atomic():
        return Outbox.objects.select_for_update(skip_locked=True).exists()


@committed
@pytest.mark.timeout(400)  # half a minute of two cores, several where others use them too
def test_2000_followers_are_told_once_though_the_worker_is_killed_everywhere(town):
    everybody = followed_by(FOLLOWERS)
    with mail_server() as (sink, env):
        # Killed while it writes the notifications: the table is held, so that it is caught in the middle.
        act()
        with worker(env) as kill, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE activity_notification IN EXCLUSIVE MODE")
            wait_for(waiting_for_a_lock)
            kill()
        wait_for(nobody_else_is_at_it)
        assert (Outbox.objects.count(), Notification.objects.count(), sink.count) == (1, 0, 0)
        # Killed while it sends, twice.
        for least in (200, 900):
            with worker(env) as kill:
                deliver.delay(), deliver.delay()
                wait_for(lambda least=least: sink.count >= least)
                kill()
            assert sink.count < FOLLOWERS, "control: it was killed in the middle"
        with worker(env):
            deliver.delay(), deliver.delay()
            wait_for(lambda: not Notification.objects.waiting().exists())
    assert set(sink.got) == everybody
    assert all(len(set(keys)) == 1 for keys in sink.got.values())
    # At most the mail in the air of each of two processes, each of the two times.
    assert sink.count - FOLLOWERS <= 4
    assert Notification.objects.count() == FOLLOWERS


@committed
@pytest.mark.parametrize(("way", "missed", "doubled"), [("first", True, False), ("last", False, True)])
def test_control_naive_ways_miss_or_double(town, way, missed, doubled):
    everybody = followed_by(400)
    act()
    services.hand_on()
    with mail_server() as (sink, env):
        with process("tests.engagement.naive", way, env=env) as kill:
            wait_for(lambda: sink.count >= 50)
            kill()
        assert sink.count < 400
        with process("tests.engagement.naive", way, env=env):
            wait_for(lambda: not Notification.objects.waiting().exists())
    assert (set(sink.got) != everybody) is missed
    assert any(len(set(keys)) > 1 for keys in sink.got.values()) is doubled
