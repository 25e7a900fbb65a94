"""Children: started so that they die with us, watched, and stopped to the last grandchild."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from config.local.signals import Requests, die_with_parent


@dataclass
class Child:
    """A long-lived process.

    `stop` are the signals to try in turn, each with the seconds to wait for it; SIGKILL to the whole group
    follows. `orphan` is what the kernel sends if we are killed: an orderly stop to a service that holds data,
    SIGKILL to the rest, because with its database gone a polite process might wait for ever.
    """

    name: str
    argv: list
    log: Path
    env: dict
    cwd: str = "/"
    user: int | None = None
    group: int | None = None
    stop: list = field(default_factory=lambda: [(signal.SIGTERM, 10)])
    orphan: int = signal.SIGKILL
    process: subprocess.Popen | None = None

    def start(self):
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        identity = {}
        if self.user is not None:
            identity = {"user": self.user, "group": self.group, "extra_groups": []}
        with self.log.open("wb") as output:
            # Its own session: Ctrl-C at the terminal reaches us alone, and we stop the children in order.
            self.process = subprocess.Popen(
                [str(part) for part in self.argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(self.orphan),
                **identity,
            )

    def dead(self):
        return self.process is not None and self.process.poll() is not None

    def end(self):
        """Stop it, politely first, and leave nothing of its group."""
        if self.process is None:
            return
        for number, seconds in self.stop:
            if self.dead():
                break
            self.process.send_signal(number)
            self._wait(seconds)
        _kill_group(self.process.pid)
        self.process.wait()

    def _wait(self, seconds):
        limit = time.monotonic() + seconds
        while not self.dead() and time.monotonic() < limit:
            if Requests.hurry():
                limit = min(limit, time.monotonic() + 2)
            time.sleep(0.05)


def _kill_group(group):
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def birth(pid):
    """When a process started, in the kernel's ticks: with the pid, its identity. None if there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def remember(children):
    """What a later start needs to recognise these children, should they outlive us."""
    return [[child.name, child.process.pid, birth(child.process.pid)] for child in children if child.process]


def end_leftovers(remembered, seconds=20):
    """End what an earlier, killed supervisor left. Returns the names of what was ended."""
    alive = [(name, pid) for name, pid, born in remembered if born and birth(pid) == born]
    for name, pid in reversed(alive):
        # SIGINT is PostgreSQL's quick and clean stop; its SIGTERM waits for clients.
        _signal(pid, signal.SIGINT if name == "postgres" else signal.SIGTERM)
        limit = time.monotonic() + seconds
        while birth(pid) and time.monotonic() < limit:
            time.sleep(0.05)
        _kill_group(pid)
    return [name for name, _pid in alive]


def _signal(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
