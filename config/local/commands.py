"""One function per target of the Makefile."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

from config.local import app, checks, packages, services, translations, venv
from config.local.paths import ROOT, Room, data_home, rooms
from config.local.processes import birth
from config.local.say import Failure, Progress, run_step, say
from config.local.signals import Stopped, listen

PYTHON = str(venv.PYTHON)


def prepare(lock, *, tests=False):
    """From a bare machine to a .venv with its translations compiled."""
    given = {"database": not os.environ.get("DATABASE_URL"), "redis": not os.environ.get("REDIS_URL")}
    packages.ensure(**given, tests=tests)
    venv.ensure(lock)
    translations.compile_all()


def run(_arguments):
    """Lancer la plateforme et sa ville de démonstration (sans elle : PARVIS_DEMO=0)"""
    room = Room.named("run")
    if not room.try_lock():
        already = room.state().get("address") or "elle démarre"
        raise Failure(f"Parvis tourne déjà ici (processus {room.holder()}) : {already}\nPour l'arrêter : make stop")
    try:
        prepare("base")
        app.run(room)
    except Stopped:
        say("✓ Tout est arrêté.")
    finally:
        room.unlock()


def test(arguments):
    """Lancer les tests (ARGS="tests/geo -k nom" pour en choisir)"""
    with throw_away() as env:
        chosen = any(each.startswith(("-n", "--pdb")) for each in arguments)
        workers = [] if chosen else ["-n", cores()]
        env["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        return foreground([PYTHON, "-m", "pytest", *workers, *arguments], env)


def screenshots(_arguments):
    """Refaire les images des guides, sur une ville de démonstration neuve"""
    with throw_away() as env:
        app.manage(env, "Mise à jour du schéma de la base", "migrate", "--noinput")
        app.manage(env, "Ville de démonstration", "seed_demo", "--if-empty")
        return foreground([PYTHON, "-m", "docs.guides.screenshots"], env)


@contextlib.contextmanager
def throw_away():
    """What a browser and the platform need; gives the environment for it, and leaves nothing of it."""
    prepare("test", tests=True)
    sweep()
    room = Room.throw_away()
    try:
        with services.Services(room, "test") as running:
            running.check_given()
            yield running.environment() | {"PARVIS_CHROMIUM": packages.chromium()}
    finally:
        room.remove()
        room.unlock()


def cores():
    return str(max(2, len(os.sched_getaffinity(0))))


def sweep():
    """Remove what killed test runs left; a run that goes on holds its lock."""
    for room in rooms():
        if room.data.name.startswith("test-") and room.try_lock():
            services.heal(room)
            room.remove()
            room.unlock()


def foreground(argv, env):
    """A command that has the terminal. It gets Ctrl-C itself; we only wait, then insist."""
    stdin = None if sys.stdin and sys.stdin.isatty() else subprocess.DEVNULL
    process = subprocess.Popen(argv, env=env, cwd=ROOT, stdin=stdin)
    try:
        while process.poll() is None:
            listen()
            time.sleep(0.1)
        return process.returncode
    except Stopped as stopped:
        if stopped.number != signal.SIGINT or stdin is not None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise


def check(_arguments):
    """Vérifier style, gabarits, imports, migrations, traductions et réglages de production"""
    prepare("test")
    return checks.run_all()


def bench(arguments):
    """Mesurer les performances (ARGS passés à python -m benchmarks)"""
    prepare("test")
    room = Room.named("bench")
    if not room.try_lock():
        raise Failure(f"Une mesure est déjà en cours (processus {room.holder()}).")
    try:
        with services.Services(room, "bench") as running:
            running.check_given()
            env = running.environment()
            app.manage(env, "Mise à jour du schéma de la base", "migrate", "--noinput")
            return foreground([PYTHON, "-m", "benchmarks", *arguments], env)
    finally:
        room.unlock()


def manage(arguments):
    """Lancer une commande Django (ARGS="createsuperuser")"""
    prepare("base")
    room = Room.named("run")
    # It may change the schema or empty the database: the next start looks again.
    if room.filled():
        room.fill("")
    if not room.try_lock():
        env = services.environment(room, dict(os.environ) | services.urls_of(room))
        return foreground([PYTHON, "manage.py", *arguments], env)
    try:
        with services.Services(room, "run") as running:
            running.check_given()
            return foreground([PYTHON, "manage.py", *arguments], running.environment())
    finally:
        room.unlock()


def shell(arguments):
    """Ouvrir l'interpréteur Python de la plateforme"""
    return manage(["shell", *arguments])


def stop(_arguments):
    """Arrêter ce que ce dossier de code fait encore tourner"""
    if not data_home().exists():
        say("Rien ne tourne.")
        return
    for room in rooms():
        if not room.try_lock():
            _stop_holder(room)
            if not room.try_lock():
                continue
        services.heal(room)
        shutil.rmtree(room.sockets, ignore_errors=True)
        if room.data.name.startswith("test-"):
            room.remove()
        room.unlock()
    say("✓ Tout est arrêté.")


def _stop_holder(room):
    pid = room.holder()
    progress = Progress(f"Arrêt du processus {pid}")
    if pid and birth(pid):
        os.kill(pid, signal.SIGTERM)
    limit = time.monotonic() + 60
    while not room.try_lock():
        if time.monotonic() > limit:
            progress.end("✗")
            raise Failure(f"Le processus {pid} ne s'arrête pas.")
        progress.update()
        time.sleep(0.1)
    room.unlock()
    progress.end()


def lock(arguments):
    """Recalculer requirements/*.txt (ARGS="--upgrade" pour mettre à jour)"""
    packages.ensure(database=False, redis=False)
    venv.ensure("test")
    env = os.environ | {"CUSTOM_COMPILE_COMMAND": "make lock"}
    options = ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "--no-emit-options"]
    options += ["-q", "--generate-hashes", "--strip-extras", "--allow-unsafe", *arguments]
    # The product's versions first, then the same ones with the tools beside them.
    for name, more in (("base", []), ("test", ["--constraint", "requirements/base.txt"]), ("bench", [])):
        argv = [PYTHON, "-m", "piptools", "compile", *options, *more]
        argv += ["-o", f"requirements/{name}.txt", f"requirements/{name}.in"]
        run_step(f"requirements/{name}.txt", argv, env=env, cwd=ROOT)


def messages(_arguments):
    """Compiler les traductions"""
    translations.compile_all()


def show_help(_arguments):
    """Cette liste"""
    say("make <cible> :\n")
    for name, command in COMMANDS.items():
        say(f"  {name:11} {command.__doc__}")
    say(
        "\nVariables : PORT, PARVIS_HOST, PARVIS_DEMO, DATABASE_URL, REDIS_URL, PARVIS_DATA (voir docs/deployment.md)."
    )


COMMANDS = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "screenshots": screenshots,
    "manage": manage,
    "shell": shell,
    "stop": stop,
    "lock": lock,
    "messages": messages,
    "help": show_help,
}
