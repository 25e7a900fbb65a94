"""A confirmation is asked for, mailed and done once, whoever else is at it: real locks and workers, a dead broker."""

import logging
import threading
import time
from contextlib import suppress

import pytest
from celery.contrib.testing.worker import start_worker
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, connections, transaction
from django.test import Client
from kombu import pools

from accounts import confirmations
from accounts.confirmations import send_waiting
from accounts.models import Confirmation, User
from accounts.tasks import send_confirmations
from config.celery import app
from tests.accounts.asking import asked, mailed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("kind")]
PATIENCE = 20
TIMES = 20


def press_at_once(path) -> list[str]:
    """The button pressed in TIMES browsers at once; where each was led."""
    led, start = [], threading.Barrier(TIMES)

    def press():
        try:
            start.wait(PATIENCE)
            led.append(Client().post(path)["Location"])
        except Exception as error:
            led.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _number in range(TIMES)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return led


def slow(email, payload):
    """An act that nothing but the lock keeps from happening twice, and slow enough to be overtaken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.05)")
    User.objects.create_user(f"{time.monotonic_ns()}-{threading.get_ident()}@example.org")
    return "/merci/"


@pytest.fixture
def slow_kind(kind):
    confirmations._kinds["essai"] = confirmations.Kind(slow, "Votre signalement")


def test_pressed_twenty_times_at_once_it_is_done_once(town, slow_kind):
    path = mailed()
    assert press_at_once(path) == ["/merci/"] * TIMES
    assert User.objects.count() == 1


def test_without_the_lock_it_would_be_done_many_times(town, kind, monkeypatch):
    meeting = threading.Barrier(2)

    def met(email, payload):
        """Goes on when another has come as far: what the lock makes impossible."""
        with suppress(threading.BrokenBarrierError):
            meeting.wait(PATIENCE)
            meeting.abort()  # two have met: nobody waits any more
        return slow(email, payload)

    confirmations._kinds["essai"] = confirmations.Kind(met, "Votre signalement")
    path = mailed()
    monkeypatch.setattr(Confirmation._default_manager._queryset_class, "select_for_update", lambda rows, **_how: rows)
    press_at_once(path)
    assert User.objects.count() > 1


def ask_at_once(settings) -> list[Exception]:
    """The same asked TIMES at once; the errors that were met."""
    settings.CONFIRMATIONS_PER_ADDRESS = 2 * TIMES
    start, errors = threading.Barrier(TIMES), []

    def one():
        try:
            start.wait(PATIENCE)
            asked(dedup="alert-1")
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _number in range(TIMES)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return errors


def test_asked_twenty_times_at_once_is_one_mail(town, settings):
    assert ask_at_once(settings) == []
    send_waiting()
    assert (Confirmation.objects.count(), len(mail.outbox)) == (1, 1)


def test_without_the_rule_of_the_database_it_would_be_several(town):
    rule = next(one for one in Confirmation._meta.constraints if one.name == "confirmation_asked_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Confirmation, rule)
    meeting = threading.Barrier(2)

    def ask():
        """Committed when the other has asked too: what the rule makes impossible."""
        try:
            with transaction.atomic():
                asked(dedup="alert-1")
                meeting.wait(PATIENCE)
        finally:
            connections.close_all()

    try:
        threads = [threading.Thread(target=ask) for _number in range(2)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert Confirmation.objects.count() == 2
    finally:
        Confirmation.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Confirmation, rule)


class Slow(EmailBackend):
    """A mail server that takes its time."""

    reached, go = threading.Event(), threading.Event()

    def send_messages(self, messages):
        self.reached.set()
        assert self.go.wait(PATIENCE)
        return super().send_messages(messages)


def test_a_mail_in_the_air_is_not_sent_by_another(town, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    asked()

    def work():
        send_waiting()
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    assert Slow.reached.wait(PATIENCE)
    assert Confirmation.objects.waiting().count() == 1, "control: a worker that takes no lock would send it again"
    assert send_waiting() == 0
    Slow.go.set()
    worker.join()
    assert len(mail.outbox) == 1


def test_a_worker_sends_what_is_asked(town):
    with start_worker(app, pool="solo", queues=["mail"], perform_ping_check=False):
        asked()
        end = time.monotonic() + PATIENCE
        while not Confirmation.objects.filter(sent_at__isnull=False).exists():
            assert time.monotonic() < end
            time.sleep(0.02)
    assert len(mail.outbox) == 1


def test_without_a_broker_the_sweep_sends_it(town, tmp_path, caplog):
    before = app.conf.broker_url
    _use_broker(f"redis+socket://{tmp_path}/nobody-listens.sock")
    try:
        with caplog.at_level(logging.WARNING):
            asked()
    finally:
        _use_broker(before)
    assert "the broker is away" in caplog.text
    assert mail.outbox == []
    send_confirmations()
    assert len(mail.outbox) == 1
    send_confirmations()
    assert len(mail.outbox) == 1


def _use_broker(url):
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = url
    pools.reset()
    app._pool = app.amqp._producer_pool = None
