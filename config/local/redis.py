"""A private Redis: a unix socket, no port."""

import shutil
import socket
import time

from config.local.processes import Child
from config.local.say import Failure, tail


class Redis:
    def __init__(self, room, *, keep):
        self.room = room
        self.keep = keep
        self.data = room.data / "redis"
        self.socket = room.sockets / "redis.sock"
        self.child = None

    @property
    def url(self):
        return f"unix://{self.socket}"

    def start(self):
        self.data.mkdir(exist_ok=True, mode=0o700)
        # What waits in the queues must outlive a restart, except in a test run.
        persistence = ["--appendonly", "yes"] if self.keep else ["--save", "", "--appendonly", "no"]
        network = ["--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"]
        # Many databases: each parallel test process takes one.
        options = ["--daemonize", "no", "--databases", "64", "--dir", self.data]
        self.child = Child(
            name="redis",
            argv=[shutil.which("redis-server"), *network, *options, *persistence],
            log=self.room.logs / "redis.log",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            orphan=15,
        )
        self.child.start()
        self._wait()
        return self.child

    def _wait(self):
        while self.command("PING") != "+PONG":
            if self.child.dead():
                raise Failure(f"Redis ne démarre pas :\n{tail(self.child.log)}\nJournal : {self.child.log}")
            time.sleep(0.05)

    def command(self, line):
        """One inline command, without a client library; the reply's first line, or an empty one."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(line.encode() + b"\r\n")
                return connection.recv(512).decode(errors="replace").splitlines()[0]
        except (OSError, IndexError):
            return ""
