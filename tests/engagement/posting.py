"""A mail server that keeps what it gets, and processes that are really killed."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from email.parser import BytesHeaderParser

from aiosmtpd.controller import Controller
from django.db import connection

PATIENCE = 200


def wait_for(condition, patience=PATIENCE):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


class Sink:
    """Who got which Message-IDs, one for each time a mail was accepted."""

    def __init__(self):
        self.got: dict[str, list[str]] = defaultdict(list)
        self.count = self.connections = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server, session, envelope):
        headers = BytesHeaderParser().parsebytes(envelope.content)
        for address in envelope.rcpt_tos:
            self.got[address].append(headers["Message-ID"])
        self.count += 1
        return "250 OK"


@contextmanager
def mail_server():
    """A real SMTP server on a free port; gives (sink, environment of processes that send to it)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    sink = Sink()
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield (
            sink,
            os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "tests.engagement.worker_settings",
                "TEST_DATABASE": connection.settings_dict["NAME"],
                "TEST_SMTP_PORT": str(port),
            },
        )
    finally:
        server.stop()


@contextmanager
def process(*command, env):
    """Runs `python -m command` in a group of its own; gives a function that kills it all, as a power cut does."""
    started = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=env,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def kill():
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()

    try:
        yield kill
    finally:
        kill()


def worker(env, queue="mail"):
    """A real Celery worker of two processes."""
    return process("celery", "-A", "config.celery", "worker", "-Q", queue, "-c", "2", "--without-gossip", env=env)
