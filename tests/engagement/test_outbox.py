"""News reaches everybody once, whatever dies on the way: real Redis, a real worker, real transactions."""

import datetime as dt
import logging
import threading
import time
from contextlib import suppress

import pytest
from celery.contrib.testing.worker import start_worker
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from kombu import pools

from alerts import services as alerts
from config.celery import app
from engagement.activity import sending, services
from engagement.activity.models import Activity, Notification, Outbox
from engagement.activity.querysets import MailQuerySet
from engagement.activity.tasks import deliver

committed = pytest.mark.django_db(transaction=True)
PATIENCE = 20


def report(town, **changes):
    given = {"category": town.street_light, "point": town.IN_WEST, "description": "Le lampadaire est éteint."}
    return alerts.report(**given | changes)


def told() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


class Worker(threading.Thread):
    """Another worker, with a connection of its own."""

    def __init__(self, work):
        super().__init__()
        self.work, self.result = work, None
        self.start()

    def run(self):
        try:
            self.result = self.work()
        finally:
            connections.close_all()


class Killed(Exception):
    """The worker dies here; the database rolls back, as it does when a process is gone."""


def use_broker(url):
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = url
    pools.reset()
    app._pool = app.amqp._producer_pool = None


@pytest.fixture
def no_broker(tmp_path):
    before = app.conf.broker_url
    use_broker(f"redis+socket://{tmp_path}/nobody-listens.sock")
    yield
    use_broker(before)


@committed
def test_without_a_broker_the_act_stands_and_the_sweep_tells_everybody(town, no_broker, caplog):
    started = time.monotonic()
    with caplog.at_level(logging.WARNING):
        report(town, contact_email="resident@example.org")
    assert time.monotonic() - started < 3
    assert "the broker is away" in caplog.text
    assert (Outbox.objects.count(), mail.outbox) == (1, [])
    deliver()
    assert told() == ["eclairage@ville.example", "resident@example.org"]
    assert not Outbox.objects.exists()


@committed
def test_with_a_broker_a_worker_sends_what_an_act_announces(town):
    with start_worker(app, pool="solo", queues=["mail"], perform_ping_check=False):
        report(town, contact_email="resident@example.org")
        wait_for(lambda: Notification.objects.filter(sent_at__isnull=False).count() == 2)
    assert told() == ["eclairage@ville.example", "resident@example.org"]


@committed
def test_a_worker_killed_while_handing_on_leaves_all_to_the_next(town):
    report(town)
    claimed, die = threading.Event(), threading.Event()

    def dies():
        with suppress(Killed), transaction.atomic():
            assert services.hand_on() == 1
            claimed.set()
            assert die.wait(PATIENCE)
            raise Killed

    worker = Worker(dies)
    assert claimed.wait(PATIENCE)
    assert Outbox.objects.count() == 1, "control: a worker that takes no lock would hand it on a second time"
    assert services.hand_on() == 0
    die.set()
    worker.join()
    assert not Notification.objects.exists()
    assert services.hand_on() == 1
    assert services.send_waiting() == 1
    assert told() == ["eclairage@ville.example"]


@committed
def test_many_workers_at_once_tell_each_person_once(town):
    for _turn in range(12):
        report(town)
    start = threading.Barrier(4)

    def works():
        start.wait(PATIENCE)
        return services.hand_on(limit=2) + services.hand_on(limit=20), services.send_waiting()

    workers = [Worker(works) for _number in range(4)]
    for worker in workers:
        worker.join()
    assert sum(worker.result[0] for worker in workers) + services.hand_on() == 12
    services.send_waiting()
    assert len(mail.outbox) == Notification.objects.count() == 12


class SlowBackend(EmailBackend):
    """A mail server that takes its time."""

    reached, go = threading.Event(), threading.Event()

    def send_messages(self, messages):
        self.reached.set()
        assert self.go.wait(PATIENCE)
        return super().send_messages(messages)


