"""One mail a person however much there is: daily, weekly, and where too many would come at once."""

import datetime as dt
import re
import threading
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagement.activity import follows, rhythms, sending, services
from engagement.activity.models import Digest, Follow, Notification
from engagement.activity.tasks import digests
from tests.engagement.helpers import act
from tests.engagement.posting import mail_server, wait_for, worker

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)
PARIS = ZoneInfo("Europe/Paris")
LINE = re.compile(r"^- ", re.M)


def hand_on():
    while services.hand_on():
        pass


def come_due():
    """What waits for a digest has waited long enough."""
    Notification.objects.filter(due_at__isnull=False, sent_at=None).update(due_at=timezone.now())


@pytest.fixture
def person(town):
    return town.person("habitante@example.org")


def follow(person, town, object_type="territory", object_key=None, title="Ouest", **fields):
    key = object_key or town.west.pk
    return follows.follow(user=person, object_type=object_type, object_key=key, title=title, url="/", **fields)


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        ("2026-11-23 06:59", "2026-11-23 07:00", "2026-11-23 07:00"),  # a Monday
        ("2026-11-23 07:00", "2026-11-24 07:00", "2026-11-30 07:00"),
        ("2026-11-25 12:00", "2026-11-26 07:00", "2026-11-30 07:00"),
        ("2026-10-24 12:00", "2026-10-25 07:00", "2026-10-26 07:00"),  # summer time ends in between
        ("2026-12-31 23:59", "2027-01-01 07:00", "2027-01-04 07:00"),
    ],
)
def test_digests_leave_at_a_local_hour(now, daily, weekly):
    now, daily, weekly = (dt.datetime.fromisoformat(text).replace(tzinfo=PARIS) for text in (now, daily, weekly))
    assert rhythms.next_daily(now, hour=7, zone=PARIS) == daily
    assert rhythms.next_weekly(now, weekday=1, hour=7, zone=PARIS) == weekly
    assert rhythms.next_daily(now.astimezone(dt.UTC), hour=7, zone=PARIS) == daily


def test_news_waits_for_its_rhythm_and_the_most_eager_follow_decides(town, person):
    others = [town.person(f"{name}@example.org") for name in ("jour", "semaine", "deux")]
    follow(person, town, rhythm="instant")
    follow(others[0], town)
    follow(others[1], town, rhythm="weekly")
    follow(others[2], town, rhythm="weekly")
    follow(others[2], town, object_key=town.commune.pk, rhythm="instant")
    act(territories=[town.west.pk, town.commune.pk])
    hand_on()
    due = dict(Notification.objects.values_list("email", "due_at"))
    assert due["habitante@example.org"] is due["deux@example.org"] is None
    assert due["jour@example.org"].astimezone(PARIS).hour == 7
    assert due["semaine@example.org"].astimezone(PARIS).strftime("%u %H:%M") == "1 07:00"
    assert services.send_waiting() == 2
    assert sending.send_digests() == 0, "nothing is due yet"
    come_due()
    assert sending.send_digests() == 2
    assert sending.send_digests() == 0
    assert len(mail.outbox) == 4


def test_one_act_that_three_follows_find_is_one_line_of_one_mail(town, person):
    follow(person, town, title="Mon quartier")
    follow(person, town, object_key=town.commune.pk, title="Ma ville")
    follow(person, town, "area", "1", title="Ma rue", area=follows.circle(town.IN_WEST, 300))
    follow(person, town, "topic", "alerts:lampadaire", title="Lampadaires")
    for number in range(3):
        act(number, territories=[town.west.pk, town.commune.pk], place=town.IN_WEST)
    act(9, topic="alerts:lampadaire")
    act(2, territories=[town.west.pk], title="Chose 2, réparée")
    hand_on()
    come_due()
    assert sending.send_digests() == 1
    (message,) = mail.outbox
    assert len(LINE.findall(message.body)) == 4, "of one thing only the last act is told"
    assert message.body.count("Chose 2") == 1
    assert "Chose 2, réparée" in message.body
    assert [title in message.body for title in ("Mon quartier", "Ma ville", "Lampadaires")] == [True, False, True]
    html = message.alternatives[0][0]
    assert html.count("<li") == 4
    assert "Chose 9" in html
    assert message.subject == "4 nouvelles de vos suivis"


def test_many_matches_are_capped_and_counted(town, person):
    follow(person, town)
    for number in range(177):
        act(number, territories=[town.west.pk])
    hand_on()
    come_due()
    assert sending.send_digests() == 1
    (message,) = mail.outbox
    assert len(LINE.findall(message.body)) == 30
    assert "et 147 autres" in message.body
    assert "et 147 autres" in message.alternatives[0][0]
    assert "/suivre/mes-nouvelles/" in message.body
    assert message.subject == "177 nouvelles\N{NO-BREAK SPACE}: Ouest"
    assert len(message.message().as_bytes()) < 40_000


