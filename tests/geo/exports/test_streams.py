"""Rows that leave as they are read: through the real server, without gathering, and seen to break where they break."""

import io
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pyogrio
import pytest
from django.db import connection

from alerts.models import Alert
from geo import layers
from geo.exports import writers
from geo.exports.rows import CHUNK
from tests.engagement.posting import wait_for
from tests.geo.test_viewport import make_alerts

committed = pytest.mark.django_db(transaction=True)
LONG = "Un long récit sans donnée personnelle. " * 50
GROW = """
INSERT INTO alerts_alert (reference, tracking_token, submission, category_id, description, point, address,
    territories, body_id, reasons, status, contact_email, is_public, created_at, updated_at, answers, asset_code,
    also, text_hidden, source, origin, origin_key, priority, due_on, supports, confirmed, contested, public_text,
    public_address)
SELECT 'S' || n, 's-' || n, md5(n::text)::uuid, category_id, description, point, address,
    territories, body_id, reasons, status, '', true, created_at, updated_at, answers, asset_code,
    also, false, source, '', '', priority, due_on, supports, confirmed, contested, public_text,
    public_address
FROM alerts_alert, generate_series(1, %s) n
"""


def many(town, count: int) -> None:
    make_alerts(town, 1, public_text=LONG)
    with connection.cursor() as cursor:
        cursor.execute(GROW, [count - 1])


@contextmanager
def server():
    """The product's own web server on the test's database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.engagement.worker_settings",
        "TEST_DATABASE": connection.settings_dict["NAME"],
        "TEST_SMTP_PORT": "1",
    }
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            wait_for(lambda: _answers(client))
            yield client
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(client) -> bool:
    try:
        return client.get("/exports/alerts.sld").status_code == 200
    except httpx.TransportError:
        return False


def copying() -> list[int]:
    """Which connections send rows just now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
            " AND query LIKE 'COPY%'"
        )
        return [pid for (pid,) in cursor.fetchall()]


@committed
@pytest.mark.timeout(240)
def test_the_server_streams_and_a_broken_stream_is_seen_to_be_broken(town):
    rows = 20_000
    many(town, rows)
    with server() as client:
        for name in ("csv", "geojsonl"):
            body = client.get(f"/exports/alerts.{name}").read()
            assert body.count(b"\n") == rows + (name == "csv")
        assert pyogrio.read_info(io.BytesIO(body), force_feature_count=True)["features"] == rows
        file = client.get("/exports/alerts.fgb")
        assert pyogrio.read_info(io.BytesIO(file.content))["features"] == rows
        assert int(file.headers["Content-Length"]) == len(file.content)
        # The first bytes come while the database still has most of them to give.
        with client.stream("GET", "/exports/alerts.geojsonl", headers={"Accept-Encoding": "identity"}) as answer:
            assert answer.status_code == 200
            pieces = answer.iter_raw(65536)
            read = len(next(pieces))
            end_those_who_copy()
            with pytest.raises(httpx.RemoteProtocolError):
                read += sum(map(len, pieces))
        assert 0 < read < rows * len(LONG)
        # It serves on, and holds nothing.
        assert client.get("/exports/alerts.csv").read().count(b"\n") == rows + 1
        # Who goes away in the middle leaves nothing running.
        with client.stream("GET", "/exports/alerts.geojsonl", headers={"Accept-Encoding": "identity"}) as answer:
            next(answer.iter_raw(65536))
        wait_for(lambda: not copying())
        assert client.get("/exports/alerts.csv").status_code == 200


def end_those_who_copy() -> None:
    end = time.monotonic() + 20
    while not (pids := copying()):
        assert time.monotonic() < end, "control: nobody was sending rows any more"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [pids])


@pytest.mark.django_db
def test_pieces_come_as_rows_are_read(town):
    many(town, 4000)
    layer = layers.get("alerts")
    pieces = writers.stream(layer, Alert.objects.all(), "csv", 2154)
    assert next(pieces).startswith(b'"reference"')
    sizes = [len(piece) for piece in pieces]
    assert len(sizes) > 3
    assert max(sizes) < 2 * CHUNK
