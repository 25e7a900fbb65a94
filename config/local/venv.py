""".venv, made from the hash-locked requirements and left alone until the lock changes."""

import hashlib
import json
import os
import subprocess
import sys

from config.local.paths import ROOT, VENV
from config.local.say import Failure, run_step

PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".parvis-locks.json"
HINT = "La suite de paquets vient de l'index configuré pour pip : vérifiez l'accès au réseau, puis relancez."


def lock_file(name):
    return ROOT / "requirements" / f"{name}.txt"


def lock_hash(name):
    """What identifies an installed lock: its content and the Python it was installed for."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}".encode()
    return hashlib.sha256(version + lock_file(name).read_bytes()).hexdigest()


def stamp():
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def ensure(name):
    """Make .venv hold this lock (`base` or `test`; the second contains the first)."""
    if not usable():
        _create()
    if stamp().get(name) == lock_hash(name):
        return
    pip = [
        PYTHON,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "install",
        "--progress-bar",
        "off",
    ]
    run_step(
        f"Installation des paquets Python (requirements/{name}.txt)",
        [*map(str, pip), "--require-hashes", "-r", str(lock_file(name))],
        stream=True,
        hint=HINT,
        cwd=ROOT,
    )
    installed = [name, "base"] if name == "test" else [name]
    STAMP.write_text(json.dumps({each: lock_hash(each) for each in installed}))


def usable():
    """A .venv half made, or made for a Python that is gone, is no .venv."""
    check = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        found = subprocess.run([PYTHON, "-c", check], capture_output=True, text=True, timeout=60)
    except OSError:
        return False
    return found.stdout.strip() == f"{sys.version_info.major}.{sys.version_info.minor}"


def _create():
    if VENV.is_symlink():
        raise Failure(f"{VENV} est un lien vers un environnement inutilisable : supprimez le lien, puis relancez.")
    # The Python underneath: that of .venv itself, if it is activated, cannot rebuild .venv.
    base = getattr(sys, "_base_executable", None) or sys.executable
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
    run_step("Création de .venv", [base, "-m", "venv", "--clear", str(VENV)], env=clean, cwd=ROOT)