def test_the_buttons_of_a_digest_stop_one_follow_or_all(town, person):
    follow(person, town, title="Mon quartier")
    follow(person, town, "topic", "t:x", title="Sujet")
    act(1, territories=[town.west.pk]), act(2, topic="t:x")
    hand_on()
    come_due()
    sending.send_digests()
    (message,) = mail.outbox
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    everything = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert "/suivre/desabonnement/tout/" in everything
    stops = re.findall(r"/suivre/desabonnement/(?!tout/)\S+/", message.body)
    assert len(set(stops)) == 2
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(stops[0], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Follow.objects.count() == 1
    path = everything[everything.index("/suivre/") :]
    assert strict.get(path).status_code == 200
    assert not Follow.objects.filter(paused=True).exists(), "mail scanners open every link"
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Follow.objects.get().paused
    for forged in (path[:-2] + "/", path.replace("/tout/", "/")):
        assert strict.post(forged).status_code == 404


def test_what_is_no_longer_followed_does_not_leave(town, person):
    for title, key in (("Ouest", town.west.pk), ("Ville", town.commune.pk)):
        follow(person, town, object_key=key, title=title)
    act(1, territories=[town.west.pk, town.commune.pk]), act(2, territories=[town.west.pk])
    hand_on()
    come_due()
    services.unfollow(user=person, object_type="territory", object_key=town.west.pk)
    sending.send_digests()
    (message,) = mail.outbox
    assert "Chose 1" in message.body, "another follow still finds it"
    assert "Chose 2" not in message.body
    act(3, territories=[town.commune.pk])
    hand_on()
    come_due()
    follows.pause(user=person)
    assert sending.send_digests() == 0
    assert len(mail.outbox) == 1
    assert not Digest.objects.waiting().exists()


def test_a_quicker_rhythm_brings_what_waited_for_the_slower(town, person):
    mine = follow(person, town, rhythm="weekly")
    act(territories=[town.west.pk])
    hand_on()
    assert sending.send_digests() == 0
    follows.change(follow=mine, rhythm="instant")
    assert sending.send_digests() == 1


def test_too_many_at_once_become_one_digest_at_the_end_of_the_hour(town, person, settings):
    settings.FOLLOW_INSTANT_PER_HOUR = 10
    follow(person, town, rhythm="instant")
    for number in range(177):
        act(number, territories=[town.west.pk])
    hand_on()
    assert services.send_waiting() == 10
    waiting = Notification.objects.filter(sent_at=None)
    (due,) = set(waiting.values_list("due_at", flat=True))
    assert due == rhythms.hour_start(timezone.now()) + dt.timedelta(hours=1)
    assert services.send_waiting() == sending.send_digests() == 0
    come_due()
    assert sending.send_digests() == 1
    assert len(mail.outbox) == 11
    assert mail.outbox[-1].subject == "167 nouvelles\N{NO-BREAK SPACE}: Ouest"


def test_authors_and_services_get_each_of_theirs_at_once(town, settings):
    settings.FOLLOW_INSTANT_PER_HOUR = 2
    services.register_audience("mine", lambda activity: [services.Recipient("a@example.org", "author")])
    for number in range(9):
        act(number, verb="mine.done")
    hand_on()
    assert services.send_waiting() == 9


def test_an_audience_of_thousands_is_read_and_written_in_batches(town, django_assert_max_num_queries):
    from accounts.models import User

    User.objects.bulk_create([User(email=f"P{number}@example.org", password="!") for number in range(5_000)])

    def audience(activity):
        rows = User.objects.filter(email__startswith="P").order_by("pk").values_list("email", flat=True)
        yield from services.Recipient.many(rows, "joined", {"url": "/x/"})
        yield services.Recipient("p1@EXAMPLE.org", "author")

    services.register_audience("crowd", audience)
    act(verb="crowd.done")
    with django_assert_max_num_queries(25):
        hand_on()
    assert Notification.objects.count() == 5_000
    assert Notification.objects.get(email="P1@example.org").reason == "joined", "the first reason is kept"


def test_a_digest_costs_as_much_for_3_as_for_30(town, person):
    def cost(count, start):
        for number in range(start, start + count):
            act(number, territories=[town.west.pk])
        hand_on()
        come_due()
        with CaptureQueriesContext(connection) as queries:
            assert sending.send_digests() == 1
        return len(queries)

    follow(person, town)
    assert cost(3, 0) == cost(30, 100)


def test_two_digests_of_one_run_share_a_connection_and_message_ids_differ(town, settings):
    for number in range(25):
        follow(town.person(f"p{number}@example.org"), town)
    act(territories=[town.west.pk])
    hand_on()
    come_due()
    with mail_server() as (sink, env):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(env["TEST_SMTP_PORT"])
        assert sending.send_digests() == 25
    assert sink.connections == 1
    assert len({key for keys in sink.got.values() for key in keys}) == 25


class Works(threading.Thread):
    def __init__(self, barrier):
        super().__init__()
        self.barrier, self.sent = barrier, 0
        self.start()

    def run(self):
        try:
            self.barrier.wait(20)
            self.sent = sending.send_digests()
        finally:
            connections.close_all()


@committed
def test_workers_at_once_send_each_person_one_digest(town):
    for number in range(30):
        follow(town.person(f"p{number}@example.org"), town)
    for number in range(4):
        act(number, territories=[town.west.pk])
    hand_on()
    come_due()
    barrier = threading.Barrier(4)
    workers = [Works(barrier) for _number in range(4)]
    for one in workers:
        one.join()
    left = sending.send_digests()
    assert sum(one.sent for one in workers) + left == 30
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 30


@committed
def test_a_worker_killed_among_digests_repeats_none_and_misses_none(town):
    for number in range(300):
        follow(town.person(f"p{number}@example.org"), town)
    for number in range(5):
        act(number, territories=[town.west.pk])
    hand_on()
    come_due()
    with mail_server() as (sink, env):
        with worker(env) as kill:
            digests.delay(), digests.delay()
            wait_for(lambda: sink.count >= 40)
            kill()
        assert sink.count < 300, "control: it was killed in the middle"
        with worker(env):
            digests.delay()
            wait_for(lambda: not Notification.objects.filter(sent_at=None).exists())
    assert len(sink.got) == 300
    assert all(len(set(keys)) == 1 for keys in sink.got.values())
    assert sink.count <= 302
