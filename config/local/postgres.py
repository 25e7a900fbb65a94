"""A private PostGIS cluster: a unix socket, no port, its data outside the checkout."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from config.local.processes import Child
from config.local.say import Failure, Progress, tail

ROLE = DATABASE = "parvis"
COMMON = {"jit": "off", "max_connections": "200", "max_locks_per_transaction": "256"}
# How careful each use must be with the disk. A test run throws its cluster away, so it need not be.
TUNING = {
    "run": {"shared_buffers": "128MB", "work_mem": "16MB"},
    "bench": {
        "shared_buffers": "512MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "4GB",
    },
    "test": {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "shared_buffers": "128MB",
        "autovacuum_naptime": "10min",
    },
}


@dataclass(frozen=True)
class Installation:
    version: int
    bin: Path


def installations():
    """The PostgreSQL servers of this machine that have PostGIS."""
    found = []
    for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin/postgres"):
        version = int(path.parts[-3])
        if _has_postgis(Path(f"/usr/share/postgresql/{version}")):
            found.append(Installation(version, path.parent))
    return found or _elsewhere()


def versions():
    """The versions that Debian's packages put here, with PostGIS or without."""
    return [int(path.parts[-3]) for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin/postgres")]


def _elsewhere():
    """Systems other than Debian put one PostgreSQL in the path."""
    if not shutil.which("pg_config"):
        return []
    ask = ["pg_config", "--bindir", "--sharedir", "--version"]
    lines = subprocess.run(ask, capture_output=True, text=True).stdout.splitlines()
    if len(lines) != 3 or not (Path(lines[0]) / "postgres").exists() or not _has_postgis(Path(lines[1])):
        return []
    return [Installation(int(lines[2].split()[1].split(".")[0]), Path(lines[0]))]


def _has_postgis(share):
    return any((share / "extension").glob("postgis*.control"))


def installation(version=None):
    """The newest PostgreSQL with PostGIS, or the one of this version."""
    found = [each for each in installations() if version in (None, each.version)]
    return max(found, key=lambda each: each.version, default=None)


def account():
    """Who runs the server: it refuses root, so root lends it Debian's `postgres` user. None: ourselves."""
    if os.geteuid():
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise Failure("PostgreSQL refuse de tourner en root et l'utilisateur « postgres » n'existe pas.") from None


class Cluster:
    def __init__(self, room, tuning):
        self.room = room
        self.tuning = tuning
        self.data = room.data / "postgres"
        self.account = account()
        self.install = self._matching()
        self.child = None

    @property
    def url(self):
        return f"postgis://{ROLE}@/{self.room.sockets}/{DATABASE}"

    def _matching(self):
        """A cluster only opens with the version that made it."""
        made = self.data / "PG_VERSION"
        version = int(made.read_text()) if made.exists() else None
        found = installation(version)
        if found is None:
            raise Failure(
                f"Les données de {self.data} demandent PostgreSQL {version} avec PostGIS, absent ici.\n"
                f"Réinstallez postgresql-{version} et postgresql-{version}-postgis-3, ou déplacez ce dossier."
            )
        return found

    def start(self):
        if not self.data.exists():
            self._create()
        # We hold the room's lock and have ended what was left in it: a pid file here is a dead one.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.child = self._server(self.data)
        self.child.start()
        self._wait(self.child)
        return self.child

    def _server(self, data):
        settings = COMMON | TUNING[self.tuning]
        settings |= {"listen_addresses": "", "unix_socket_permissions": "0700"}
        settings["unix_socket_directories"] = str(self.room.sockets)
        argv = [self.install.bin / "postgres", "-D", data]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return Child(
            name="postgres",
            argv=argv,
            log=self.room.logs / "postgres.log",
            env=_environment(),
            # SIGINT lets clients go and writes the data; SIGQUIT leaves a recovery to the next start.
            stop=[(signal.SIGINT, 30), (signal.SIGQUIT, 5)],
            orphan=signal.SIGINT,
            **self._identity(),
        )

    def _identity(self):
        return {"user": self.account.pw_uid, "group": self.account.pw_gid} if self.account else {}

    def _create(self):
        """initdb beside, then rename: an interrupted start leaves no half-made cluster."""
        progress = Progress("Création de la base de données")
        new = self.room.data / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if self.account:
            os.chown(new, self.account.pw_uid, self.account.pw_gid)
        # ICU's French order, so that « Épinay » is listed after « Eaubonne » and not after « Zuydcoote ».
        locale = ["--locale=C.UTF-8"]
        if self.install.version >= 15:
            locale += ["--locale-provider=icu", "--icu-locale=fr-FR"]
        options = [
            "--encoding=UTF8",
            "--text-search-config=french",
            "--auth=trust",
            f"--username={ROLE}",
            "--no-sync",
            *locale,
        ]
        self._run([self.install.bin / "initdb", "-D", new, *options])
        server = self._server(new)
        server.start()
        try:
            self._wait(server)
            for database in ("template1", "postgres"):
                # In the template too: each test database then starts with PostGIS in it.
                self._sql(database, "CREATE EXTENSION IF NOT EXISTS postgis")
            self._sql("postgres", f"CREATE DATABASE {DATABASE}")
        finally:
            server.end()
        new.rename(self.data)
        progress.end()

    def _run(self, argv):
        options = self._identity()
        if options:
            options["extra_groups"] = []
        done = subprocess.run(argv, env=_environment(), cwd="/", capture_output=True, text=True, **options)
        if done.returncode:
            raise Failure(
                f"{Path(argv[0]).name} a échoué :\n{done.stdout}{done.stderr}\n"
                f"L'utilisateur qui fait tourner PostgreSQL doit pouvoir entrer dans {self.room.data} "
                "(PARVIS_DATA choisit un autre dossier)."
            )

    def _sql(self, database, text):
        self._run([self.install.bin / "psql", "-qXh", self.room.sockets, "-U", ROLE, "-d", database, "-c", text])

    def _wait(self, server):
        progress = None
        ready = [self.install.bin / "pg_isready", "-q", "-h", self.room.sockets]
        start = time.monotonic()
        while subprocess.run(ready, env=_environment(), cwd="/").returncode:
            if server.dead():
                raise Failure(f"PostgreSQL ne démarre pas :\n{tail(server.log)}\nJournal : {server.log}")
            if time.monotonic() - start > 3:  # after a power cut it may have much to recover
                progress = progress or Progress("PostgreSQL reprend ses données")
                progress.update()
            time.sleep(0.1)
        if progress:
            progress.end()


def _environment():
    """Nothing of the caller's PostgreSQL settings (PGHOST, PGPORT…) and a language that is always there."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "HOME": "/"}
