"""Officials get the report of each month by mail, once, whoever sends and whatever dies."""

import datetime as dt
import re
import threading
from contextlib import suppress

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts import privacy
from accounts.models import Mandate, Role
from common.dates import long_date
from frontend.models import MonthlyReport, ReportWish
from frontend.report import mails, monthly, sending
from frontend.tasks import monthly_reports
from geo.dashboards.periods import month_before
from tests.frontend.report.helpers import last_month, reported
from tests.frontend.report.pdf import Pdf

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)
FIRST = dt.date(2026, 11, 1)


@pytest.fixture
def official(town):
    return town.official()


def told() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


def plan() -> None:
    """Of mandates that began long ago."""
    Mandate.objects.update(valid_from=dt.date(2020, 1, 1))
    monthly.plan(today=timezone.localdate())


def plan_and_send() -> int:
    plan()
    return sending.send_waiting()


def test_it_says_the_figures_and_brings_the_paper(town, official):
    reported(town, 7)
    assert plan_and_send() == 1
    [message] = mail.outbox
    month = last_month()
    assert message.to == [official.email]
    today = long_date(timezone.localdate())
    assert today.upper() in message.body, "what waits is as of today"
    assert today in message.alternatives[0][0]
    assert month.title() in message.subject
    html = message.alternatives[0][0]
    for said in (message.body, html):
        assert "7" in said
        assert "Ouest" in said
        assert f"du={month.span.since}" in said
    [(name, body, kind)] = message.attachments
    assert (name, kind) == (f"rapport-ouest-{month.span.since:%Y-%m}.pdf", "application/pdf")
    assert "Lampadaire en panne7" in re.sub(r"\s", "", Pdf(body).text).replace(
        "Lampadaireenpanne", "Lampadaire en panne"
    )
    key = MonthlyReport.objects.get().key
    assert message.extra_headers["Message-ID"].startswith(f"<{key}@")


def test_who_gets_it(town):
    people = {
        "official": town.person("elu@ville.example", Role.OFFICIAL),
        "administrator": town.person("mairie@ville.example", Role.ADMINISTRATOR),
        "who asked": town.person("adjoint@ville.example", Role.ADMINISTRATOR),
        "who said no": town.person("non@ville.example", Role.OFFICIAL),
        "agent": town.light_agent(),
        "ended": town.person("ancien@ville.example", Role.OFFICIAL),
        "closed": town.person("ferme@ville.example", Role.OFFICIAL, is_active=False),
    }
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Mandate.objects.filter(user=people["ended"]).update(valid_from=dt.date(2020, 1, 1), valid_until=yesterday)
    Mandate.objects.create(user=people["official"], role=Role.OFFICIAL, territory=town.village)
    monthly.choose(user=people["who asked"], wanted=True)
    monthly.choose(user=people["who said no"], wanted=False)
    plan_and_send()
    assert told() == ["adjoint@ville.example", "elu@ville.example", "elu@ville.example"]
    assert plan_and_send() == 0, "never twice"


def test_who_stopped_or_lost_the_mandate_meanwhile_gets_nothing(town, official):
    other = town.person("autre@ville.example", Role.OFFICIAL)
    plan()
    monthly.choose(user=official, wanted=False)
    Mandate.objects.filter(user=other).delete()
    assert (sending.send_waiting(), told(), MonthlyReport.objects.count()) == (0, [], 0)


@pytest.mark.parametrize(
    ("moment", "now"),
    [("2026-11-01T06:30", False), ("2026-11-01T07:00", True), ("2026-11-20T23:50", True), ("2026-11-21T06:50", False)],
)
def test_it_leaves_on_any_day_but_not_at_night(moment, now):
    here = timezone.make_aware(dt.datetime.fromisoformat(moment))
    assert monthly.is_time(here) is now


def test_who_comes_in_the_month_begins_with_the_next(town, official):
    first = dt.date(2026, 11, 1)
    Mandate.objects.filter(user=official).update(valid_from=first)
    town.person("nouvelle@ville.example", Role.OFFICIAL)
    Mandate.objects.exclude(user=official).update(valid_from=first + dt.timedelta(days=1))
    assert monthly.plan(today=dt.date(2026, 11, 20)) == 1, "the first was missed, it leaves on the 20th"
    assert monthly.plan(today=dt.date(2026, 11, 21)) == 0
    assert MonthlyReport.objects.get().user == official
    assert monthly.plan(today=dt.date(2026, 12, 1)) == 2


def test_what_is_older_than_last_month_is_no_news(town, official):
    before = month_before(last_month().span.since).since
    MonthlyReport.objects.create(user=official, territory=town.west, month=before)
    assert (sending.send_waiting(), told()) == (0, [])


def test_the_task_sends_what_waits_on_any_day(town, official):
    MonthlyReport.objects.create(user=official, territory=town.west, month=FIRST)
    monthly_reports.apply()
    assert told() == [official.email]


