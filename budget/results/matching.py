"""Which territory a file of an election is about: by its number, else by its name."""

import re
import unicodedata
from pathlib import Path

from django.utils.translation import gettext as _

from geo.models import Level, Territory

NUMBER = re.compile(r"\s*(\d{1,4})\s*[-–_.]")
IN_FILE_NAME = re.compile(r"_(\d{1,4})_-_")
LISTED = 30


class NoTerritory(ValueError):
    """No territory, or more than one, fits; the message says which there are."""


class Matcher:
    """The territories of one level, read once; those of the town that files name come first."""

    def __init__(self, level: Level):
        rows = Territory.objects.filter(level=level).current().select_related("level", "parent")
        self.level, self.rows = level, list(rows)

    def find(self, *, name: str, unit: str, path: Path) -> Territory:
        """The territory of that name ("10 - Jolimont / Soupetard"), of the town `unit`. Raises NoTerritory."""
        rows = [one for one in self.rows if one.parent and plain(one.parent.name) == plain(unit)] or self.rows
        number = _number(name, path)
        by_code = [one for one in rows if number and _ends(one.code, number)]
        bare = plain(NUMBER.sub("", name, count=1))
        by_name = [one for one in rows if plain(one.name) in (bare, plain(name))]
        for found in (by_code, by_name):
            if len(found) == 1:
                return found[0]
        known = ", ".join(f"{one.code} {one.name}" for one in rows[:LISTED]) or "–"
        problem = _("several territories fit") if len(by_code) + len(by_name) > 1 else _("no territory fits")
        raise NoTerritory(
            _("“%(name)s”: %(problem)s. Level %(level)s has: %(known)s.")
            % {"name": name, "problem": problem, "level": self.level.code, "known": known}
        )


def _number(name: str, path: Path) -> str:
    match = NUMBER.match(name) or IN_FILE_NAME.search(path.name)
    return match.group(1) if match else ""


def _ends(code: str, number: str) -> bool:
    """“7” is the number of the codes 7, 07, T1001-7 and T1001-07."""
    last = re.split(r"[^0-9A-Za-z]", code)[-1]
    return last.isdigit() and int(last) == int(number)


def plain(text: str) -> str:
    """The letters and digits of a name without accents and case, one blank between words."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", bare))
