"""`make run`: the web server, the worker and the clock, watched together."""

import hashlib
import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import time

from config.local import migrations
from config.local.paths import ROOT
from config.local.processes import Child
from config.local.say import Failure, Progress, run_step, say, tail
from config.local.services import Services
from config.local.signals import Requests, Stopped, listen
from config.local.venv import PYTHON

QUEUES = "default,mail,geo,count,settle"
START_SECONDS = 120
# Written by common/health.py. A key left by the previous run would say "well" before anything is.
HEALTH_KEYS = "parvis:health:worker parvis:health:beat parvis:health:round"


def host():
    """Only this machine, unless told otherwise: the demo's accounts have no password."""
    return os.environ.get("PARVIS_HOST") or "127.0.0.1"


def port():
    """PORT if given and free, else the first free one from 8000."""
    given = os.environ.get("PORT")
    if given:
        if not given.isdigit() or not 0 < int(given) < 65536:
            raise Failure(f"PORT={given} n'est pas un numéro de port (1 à 65535).")
        problem = _unusable(int(given))
        if problem:
            raise Failure(f"Le port {given} ne peut pas servir ({problem}). Choisissez-en un autre : make run PORT=…")
        return int(given)
    for number in range(8000, 8100):
        if not _unusable(number):
            return number
    raise Failure("Les ports 8000 à 8099 sont tous pris. Choisissez-en un autre : make run PORT=…")


def _unusable(number):
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host(), number))
            probe.listen()
    except OSError as error:
        return "déjà pris" if error.errno == 98 else os.strerror(error.errno)
    return ""


def children(room, env, number):
    """Web, worker, beat: in the order they start; they stop in the reverse order."""
    python = [PYTHON, "-m"]
    celery = [*python, "celery", "-A", "config.celery"]
    options = {"env": env, "cwd": str(ROOT)}
    (room.data / "beat").mkdir(exist_ok=True)
    worker = [*celery, "worker", "-Q", QUEUES, "-c", "2", "-n", "parvis@%h", "-l", "info", "--without-mingle"]
    beat = [*celery, "beat", "-s", room.data / "beat" / "schedule", "--pidfile", "", "-l", "info"]
    web = [*python, "uvicorn", "config.asgi:application", "--host", host(), "--port", number]
    # Live streams never end by themselves: after 3 s the server closes them.
    web += ["--lifespan", "off", "--no-server-header", "--timeout-graceful-shutdown", "3"]
    return [
        # SIGTERM lets a task finish; SIGQUIT puts it back in the queue (acks_late).
        Child(
            "worker",
            worker,
            room.logs / "worker.log",
            stop=[(signal.SIGTERM, 10), (signal.SIGQUIT, 3)],
            **options,
        ),
        Child("beat", beat, room.logs / "beat.log", **options),
        Child("web", web, room.logs / "web.log", **options),
    ]


def run(room):
    """From stopped services to a platform that answers, until somebody stops it."""
    number = port()
    address = f"http://localhost:{number}"
    with Services(room, "run") as services:
        services.check_given()
        env = services.environment()
        env.setdefault("BASE_URL", address)
        fill_database(room, env)
        accounts = demo_accounts(env)
        if services.redis:
            services.redis.command(f"DEL {HEALTH_KEYS}")
        started = []
        try:
            for child in children(room, env, number):
                child.start()
                started.append(child)
                services.remember(more=started, address=address)
            watched = [*services.children, *started]
            wait_until_well(number, watched)
            say(f"\n✓ Parvis tourne : {address}\n\n{accounts.communicate()[0] or next_step(address)}")
            say(f"Journaux : {room.logs}\nArrêter : Ctrl-C\n")
            watch(watched)
        except Stopped:
            say("\nArrêt…")
            raise
        except Failure as failure:
            say(f"\n✗ {failure}\n\nArrêt du reste…")
            raise SystemExit(1) from None
        finally:
            Requests.stopping()
            for child in reversed(started):
                child.end()
            accounts.kill()
            accounts.wait()


