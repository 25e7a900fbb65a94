"""The ballots of a Pabulib file in the words of budget.voting.choices."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from django.utils.translation import gettext as _

from budget.counting import pabulib
from budget.counting.pabulib import PabulibError, PabulibFile
from budget.participatory.models import Envelope
from budget.recount.refusals import in_words
from budget.voting import choices
from budget.voting.models import Channel

# The words of the format for how people voted; ours are the same.
KNOWN = {Channel.INTERNET, Channel.PAPER}


class ImportRefused(ValueError):
    """Nothing is imported; the message says why, and names the file."""


def read(path: Path, *, voters: bool) -> PabulibFile:
    """The file at `path`. Raises ImportRefused with the line of what is wrong."""
    try:
        return pabulib.read(path, voters=voters)
    except PabulibError as problem:
        raise ImportRefused(f"{path.name}, {in_words(problem)}") from None
    except OSError as problem:
        raise ImportRefused(f"{path.name}: {problem.strerror}") from None


def ballot_kind(found: PabulibFile) -> str:
    """How people voted, in our words. A ranking that gives points of its own is kept as points."""
    kind = found.meta["vote_type"]
    if kind == "approval":
        return "money" if found.meta.get("max_sum_cost") else "approval"
    if kind == "ordinal" and _borda(found):
        return "ranking"
    return {"choose-1": "one"}.get(kind, "points")


def _borda(found: PabulibFile) -> bool:
    """Whether each ballot gives its last project one point and each before it one more."""
    ballots, scale = found.election.ballots, found.election.points_scale
    for first, last in zip(ballots.starts[:-1], ballots.starts[1:], strict=True):
        given = sorted(ballots.points[first:last].tolist())
        if given != [place * scale for place in range(1, last - first + 1)]:
            return False
    return True


def votes(path: Path, envelope: Envelope, numbers: dict[str, int]) -> Iterator[tuple[str, str]]:
    """(choices, channel) of each voter of a file, read again. Raises ImportRefused for points we cannot hold."""
    found = read(path, voters=True)
    columns = found.votes
    points = columns.get("points") if envelope.ballot in ("points", "ranking") else None
    methods = columns.get("voting_method")
    same: dict[tuple[str, str], str] = {}
    for at, vote in enumerate(columns["vote"]):
        said = vote, points[at] if points else ""
        if said not in same:
            same[said] = choices.written(envelope.ballot, _given(path, envelope, numbers, *said))
            if len(same[said]) > choices.MAX_TEXT:
                raise ImportRefused(_("%(name)s: a ballot names too many projects.") % {"name": path.name})
        yield same[said], methods[at] if methods and methods[at] in KNOWN else Channel.UNKNOWN


def _given(path: Path, envelope: Envelope, numbers: dict[str, int], vote: str, points: str) -> dict[int, int]:
    named = [numbers[one.strip()] for one in vote.split(",") if one.strip()]
    if envelope.ballot == "ranking":
        # A ranking with points says its order by them.
        given = [Fraction(one.strip()) for one in points.split(",") if one.strip()]
        if given:
            named = [number for _points, number in sorted(zip(given, named, strict=True), key=lambda one: -one[0])]
        return {number: place for place, number in enumerate(named, 1)}
    if envelope.ballot != "points":
        return dict.fromkeys(named, 1)
    given = [one.strip() for one in points.split(",") if one.strip()] or [
        str(len(named) - place) for place in range(len(named))
    ]
    values = [one.partition(".")[0] if re.fullmatch(r"\d+\.0*", one) else one for one in given]
    if any(not one.isdecimal() or int(one) > choices.MOST for one in values):
        raise ImportRefused(
            _("%(name)s: points are whole numbers from 0 to %(most)s here, not “%(points)s”.")
            % {"name": path.name, "most": choices.MOST, "points": points}
        )
    return dict(zip(named, map(int, values), strict=True))
