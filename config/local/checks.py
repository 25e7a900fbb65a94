"""`make check`: every check runs, each failure is shown, and the code says whether there was one."""

import os
import secrets
import subprocess
import time

from config.local import migrations, translations
from config.local.paths import ROOT
from config.local.say import say
from config.local.signals import listen
from config.local.venv import PYTHON

BIN = PYTHON.parent


def run_all():
    """Run every check, whatever the others say. Returns the exit code."""
    failed = [title for title, check in checks() if not _passes(title, check)]
    if failed:
        say("\n✗ À corriger : " + ", ".join(failed) + ".")
        return 1
    say("\n✓ Tout est en ordre.")
    return 0


def checks():
    """Each one returns the text of what is wrong, empty when all is well."""
    return [
        ("style du code (ruff check)", lambda: command("ruff", "check", "--output-format", "concise", ".")),
        ("mise en forme (ruff format)", lambda: command("ruff", "format", "--check", ".")),
        ("gabarits (djlint)", templates),
        ("sens des imports (lint-imports)", lambda: command("lint-imports", "--no-cache")),
        ("migrations linéaires", migrations.problems),
        ("migrations à jour", lambda: manage("makemigrations", "--check", "--dry-run", "--skip-checks")),
        ("traductions françaises", translations.problems),
        ("réglages de production (check --deploy)", deployment),
    ]


def _passes(title, check):
    start = time.monotonic()
    listen()
    problem = check()
    say(f"{'✗' if problem else '✓'} {title} ({time.monotonic() - start:.1f} s)")
    if problem:
        say("\n".join(f"    {line}" for line in problem.splitlines()))
    return not problem


def command(name, *arguments, env=None):
    """Run a tool of .venv. Its output if it fails, else nothing."""
    argv = [BIN / name, *arguments]
    environ = env or os.environ | {"PATH": f"{BIN}:{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        argv,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return (done.stdout.strip() or f"code {done.returncode}") if done.returncode else ""


def templates():
    """djlint's rules; its formatter is left out, because it changes its mind on its own output."""
    if not any(path for app in ROOT.iterdir() if app.name != ".venv" for path in app.glob("**/templates/**/*.html")):
        return ""
    return command("djlint", ".", "--lint", "--quiet")


def manage(*arguments, **variables):
    """manage.py with production's settings and values that open nothing: no check needs a service."""
    values = {
        "DATABASE_URL": "postgis://nobody@//nonexistent/none",
        "REDIS_URL": "unix:///nonexistent/redis.sock",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "parvis.example.org",
        "BASE_URL": "https://parvis.example.org",
        "DEFAULT_FROM_EMAIL": "Parvis <no-reply@parvis.example.org>",
        "EMAIL_URL": "smtp+tls://nobody:nothing@mail.example.org:587",
        "PARVIS_DATA": "/nonexistent",
    }
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    env = kept | values | {"DJANGO_SETTINGS_MODULE": "config.settings.production"} | variables
    # Without a database makemigrations only warns that it could not compare; the files are what we check.
    return command("python", "-W", "ignore::RuntimeWarning", "manage.py", *arguments, env=env)


def deployment():
    return manage("check", "--deploy", "--fail-level", "WARNING")
