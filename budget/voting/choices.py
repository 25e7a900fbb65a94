"""What a ballot may say, and how it is written down. Reads no database.

A ballot is {number on the paper: value}: 1 where a project is only chosen, its place from 1 where projects are ranked,
its points, or its grade (0 the lowest). Written down it is one text, the same for the same choice, empty when blank:
`3,7,12` (chosen, by number), `7,3,12` (ranked, the first first), `3:5,7:2` (points or grades, by number).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from common.money import euros

MONEY, APPROVAL, ONE, POINTS, RANKING, GRADES = KINDS = ("money", "approval", "one", "points", "ranking", "grades")
VALUED = (POINTS, GRADES)
# From the best; the value of the last is 0. A project without a grade has the last (budget.counting.judgment).
GRADE_WORDS = (
    pgettext_lazy("grade", "excellent"),
    pgettext_lazy("grade", "good"),
    pgettext_lazy("grade", "fair"),
    pgettext_lazy("grade", "poor"),
    pgettext_lazy("grade", "to be rejected"),
)
BEST = len(GRADE_WORDS) - 1
MAX_TEXT = 20_000
MOST = 9999
SHAPE = re.compile(r"\d{1,4}(:\d{1,4})?(,\d{1,4}(:\d{1,4})?)*", re.ASCII)


@dataclass(frozen=True)
class Limits:
    """What the paper of an envelope allows. `costs` in cents by number; None is no limit."""

    kind: str
    amount: int
    costs: Mapping[int, int] = field(default_factory=dict)
    max_choices: int | None = None
    max_points: int | None = None
    max_points_each: int | None = None


def written(kind: str, given: Mapping[int, int]) -> str:
    """The text of a choice."""
    if kind == RANKING:
        return ",".join(str(number) for number, _place in sorted(given.items(), key=lambda one: one[1]))
    if kind in VALUED:
        return ",".join(f"{number}:{value}" for number, value in sorted(given.items()))
    return ",".join(map(str, sorted(given)))


def read(kind: str, text: str) -> dict[int, int]:
    """The choice of a text as `written` makes it. Raises ValueError for anything else: one choice has one text."""
    if not text:
        return {}
    if len(text) > MAX_TEXT or not SHAPE.fullmatch(text):
        raise ValueError("no ballot is written like this")
    parts = [part.split(":") for part in text.split(",")]
    if any(len(part) != (2 if kind in VALUED else 1) for part in parts):
        raise ValueError(f"no ballot of {kind} is written like this")
    numbers = [int(part[0]) for part in parts]
    if kind in VALUED:
        values = [int(part[1]) for part in parts]
    else:
        values = range(1, len(parts) + 1) if kind == RANKING else [1] * len(parts)
    given = dict(zip(numbers, values, strict=True))
    if len(given) != len(parts) or written(kind, given) != text:
        raise ValueError("a project is named twice, or not in its place")
    return given


def spent(limits: Limits, given: Mapping[int, int]) -> int:
    """What the chosen projects cost together, in cents."""
    return sum(limits.costs.get(number, 0) for number in given)


def mistakes(limits: Limits, given: Mapping[int, int]) -> list[str]:
    """What is wrong with a ballot, in words for who filled it in; empty where it can be cast."""
    if strangers := sorted(set(given) - set(limits.costs)):
        return [
            ngettext(
                "No. %(numbers)s is not on this ballot paper.",
                "Nos. %(numbers)s are not on this ballot paper.",
                len(strangers),
            )
            % {"numbers": ", ".join(map(str, strangers))}
        ]
    return [*CHECKS[limits.kind](limits, given)]


def _money(limits: Limits, given):
    over = spent(limits, given) - limits.amount
    if over > 0:
        yield _("These projects cost %(over)s more than the envelope holds. Take one or more away.") % {
            "over": euros(over)
        }
    yield from _approval(limits, given)


def _approval(limits: Limits, given):
    if limits.max_choices is not None and len(given) > limits.max_choices:
        yield (
            ngettext(
                "Choose at most %(most)s project; you chose %(count)s.",
                "Choose at most %(most)s projects; you chose %(count)s.",
                limits.max_choices,
            )
            % {"most": limits.max_choices, "count": len(given)}
        )


def _one(_limits: Limits, given):
    if len(given) > 1:
        yield _("Choose one project only.")


def _points(limits: Limits, given):
    if any(value < 1 or value > MOST for value in given.values()):
        yield _("Points are whole numbers from 0.")
        return
    each, total = limits.max_points_each, sum(given.values())
    if each is not None and any(value > each for value in given.values()):
        yield ngettext("At most %(most)s point for a project.", "At most %(most)s points for a project.", each) % {
            "most": each
        }
    if limits.max_points is not None and total > limits.max_points:
        yield _("You gave %(count)s points; you have %(most)s.") % {"count": total, "most": limits.max_points}
    yield from _approval(limits, given)


def _ranking(limits: Limits, given):
    if sorted(given.values()) != list(range(1, len(given) + 1)):
        yield _("Give each place once, from 1 on, without a gap.")
    yield from _approval(limits, given)


def _grades(_limits: Limits, given):
    if any(not 0 <= value <= BEST for value in given.values()):
        yield _("Choose a grade of the list.")


CHECKS = {
    MONEY: _money,
    APPROVAL: _approval,
    ONE: _one,
    POINTS: _points,
    RANKING: _ranking,
    GRADES: _grades,
}
