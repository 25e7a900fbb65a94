"""Where a checkout keeps what it must not keep in itself: data, logs, sockets, locks."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import stat
import tempfile
from pathlib import Path

from config.local.say import Failure

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
SOCKET_LIMIT = 107  # bytes the kernel takes for a unix socket's path


def key(text):
    return hashlib.sha256(str(text).encode()).hexdigest()[:12]


def data_home():
    """The data of this checkout, and of no other one on the machine."""
    if os.environ.get("PARVIS_DATA"):
        return Path(os.environ["PARVIS_DATA"]).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/parvis") / key(ROOT)
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    return Path(base) / "parvis" / key(ROOT)


def socket_dir(data):
    """A short directory for the sockets of this data directory: the kernel allows 107 bytes in all."""
    name = f"parvis-{key(data)}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.geteuid() == 0 and os.access("/run", os.W_OK):
        return Path("/run") / name
    if runtime and len(runtime) < 60 and os.access(runtime, os.W_OK) and os.geteuid():
        return Path(runtime) / name
    return Path("/tmp") / f"{name}-{os.geteuid()}"  # noqa: S108 (ownership is checked in private_dir)


def private_dir(path, owner=None):
    """Create a directory only its owner can enter; refuse one that somebody else laid there."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(parents=True, mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), owner or os.geteuid()}:
        raise Failure(f"{path} appartient à un autre utilisateur : supprimez-le, puis relancez.")
    path.chmod(0o700)
    if owner is not None and os.geteuid() == 0:
        os.chown(path, owner, -1)


class Room:
    """The data of one set of services: `run`'s, a test run's, or the benchmarks'."""

    def __init__(self, data):
        self.data = data
        self.sockets = socket_dir(data)
        self.logs = data / "log"
        self.state_file = data / "state.json"
        self._lock = None

    @classmethod
    def named(cls, kind):
        return cls(data_home() if kind == "run" else data_home() / kind)

    @classmethod
    def throw_away(cls):
        """A room of its own for each test run, so that two at once do not meet."""
        home = data_home()
        make_home(home)
        new = Path(tempfile.mkdtemp(prefix="new-", dir=home))
        locked = cls(new)
        locked.try_lock()
        # Named test-… only once it is locked: another run sweeps away what has that name and no lock.
        room = cls(new.rename(home / new.name.replace("new-", "test-")))
        room._lock = locked._lock
        return room

    def open(self):
        make_home(self.data)
        self.logs.mkdir(exist_ok=True, mode=0o700)

    def try_lock(self):
        """Take the room if it is free. The kernel frees it when we die, however we die."""
        self.open()
        handle = open(self.data / "lock", "a+")  # noqa: SIM115 (held as long as we live)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            return False
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        self._lock = handle
        return True

    def unlock(self):
        if self._lock:
            self._lock.close()
            self._lock = None

    def holder(self):
        """The process that holds the lock, as it wrote it."""
        text = (self.data / "lock").read_text().strip()
        return int(text) if text.isdigit() else None

    def state(self):
        try:
            return json.loads(self.state_file.read_text())
        except (OSError, ValueError):
            return {}

    def write_state(self, **state):
        temporary = self.state_file.with_suffix(".new")
        temporary.write_text(json.dumps(state))
        temporary.replace(self.state_file)

    def filled(self):
        """Which code filled this room's own cluster last; it lies in the cluster, and goes with it."""
        try:
            return (self.data / "postgres" / "parvis-filled").read_text()
        except OSError:
            return ""

    def fill(self, fingerprint):
        (self.data / "postgres" / "parvis-filled").write_text(fingerprint)

    def remove(self):
        shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)


def make_home(path):
    """Others may pass through (PostgreSQL runs as another user when we are root) but not look around."""
    path.mkdir(parents=True, exist_ok=True)
    if path.stat().st_uid == os.geteuid():
        path.chmod(0o711)
    if path == ROOT or ROOT in path.parents:
        raise Failure(f"PARVIS_DATA ({path}) doit être hors du dossier du code.")


def rooms():
    """Every room of this checkout that exists."""
    home = data_home()
    found = [home, home / "bench", *sorted(home.glob("test-*"))]
    return [Room(path) for path in found if path.is_dir()]