def test_one_click_stops_it_and_the_account_starts_it_again(town, official):
    plan_and_send()
    header = mail.outbox[0].extra_headers
    address = header["List-Unsubscribe"].strip("<>").partition("/rapport-mensuel")[1:]
    path, stranger = "".join(address), Client(enforce_csrf_checks=True)
    assert header["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b'<form method="post">' in stranger.get(path).content
    assert monthly.wish_of(official), "a scanner that opens the link stops nothing"
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not monthly.wish_of(official)
    assert b'<form method="post">' not in stranger.get(path).content, "it asks no more"
    assert stranger.post(path[:-3] + "xx/").status_code == 404
    mine = Client()
    mine.force_login(official)
    assert b'name="wanted" value="1"' in mine.get("/compte/").content
    mine.post("/rapport-mensuel/", {"wanted": "1"})
    assert monthly.wish_of(official)
    assert b'name="wanted" value="0"' in mine.get("/compte/").content


def test_residents_have_no_such_choice(town, client):
    client.force_login(town.person("habitante@example.org"))
    assert client.post("/rapport-mensuel/", {"wanted": "1"}).status_code == 403
    assert b"rapport-mensuel" not in client.get("/compte/").content
    assert not ReportWish.objects.exists()


def test_what_is_known_is_given_out_and_erased(town, official):
    plan_and_send()
    monthly.choose(user=official, wanted=False)
    wish, sent = privacy.export(official)["monthly_reports"]
    assert wish == {"wanted": False}
    assert (sent["territory"], sent["month"]) == ("Ouest", last_month().span.since.isoformat())
    privacy.erase(user=official)
    assert (MonthlyReport.objects.count(), ReportWish.objects.count()) == (0, 0)


class Broken(EmailBackend):
    """Takes no mail of that one."""

    def send_messages(self, messages):
        if messages[0].to == ["elue@ville.example"]:
            raise OSError("no")
        return super().send_messages(messages)


def test_one_that_fails_holds_nobody_up_and_is_tried_again_under_its_name(town, official, settings, caplog):
    town.person("autre@ville.example", Role.OFFICIAL)
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    assert plan_and_send() == 1
    assert (told(), "not sent" in caplog.text) == (["autre@ville.example"], True)
    assert MonthlyReport.objects.get(user=official).attempts == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert sending.send_waiting() == 0, "not at once"
    failed = MonthlyReport.objects.filter(user=official)
    failed.update(created_at=timezone.now() - dt.timedelta(minutes=11))
    assert sending.send_waiting() == 1
    assert official.email in told()
    failed.update(sent_at=None, attempts=5)
    assert sending.send_waiting() == 0, "the more often it failed, the longer it rests"
    failed.update(created_at=timezone.now() - dt.timedelta(hours=6))
    assert sending.send_waiting() == 1
    failed.update(sent_at=None, attempts=sending.MAX_ATTEMPTS)
    assert sending.send_waiting() == 0


def test_old_ones_are_forgotten(town, official):
    old = timezone.now() - dt.timedelta(days=400)
    MonthlyReport.objects.create(user=official, territory=town.west, month=FIRST, sent_at=old, created_at=old)
    MonthlyReport.objects.create(user=official, territory=town.west, month=FIRST.replace(month=10), created_at=old)
    MonthlyReport.objects.create(user=official, territory=town.east, month=FIRST)
    assert sending.prune(before=timezone.now() - dt.timedelta(days=396)) == 2
    assert MonthlyReport.objects.get().territory == town.east


class Slow(EmailBackend):
    """Lets the other worker look for work while this mail is in the air."""

    ready = threading.Barrier(2)

    def send_messages(self, messages):
        with suppress(threading.BrokenBarrierError):
            type(self).ready.wait(timeout=3)
        return super().send_messages(messages)


def at_once(work) -> list:
    """Two workers do it at the same moment."""
    start, done = threading.Barrier(2), []

    def run():
        start.wait()
        try:
            done.append(work())
        finally:
            connections.close_all()

    workers = [threading.Thread(target=run) for _one in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return done


@committed
def test_two_workers_send_it_once(town, official, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    Slow.ready = threading.Barrier(2)
    assert sorted(at_once(plan_and_send)) == [0, 1]
    assert told() == [official.email]


def naively() -> None:
    """Looks, sends, then marks: the control of the test above."""
    for row in sending.waiting():
        layers = sending.content.boards(row.user, row.territory)
        mails.monthly(row, layers, sending.month(row.month)).send()
        MonthlyReport.objects.filter(pk=row.pk).update(sent_at=timezone.now())


@committed
def test_control_two_naive_workers_send_it_twice(town, official, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    Slow.ready = threading.Barrier(2)
    plan()
    at_once(naively)
    assert told() == [official.email] * 2


@committed
def test_a_worker_that_dies_leaves_its_mail_to_the_next(town, official, monkeypatch):
    class Killed(BaseException):
        pass

    def dies(*_given, **_more):
        raise Killed

    plan()
    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", dies)
        with pytest.raises(Killed):
            sending.send_waiting()
    assert MonthlyReport.objects.get().sent_at is None
    assert sending.send_waiting() == 1
    assert told() == [official.email]
