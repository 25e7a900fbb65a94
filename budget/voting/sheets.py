"""A ballot paper as a form: what its fields are called, what was filled in, how it is shown."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from budget.participatory.models import Envelope
from budget.voting.choices import BEST, GRADE_WORDS, GRADES, MONEY, ONE, POINTS, RANKING, Limits, mistakes, spent
from budget.voting.models import PaperLine

CHOSEN = "projet"
VALUES = {POINTS: "points", RANKING: "rang", GRADES: "note"}
GRADE_CHOICES = [(BEST - place, word) for place, word in enumerate(GRADE_WORDS)]


@dataclass(frozen=True)
class Row:
    """A line of the paper with what was filled in."""

    line: PaperLine
    value: int | None
    kind: str

    @property
    def name(self) -> str:
        return f"{VALUES[self.kind]}-{self.line.number}" if self.kind in VALUES else CHOSEN

    @property
    def grade(self) -> str:
        """The word of its grade."""
        return GRADE_WORDS[BEST - self.value] if self.value is not None and 0 <= self.value <= BEST else ""


def filled(kind: str, lines: list[PaperLine], data: QueryDict) -> tuple[dict[int, int], list[str]]:
    """What a form says as {number: value}, and what in it is no answer at all. Points of 0 are none."""
    if kind not in VALUES:
        return _chosen(data.getlist(CHOSEN))
    given, wrong = {}, []
    for line in lines:
        text = data.get(f"{VALUES[kind]}-{line.number}", "").strip()
        if not text:
            continue
        if not text.isascii() or not text.isdigit() or len(text) > 4:
            names = {"text": text[:20], "number": line.number}
            wrong.append(_("“%(text)s” for no. %(number)s is no whole number.") % names)
        elif int(text) or kind != POINTS:
            given[line.number] = int(text)
    return given, wrong


def _chosen(texts: list[str]) -> tuple[dict[int, int], list[str]]:
    if any(not text.isascii() or not text.isdigit() or len(text) > 4 for text in texts):
        return {}, [_("This form was changed on its way: open the ballot paper again.")]
    numbers = [int(text) for text in texts]
    given = dict.fromkeys(numbers, 1)
    return given, [_("A project is named twice.")] if len(given) < len(numbers) else []


def known(given: dict[int, int], lines: list[PaperLine]) -> dict[int, int]:
    """What of it is on the paper."""
    numbers = {line.number for line in lines}
    return {number: value for number, value in given.items() if number in numbers}


def rows(envelope: Envelope, lines: list[PaperLine], given: dict[int, int]) -> list[Row]:
    """Every line of the paper, in its order."""
    return [Row(line, given.get(line.number), envelope.ballot) for line in lines]


def chosen_rows(envelope: Envelope, lines: list[PaperLine], given: dict[int, int]) -> list[Row]:
    """The lines that were filled in: ranked ones by their place, graded ones from the best, others as on the paper."""
    found = [row for row in rows(envelope, lines, given) if row.value is not None]
    if envelope.ballot == RANKING:
        return sorted(found, key=lambda row: row.value)
    return sorted(found, key=lambda row: -row.value) if envelope.ballot in (GRADES, POINTS) else found


def tally(limits: Limits, given: dict[int, int]) -> dict:
    """What the bar beside the ballot says: how much is left, in the unit of this paper; cents for money."""
    total = {MONEY: limits.amount, POINTS: limits.max_points, ONE: 1}.get(limits.kind, limits.max_choices)
    used = {MONEY: spent(limits, given), POINTS: sum(given.values())}.get(limits.kind, len(given))
    return {
        "kind": limits.kind,
        "total": total,
        "used": used,
        "left": None if total is None else total - used,
        "count": len(given),
        "fits": not mistakes(limits, given),
    }
