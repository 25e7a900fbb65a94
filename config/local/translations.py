"""French texts: compile what changed, and find what is missing."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from config.local.paths import ROOT
from config.local.say import Failure
from config.local.venv import PYTHON


def catalogues():
    """Every .po of the project, wherever an app keeps it."""
    return sorted(
        path for path in ROOT.glob("**/locale/*/LC_MESSAGES/*.po") if path.relative_to(ROOT).parts[0] != ".venv"
    )


def compile_all():
    """Compile the catalogues that changed since they were last compiled."""
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        new = target.with_suffix(".mo.new")
        done = subprocess.run(["msgfmt", "--check-format", "-o", new, source], capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"Traduction invalide :\n{done.stderr.strip()}")
        new.replace(target)


# --- what is missing -----------------------------------------------------------------------------------


def apps(root=ROOT):
    """The project's apps: the folders that have an AppConfig."""
    return sorted(path.parent for path in root.glob("**/apps.py") if path.relative_to(root).parts[0] != ".venv")


def problems(root=ROOT):
    """Every text that a French reader would see in English, and where it is; empty when all is well.

    The texts are extracted from a copy, so that checking changes nothing in the checkout.
    """
    found = []
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place)
        for app in apps(root):
            target = copy / app.relative_to(root)
            shutil.copytree(app, target, ignore=shutil.ignore_patterns("__pycache__", "*.mo"), dirs_exist_ok=True)
            (target / "locale" / "fr" / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
        for app in apps(root):
            failed = _extract(copy / app.relative_to(root))
            found += [failed] if failed else []
        script = Path(__file__).with_name("untranslated.py")
        done = subprocess.run([PYTHON, script, copy], capture_output=True, text=True, cwd=root)
        found.append(done.stdout.strip() + done.stderr.strip())
    return "\n".join(text for text in found if text)


def _extract(app):
    """Django's makemessages, in an app's copy. What went wrong, or nothing."""
    # A sub-app has catalogues of its own, and another project's files are nobody's texts.
    nested = [path.parent.relative_to(app) for path in app.glob("*/**/apps.py")]
    ignore = [part for path in nested for part in ("-i", f"{path}/*")]
    for domain in ("django", "djangojs"):
        argv = [PYTHON, "-m", "django", "makemessages", "-l", "fr", "-d", domain, "--no-obsolete", *ignore]
        env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        done = subprocess.run(argv, cwd=app, env=env, capture_output=True, text=True)
        if done.returncode:
            return f"{app.name} : {done.stderr.strip()}"
    return ""
