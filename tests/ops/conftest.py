"""Rooms and services of their own: these tests stop and kill them."""

import pytest

from config.local.paths import Room
from config.local.redis import Redis


@pytest.fixture
def room(tmp_path):
    """A room with its socket directory, ready for a service."""
    room = Room(tmp_path / "data")
    room.open()
    room.sockets.mkdir(mode=0o700)
    yield room
    room.remove()


@pytest.fixture
def private_redis(room):
    service = Redis(room, keep=False)
    service.start()
    yield service
    service.child.end()
