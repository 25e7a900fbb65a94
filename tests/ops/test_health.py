"""/healthz with real services that die."""

import json
import os
import signal
import socket
import time

import pytest

from common import health
from config.local.paths import ROOT
from config.local.processes import Child
from config.local.venv import PYTHON


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    """No answer of an earlier test is remembered."""
    monkeypatch.setattr(health, "FRESH", 0)


@pytest.fixture
def redis(private_redis, settings):
    settings.REDIS_URL = private_redis.url
    return private_redis


@pytest.fixture
def ask(rf):
    def ask():
        response = health.healthz(rf.get("/healthz"))
        return response.status_code, json.loads(response.content)

    return ask


def until(condition, seconds=20):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "still not so"
        time.sleep(0.1)


def celery(room, redis, *arguments):
    env = os.environ | {"REDIS_URL": redis.url, "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    env.pop("CELERY_BROKER_URL", None)
    argv = [PYTHON, "-m", "celery", "-A", "config.celery", *arguments]
    child = Child(arguments[0], argv, room.logs / f"{arguments[0]}.log", env=env, cwd=str(ROOT))
    child.start()
    return child


@pytest.mark.django_db
def test_worker_and_beat_are_told_apart(ask, redis, room):
    assert ask() == (503, {"status": "down", "database": "ok", "redis": "ok", "worker": "down", "beat": "down"})
    worker = celery(room, redis, "worker", "-c", "1", "--without-mingle")
    beat = celery(room, redis, "beat", "-s", room.data / "schedule", "--pidfile", "")
    try:
        until(lambda: ask()[0] == 200)
        assert set(ask()[1].values()) == {"ok"}
        worker.process.send_signal(signal.SIGKILL)
        worker.end()
        redis.command(f"DEL {health.WORKER}")  # as after its thirty seconds
        assert ask() == (503, {"status": "down", "database": "ok", "redis": "ok", "worker": "down", "beat": "ok"})
    finally:
        beat.end()
        worker.end()


def test_a_worker_that_finishes_nothing_is_stuck(ask, redis):
    redis.command(f"SET {health.WORKER} 1")
    redis.command(f"SET {health.BEAT} 1")
    assert ask()[1]["worker"] == "stuck"
    redis.command(f"DEL {health.BEAT}")  # without beat nothing arrives to be finished
    assert ask()[1]["worker"] == "ok"


def test_signs_of_life_expire(redis, settings):
    health.beat_key(health.WORKER)
    assert 0 < int(redis.command(f"TTL {health.WORKER}").lstrip(":")) <= 30


def test_without_redis(ask, redis):
    redis.child.end()
    status, body = ask()
    assert status == 503
    assert (body["redis"], body["worker"], body["beat"]) == ("down", "unknown", "unknown")
    health.beat_key(health.WORKER)  # never raises: health does not break what it watches


@pytest.fixture
def database_at(monkeypatch):
    """Let the page look for its database elsewhere."""
    usual = health.connection_parameters

    def database_at(**address):
        monkeypatch.setattr(health, "connection_parameters", lambda: usual() | address)

    return database_at


def test_without_database(ask, redis, database_at):
    database_at(host="/nonexistent")
    status, body = ask()
    assert (status, body["database"], body["redis"]) == (503, "down", "ok")


def test_a_database_that_hangs_does_not_hang_the_page(ask, redis, database_at):
    """It accepts the connection and then says nothing, as a frozen server does."""
    with socket.socket() as frozen:
        frozen.bind(("127.0.0.1", 0))
        frozen.listen()
        database_at(host="127.0.0.1", port=frozen.getsockname()[1])
        start = time.monotonic()
        assert ask()[1]["database"] == "down"
        assert time.monotonic() - start < 5


@pytest.mark.django_db
def test_nothing_secret_is_said(ask, redis):
    _status, body = ask()
    assert set(body) == {"status", "database", "redis", "worker", "beat"}
    assert set(body.values()) <= {"ok", "down", "unknown", "stuck"}
