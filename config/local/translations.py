"""French texts: compile what changed, and find what is missing."""

import subprocess

from config.local.paths import ROOT
from config.local.say import Failure


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
