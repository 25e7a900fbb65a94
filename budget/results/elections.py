"""An envelope's closed vote as budget.counting takes it. Amounts are cents, `SCALE` of which make a euro."""

from collections import Counter
from dataclasses import dataclass

from budget.counting import Ballots, Election, Project
from budget.counting.election import APPROVAL, CHOOSE_1, CUMULATIVE, GRADES, ORDINAL
from budget.counting.pabulib.reading import WITHDRAWN_COST
from budget.participatory.models import Envelope
from budget.results.models import Source
from budget.voting import published
from budget.voting.models import PaperLine

SCALE = 100
VOTE_TYPES = {
    "money": APPROVAL,
    "approval": APPROVAL,
    "one": CHOOSE_1,
    "points": CUMULATIVE,
    "ranking": ORDINAL,
    "grades": GRADES,
}


@dataclass(frozen=True, eq=False)
class Vote:
    """What is counted: the paper, the election, ballots by channel, blank ones."""

    lines: list[PaperLine]
    ids: list[str]
    election: Election
    channels: dict[str, int]
    blank: int


def paper_ids(envelope: Envelope, lines: list[PaperLine]) -> list[str]:
    """The id of each project in counts and files: its reference, or what it had in the file that it came in."""
    source = Source.objects.filter(envelope=envelope).first()
    codes = source.codes if source else {}
    return [codes.get(line.proposal.reference, line.proposal.reference) for line in lines]


def vote_of(envelope: Envelope) -> Vote:
    """The closed vote of an envelope, grouped by the database. Raises voting.published.NotClosed.

    Blank ballots are counted apart, as in any French vote (code électoral, L65), and share no money; those of an
    election held elsewhere stay among the others, as its organiser counted them.
    """
    lines = published.paper(envelope)
    ids = paper_ids(envelope, lines)
    positions = {line.number: position for position, line in enumerate(lines)}
    groups: Counter = Counter()
    channels: Counter = Counter()
    for given, voters, channel in published.votes(envelope):
        row = tuple(sorted((positions[number], points) for number, points in worth(envelope, given)))
        groups[row] += voters
        channels[channel] += voters
    blank = groups.get((), 0)
    if not Source.objects.filter(envelope=envelope).exists():
        groups.pop((), None)
    projects = tuple(
        Project(own, line.cost, line.title, line.cost == WITHDRAWN_COST * SCALE)
        for own, line in zip(ids, lines, strict=True)
    )
    vote_type = VOTE_TYPES[envelope.ballot]
    election = Election(projects, Ballots.grouped(groups), envelope.amount, vote_type, SCALE)
    return Vote(lines, ids, election, dict(channels), blank)


def worth(envelope: Envelope, given: dict[int, int]):
    """(number, points) of a ballot: a ranking gives its last one point, each before it one more."""
    if envelope.ballot == "ranking":
        return ((number, len(given) - place + 1) for number, place in given.items())
    return given.items()


def options_of(envelope: Envelope) -> dict:
    """What the envelope's published rule says to budget.counting.count."""
    said = {"seed": envelope.seed, "threshold": envelope.threshold or 0}
    if envelope.rule.startswith("equal-shares"):
        said |= {"utility": envelope.utility, "stop": envelope.stop, "comparison": envelope.comparison}
    return said
