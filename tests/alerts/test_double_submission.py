"""A form sent many times at the same moment gives one report, because the database says so."""

import threading
import uuid
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from alerts.models import Alert
from engagement.activity.models import Activity

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TIMES = 20


def send_at_once(town) -> list[str]:
    """The same form from TIMES browsers at once; where each was led, or the error it met."""
    given = {
        "place_lon": "2.02",
        "place_lat": "47.05",
        "category": town.street_light.code,
        "description": "Le lampadaire est éteint.",
        "submission": str(uuid.uuid4()),
    }
    led = []

    def send():
        try:
            client = Client(REMOTE_ADDR=f"test-{uuid.uuid4()}")
            led.append(client.post("/signaler/", given)["Location"])
        except Exception as error:
            led.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(TIMES)]
    with transaction.atomic(), connection.cursor() as cursor:
        # Reading goes on, writing waits: all find no such report before any of them writes it.
        cursor.execute("LOCK TABLE alerts_alert IN EXCLUSIVE MODE")
        [thread.start() for thread in threads]
        waiting = 0
        while waiting < TIMES and any(thread.is_alive() for thread in threads):
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'alerts_alert'::regclass"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            (waiting,) = cursor.fetchone()
    [thread.join() for thread in threads]
    return led


@contextmanager
def no_unique_submission():
    """The table without its rule."""
    with connection.cursor() as cursor:
        rules = connection.introspection.get_constraints(cursor, "alerts_alert")
        name = next(name for name, one in rules.items() if one["unique"] and one["columns"] == ["submission"])
        cursor.execute(f"ALTER TABLE alerts_alert DROP CONSTRAINT {name}")
        try:
            yield
        finally:
            Alert.objects.all().delete()
            cursor.execute(f"ALTER TABLE alerts_alert ADD CONSTRAINT {name} UNIQUE (submission)")


def test_one_form_sent_twenty_times_at_once_is_one_report_and_one_page(town):
    led = send_at_once(town)
    alert = Alert.objects.get()
    assert set(led) == {f"{alert.get_tracking_url()}?envoye"}
    assert len(led) == TIMES
    assert (alert.events.count(), Activity.objects.count()) == (1, 1)


def test_without_the_rule_of_the_database_it_would_be_several(town):
    with no_unique_submission():
        send_at_once(town)
        assert Alert.objects.count() == TIMES
