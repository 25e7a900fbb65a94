"""The database and the queue a command needs: given by URL, else private ones for as long as it runs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from config.local import postgres, processes
from config.local.paths import ROOT, SOCKET_LIMIT, private_dir
from config.local.redis import Redis
from config.local.say import Failure, say
from config.local.signals import Requests
from config.local.venv import PYTHON

# make's own, which would confuse a `make` started by a child.
MAKE = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES"}


class Services:
    """Context manager: services run inside, and nothing of them after."""

    def __init__(self, room, tuning):
        self.room = room
        self.tuning = tuning
        self.children = []
        self.urls = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
        self.redis = None

    def __enter__(self):
        self.room.open()
        heal(self.room)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception):
        self.stop()

    def _start(self):
        account = postgres.account() if "DATABASE_URL" not in self.urls else None
        private_dir(self.room.sockets, owner=account.pw_uid if account else None)
        if len(str(self.room.sockets / ".s.PGSQL.5432.lock")) > SOCKET_LIMIT:
            raise Failure(f"Le chemin {self.room.sockets} est trop long pour une socket.")
        if "DATABASE_URL" not in self.urls:
            cluster = postgres.Cluster(self.room, self.tuning)
            self._started(cluster)
            self.urls["DATABASE_URL"] = cluster.url
        if "REDIS_URL" not in self.urls:
            self.redis = Redis(self.room, keep=self.tuning != "test")
            self._started(self.redis)
            self.urls["REDIS_URL"] = self.redis.url

    def _started(self, service):
        try:
            service.start()
        finally:
            if service.child:
                self.children.append(service.child)
                self.remember()

    def remember(self, more=(), **state):
        """Write down who runs, for `make stop` and for a start after kill -9."""
        self.room.write_state(pid=os.getpid(), children=processes.remember([*self.children, *more]), **state)

    def environment(self):
        """What the platform's own processes get."""
        kept = {name: value for name, value in os.environ.items() if name not in MAKE}
        return environment(self.room, kept | self.urls)

    def check_given(self):
        """Say plainly that a service given by its URL does not answer; Django would take fifty lines."""
        for name in ("DATABASE_URL", "REDIS_URL"):
            if os.environ.get(name):
                probe(name, self.environment())

    def stop(self):
        Requests.stopping()
        for child in reversed(self.children):
            child.end()
        self.children = []
        self.room.state_file.unlink(missing_ok=True)
        shutil.rmtree(self.room.sockets, ignore_errors=True)


def environment(room, base):
    return base | {
        "PARVIS_DATA": str(room.data),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{PYTHON.parent}:{base.get('PATH', '/usr/bin:/bin')}",
    }


def urls_of(room):
    """The addresses of the services of a room where another command runs."""
    return {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or f"postgis://parvis@/{room.sockets}/parvis",
        "REDIS_URL": os.environ.get("REDIS_URL") or Redis(room, keep=True).url,
    }


def probe(name, env):
    """Ask .venv's Python, which has the client libraries, whether the service at this URL answers."""
    script = Path(__file__).with_name("probe.py")
    try:
        found = subprocess.run([PYTHON, script, name], env=env, cwd=ROOT, capture_output=True, text=True, timeout=30)
        problem = (found.stderr.strip().splitlines() or ["?"])[-1] if found.returncode else ""
    except subprocess.TimeoutExpired:
        problem = "pas de réponse en 30 secondes"
    if problem:
        address = hide_password(os.environ[name])
        raise Failure(f"{name} est donné, mais ce service ne répond pas ({address}) :\n    {problem}")


def hide_password(url):
    return re.sub(r"://([^:/@]*):[^@]*@", r"://\1:…@", url)


def heal(room):
    """End what a killed start left in this room. We hold its lock, so nobody else uses it."""
    names = processes.end_leftovers(room.state().get("children", []))
    names += processes.end_leftovers(_postmaster(room))
    if names:
        say("Processus restés d'un arrêt brutal, arrêtés : " + ", ".join(names))
    room.state_file.unlink(missing_ok=True)


def _postmaster(room):
    """A server that still runs on this data, whoever started it: two on one cluster would ruin it."""
    try:
        pid = int((room.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return []
    return [("postgres", pid, processes.birth(pid))] if str(room.data / "postgres").encode() in command else []