@committed
def test_a_mail_in_the_air_is_not_sent_by_another(town, settings):
    settings.EMAIL_BACKEND = f"{__name__}.SlowBackend"
    report(town)
    services.hand_on()
    worker = Worker(services.send_waiting)
    assert SlowBackend.reached.wait(PATIENCE)
    assert Notification.objects.waiting().count() == 1, "control: a worker that takes no lock would send it again"
    assert services.send_waiting() == 0
    SlowBackend.go.set()
    worker.join()
    assert worker.result == 1
    assert told() == ["eclairage@ville.example"]


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_mail_about_one_act(town):
    report(town)
    services.hand_on()
    known = Notification.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(activity=known.activity, email=known.email, reason="follower")


@pytest.mark.django_db
def test_author_and_follower_in_one_person_get_one_mail(town):
    resident = town.person("Resident@example.org")
    for territory in (town.west, town.commune):
        services.follow(user=resident, object_type="territory", object_key=territory.pk, title="x", url="/")
    alert = report(town, reporter=resident, contact_email="resident@EXAMPLE.org")
    alerts.apply(alert=alert, transition="qualify", actor=town.light_agent())
    services.hand_on()
    about = Notification.objects.filter(activity__verb="alerts.qualified")
    assert [(one.email.lower(), one.reason) for one in about] == [("resident@example.org", "author")]


@pytest.mark.django_db
def test_what_is_not_public_is_told_to_no_follower(town):
    resident = town.person("resident@example.org")
    services.follow(user=resident, object_type="territory", object_key=town.west.pk, title="x", url="/")
    with transaction.atomic():
        services.record(
            verb="alerts.qualified",
            actor=None,
            object_type="alert",
            object_key=0,
            title="x",
            url="/",
            territories=[town.west.pk],
            public=False,
        )
    services.hand_on()
    assert Activity.objects.count() == 1
    assert not Notification.objects.exists()


class FullMailbox(EmailBackend):
    """A mail server that refuses one address."""

    refuses = {"eclairage@ville.example"}

    def send_messages(self, messages):
        if self.refuses & set(messages[0].to):
            raise OSError("mailbox full")
        return super().send_messages(messages)


@pytest.mark.django_db
def test_a_mail_that_fails_holds_nobody_up_and_is_tried_again(town, settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.FullMailbox"
    report(town, contact_email="resident@example.org")
    services.hand_on()
    Notification.objects.get(email="eclairage@ville.example")
    assert services.send_waiting() == 1
    assert told() == ["resident@example.org"]
    assert Notification.objects.waiting().get().attempts == 1
    monkeypatch.setattr(FullMailbox, "refuses", set())
    assert services.send_waiting() == 1
    assert told() == ["eclairage@ville.example", "resident@example.org"]


@pytest.mark.django_db
def test_after_many_failures_it_is_left_alone(town, settings):
    settings.EMAIL_BACKEND = f"{__name__}.FullMailbox"
    report(town)
    services.hand_on()
    for _turn in range(MailQuerySet.MAX_ATTEMPTS + 3):
        services.send_waiting()
    assert Notification.objects.get().attempts == MailQuerySet.MAX_ATTEMPTS


@pytest.mark.django_db
def test_mails_that_left_long_ago_are_forgotten_and_those_still_waiting_are_sent(town):
    report(town, contact_email="moi@example.org")
    services.hand_on()
    services.send_waiting()
    long_ago = timezone.now() - dt.timedelta(days=91)
    assert Notification.objects.update(created_at=long_ago) == 2
    waiting = Notification.objects.first()
    Notification.objects.filter(pk=waiting.pk).update(sent_at=None)
    sending.prune(before=timezone.now() - dt.timedelta(days=90))
    assert list(Notification.objects.all()) == [waiting]
    mail.outbox.clear()
    deliver()
    assert told() == [waiting.email]
