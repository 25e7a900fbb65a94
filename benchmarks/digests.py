"""5,000 digests to a real SMTP server that throws them away, against sending ready messages of the same size to it."""

import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import User
from benchmarks.report import Report
from engagement.activity import sending, services
from engagement.activity.models import Activity, Digest, Follow, Notification

PEOPLE, ACTS = 5_000, 12
TERRITORY = 10**12


def run(report: Report) -> None:
    """Mails per second and bytes per mail, and how much a digest costs beyond its bare sending."""
    with (
        _mail_server() as port,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
        ),
    ):
        _clear()
        try:
            _fill(report)
            digests, sizes = _digests()
        finally:
            _clear()
        size = int(statistics.mean(sizes))
        bare = _bare(size)
    report.say(
        f"{PEOPLE:,} digests of {ACTS} lines: {PEOPLE / digests:.0f} mails/s, {size:,} bytes a mail"
        " (time / bare sending of as many bytes)",
        digests / bare,
        f"{digests:.1f} s / {bare:.1f} s",
    )


def _clear() -> None:
    """Nothing of it stays in the benchmark's town."""
    Activity.objects.filter(object_type="bench").delete()
    Digest.objects.filter(email__startswith="bench").delete()
    User.objects.filter(email__startswith="bench", email__endswith="@example.org").delete()


def _fill(report: Report) -> None:
    """People who follow one district daily, and what happened there."""
    people = User.objects.bulk_create(User(email=f"bench{n}@example.org", password="!") for n in range(PEOPLE))
    Follow.objects.bulk_create(
        Follow(user=one, object_type="territory", object_key=str(TERRITORY), title="Quartier", url="/", rhythm="daily")
        for one in people
    )
    for number in range(ACTS):
        with transaction.atomic():
            services.record(
                verb="bench.reported",
                actor=None,
                object_type="bench",
                object_key=number,
                title=f"Lampadaire en panne ({number} rue des Lavandières)",
                url=f"/signalements/BENCH{number:03}/",
                territories=[TERRITORY],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE activity_follow, accounts_user")
    started = time.perf_counter()
    while services.hand_on():
        pass
    took = time.perf_counter() - started
    report.say(
        f"{ACTS} acts that {PEOPLE:,} people follow: notifications written in a second, in thousands",
        PEOPLE * ACTS / took / 1000,
        f"{took:.2f} s",
    )


def _digests() -> tuple[float, list[int]]:
    """Seconds to gather and send all, and the sizes of the mails in bytes."""
    waiting = Notification.objects.filter(sent_at=None, due_at__isnull=False)
    waiting.exclude(activity__object_type="bench").delete()  # what the demo city's own people wait for
    waiting.update(due_at=timezone.now())
    sizes = []
    made = sending.mails.digest

    def measured(row, news):
        message = made(row, news)
        if len(sizes) < 100:
            sizes.append(len(message.message().as_bytes()))
        return message

    sending.mails.digest = measured
    try:
        started = time.perf_counter()
        sent = sending.send_digests()
        took = time.perf_counter() - started
    finally:
        sending.mails.digest = made
    if sent != PEOPLE:
        raise AssertionError(f"{sent} digests left, not {PEOPLE}")
    return took, sizes


def _bare(size: int) -> float:
    """Seconds to send as many plain messages of that size, as often with a new connection."""
    body = ("x" * 77 + "\n") * (size // 78)
    started = time.perf_counter()
    for start in range(0, PEOPLE, sending.PER_CONNECTION):
        numbers = range(start, min(start + sending.PER_CONNECTION, PEOPLE))
        with get_connection() as post:
            post.send_messages([EmailMessage("x", body, to=[f"bench{number}@example.org"]) for number in numbers])
    return time.perf_counter() - started


@contextmanager
def _mail_server():
    """A real SMTP server in a process of its own, which throws away what it gets; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    server = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *options])
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the mail server did not start")
