"""The private cluster: made, killed, started again."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from config.local import services
from config.local.paths import Room
from config.local.processes import birth
from config.local.services import Services


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


def psql(running, query):
    cluster = ["psql", "-qXAt", "-h", str(running.room.sockets), "-U", "parvis", "-d", "parvis", "-c", query]
    return subprocess.run(cluster, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def room():
    """Not in pytest's folder, which is closed to the user PostgreSQL runs as when we are root."""
    room = Room(Path(tempfile.mkdtemp(prefix="parvis-test-")))
    yield room
    room.remove()


def test_private_services_from_nothing_to_a_second_start(room):
    with Services(room, "run") as running:
        assert psql(running, "SELECT postgis_lib_version() IS NOT NULL") == "t"
        assert psql(running, "SELECT 'Épinay' < 'Zuydcoote'") == "t"
        assert psql(running, "SHOW listen_addresses") == ""
        assert psql(running, "SHOW fsync") == "on"
        psql(running, "CREATE TABLE kept (id int)")
        family = [child.process.pid for child in running.children]
    assert not any(birth(pid) for pid in family)
    assert not room.sockets.exists()

    with Services(room, "run") as running:
        # As after a power cut: nobody could clean up, and the pid files lie.
        for child in running.children:
            os.kill(child.process.pid, signal.SIGKILL)
            child.process.wait()
        (room.data / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
        assert room.state()["children"]
        running.children = []
        services.heal(room)
        with Services(room, "run") as again:
            assert psql(again, "SELECT count(*) FROM kept") == "0"
