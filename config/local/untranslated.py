"""Run by .venv's Python, unlike the rest of this package: list what the catalogues leave in English."""

import sys
from pathlib import Path

import django
import polib

DJANGO = Path(django.__file__).parent / "conf/locale/fr/LC_MESSAGES/django.po"


def problems(root):
    """One line for each text without a French one, with the file that shows it."""
    catalogues = {path: polib.pofile(str(path)) for path in sorted(root.glob("**/locale/fr/LC_MESSAGES/*.po"))}
    # Django merges all catalogues: what it translates itself needs no second translation.
    known = {_identity(entry) for entry in polib.pofile(str(DJANGO)) if entry.translated()}
    for path, catalogue in catalogues.items():
        app = path.parents[3]
        for entry in catalogue:
            if entry.obsolete or (entry.translated() and "fuzzy" not in entry.flags):
                continue
            if "fuzzy" not in entry.flags and _identity(entry) in known:
                continue
            where = ", ".join(str((app / name).relative_to(root)) + f":{line}" for name, line in entry.occurrences)
            state = "douteux (fuzzy)" if "fuzzy" in entry.flags else "non traduit"
            yield f"{path.relative_to(root)} : {state} : {entry.msgid!r} ({where})"


def _identity(entry):
    return entry.msgctxt, entry.msgid


if __name__ == "__main__":
    for problem in problems(Path(sys.argv[1])):
        print(problem)
