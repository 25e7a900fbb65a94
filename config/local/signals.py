"""How the person at the terminal, or the machine, tells us to stop."""

import ctypes
import os
import re
import signal
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Stopped(BaseException):
    """Ctrl-C or a request to end. Not an Exception, so that no `except Exception` swallows it."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


class Requests:
    """The first request raises Stopped; the next ones only shorten the waits of the stop already going on."""

    count = 0
    make = None

    @classmethod
    def stopping(cls):
        """We are stopping for a reason of our own: a request must not interrupt that, only speed it up."""
        cls.count = max(cls.count, 1)

    @classmethod
    def hurry(cls):
        return cls.count > 1


def install():
    """Listen to Ctrl-C, `kill` and a closed terminal."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    if os.environ.get("MAKELEVEL"):
        # A killed `make` must not leave us behind; it has no other way to tell.
        die_with_parent(signal.SIGTERM)
        Requests.make = os.getppid()


def _on_signal(number, _frame):
    Requests.count += 1
    if Requests.count == 1:
        raise Stopped(number)


def die_with_parent(number):
    """Ask the kernel to send this signal to the calling process when its parent dies, even by kill -9."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def listen():
    """Notice a SIGINT that went to `make` alone (`kill -INT`, not Ctrl-C): call it while waiting.

    make keeps it to itself and waits for us to end; all that shows is that it blocks the signal from then on.
    """
    if Requests.make and not Requests.count and _blocks(Requests.make, signal.SIGINT):
        _on_signal(signal.SIGINT, None)


def _blocks(pid, number):
    try:
        found = re.search(r"^SigBlk:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    except OSError:
        return False
    return bool(found and int(found[1], 16) >> (number - 1) & 1)