def manage(env, title, *arguments):
    run_step(title, [str(PYTHON), "manage.py", *arguments], env=env, cwd=ROOT)


def fill_database(room, env):
    """The schema and the demo city, unless this very code has already filled this very cluster."""
    private = not os.environ.get("DATABASE_URL")
    if private and room.filled() == fingerprint():
        return
    manage(env, "Mise à jour du schéma de la base", "migrate", "--noinput")
    if demo():
        manage(env, "Ville de démonstration", "seed_demo", "--if-empty")
    if private:
        room.fill(fingerprint())


def demo():
    """Whether an empty database gets the demo city; PARVIS_DEMO is read as the settings read it."""
    return os.environ.get("PARVIS_DEMO", "1").lower() in {"1", "true", "on", "ok", "y", "yes"}


def next_step(address):
    """What to do with a town that has no demo account."""
    return (
        f'Dans un autre terminal : {same_place()}make manage ARGS="createsuperuser"\n'
        f"puis se connecter sur {address}/compte/connexion/ avec cette adresse (le code est sur {address}/dev/mail/)\n"
        f"et remplir {address}/admin/\n"
    )


def same_place():
    """What another command needs before it to reach this run's database; never a password on the screen."""
    folder = os.environ.get("PARVIS_DATA")
    return (f"PARVIS_DATA={shlex.quote(folder)} " if folder else "") + (
        'DATABASE_URL="$DATABASE_URL" ' if os.environ.get("DATABASE_URL") else ""
    )


def fingerprint():
    """What decides the content: our migrations, the packages that bring theirs, and whether the demo is wanted."""
    files = [path for folder in migrations.folders() for path in sorted(folder.glob("*.py"))]
    texts = [path.read_bytes() for path in [*files, ROOT / "requirements/base.txt"]]
    return hashlib.sha256(b"\0".join([*texts, str(demo()).encode()])).hexdigest()


def demo_accounts(env):
    """Asked while the rest starts, because Django takes a second or two to wake up."""
    argv = [str(PYTHON), "manage.py", "seed_demo", "--list-accounts", "--skip-checks"]
    return subprocess.Popen(argv, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)


def check(watched):
    listen()
    for child in watched:
        if child.dead():
            code = child.process.returncode
            how = f"signal {-code}" if code < 0 else f"code {code}"
            raise Failure(f"« {child.name} » s'est arrêté ({how}). Fin de {child.log} :\n{tail(child.log)}")


def watch(watched):
    while True:
        check(watched)
        time.sleep(0.5)


def wait_until_well(number, watched):
    """Until /healthz says that all is well; what it says meanwhile is shown."""
    progress = Progress("Démarrage")
    limit = time.monotonic() + START_SECONDS
    while True:
        check(watched)
        status, report = health(number)
        if status == 200:
            break
        if time.monotonic() > limit:
            logs = "\n".join(f"{child.log} :\n{tail(child.log, 8)}" for child in watched)
            raise Failure(f"La plateforme ne répond pas après {START_SECONDS} s ({report}).\n{logs}")
        progress.update(report)
        time.sleep(0.4)
    progress.end()


def health(number):
    """The status of /healthz and, in words, what is not well yet."""
    everywhere = host() == "0.0.0.0"  # noqa: S104 (a comparison)
    connection = http.client.HTTPConnection("127.0.0.1" if everywhere else host(), number, timeout=10)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        response = connection.getresponse()
        body = json.loads(response.read())
        waiting = [name for name, value in body.items() if name != "status" and value != "ok"]
        return response.status, "attend : " + ", ".join(waiting) if waiting else ""
    except ValueError:
        return response.status, f"/healthz répond {response.status}"
    except (OSError, http.client.HTTPException):
        return 0, "attend : web"
    finally:
        connection.close()
