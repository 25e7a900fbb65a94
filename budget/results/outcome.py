"""A count as pages show it: each project with its step and the words of why; districts side by side; other rules."""

from dataclasses import dataclass
from functools import cached_property

from budget.participatory.models import Budget, Envelope
from budget.proposals.models import Proposal
from budget.results.elections import paper_ids
from budget.results.models import Count, Source
from budget.results.why import support, why
from budget.voting import published

# Of fewer ballots no share is said: it would speak of single people.
FEWEST = 10
WON, LOST = ("#1d6b3a", "✓"), ("#5a5f6a", "×")


@dataclass(frozen=True)
class Line:
    """A project of the paper, and the step of the count that decided about it."""

    id: str
    proposal: Proposal
    step: dict
    support: str
    why: str

    @property
    def won(self) -> bool:
        return self.step["verdict"] == "taken"

    @property
    def feature(self) -> dict | None:
        """Its place as a GeoJSON feature in the colour of the outcome; None for what has no place of its own."""
        if self.proposal.point is None:
            return None
        color, sign = WON if self.won else LOST
        return {
            "type": "Feature",
            "id": self.proposal.reference,
            "properties": {"title": self.proposal.title, "color": color, "sign": sign},
            "geometry": {"type": "Point", "coordinates": [*self.proposal.point.coords]},
        }


class Outcome:
    """An official count with its projects, in the order in which the count came to them."""

    def __init__(self, count: Count):
        self.count, self.envelope = count, count.envelope
        paper = published.paper(self.envelope)
        self.ids = paper_ids(self.envelope, paper)
        self.proposals = {own: line.proposal for own, line in zip(self.ids, paper, strict=True)}
        self.titles = {own: one.title for own, one in self.proposals.items()}

    @cached_property
    def lines(self) -> list[Line]:
        return [self._line(step) for step in self.count.steps]

    def _line(self, step: dict) -> Line:
        own = step["project"]
        return Line(own, self.proposals[own], step, support(step), why(step, self.count.notes, self.titles))

    def line_of(self, proposal: Proposal) -> Line | None:
        """The line of one project, without the words of the others."""
        for step in self.count.steps:
            if self.proposals[step["project"]] == proposal:
                return self._line(step)
        return None

    @property
    def winners(self) -> list[Line]:
        return [one for one in self.lines if one.won]

    @property
    def losers(self) -> list[Line]:
        return [one for one in self.lines if not one.won]

    @property
    def features(self) -> list[dict]:
        return [one.feature for one in self.lines if one.feature]

    @cached_property
    def shares(self) -> "Shares":
        return Shares.of([self.count])

    @cached_property
    def source(self) -> Source | None:
        return Source.objects.filter(envelope=self.envelope).first()

    def differing(self) -> list[Line]:
        """Projects about which the organiser's own choice, where the file gave one, differs from this count."""
        if not (self.source and self.source.selected):
            return []
        return [one for one in self.lines if bool(self.source.selected.get(one.id)) != one.won]

    def otherwise(self, counts: list[Count]) -> "Otherwise":
        """The same ballots under other rules."""
        return Otherwise(self, counts)


@dataclass(frozen=True)
class Shares:
    """Ballots of some counts: that name a project, that have at least one winner, blank ones; all by channel."""

    voters: int
    satisfied: int
    blank: int
    channels: dict[str, int]

    @classmethod
    def of(cls, counts: list[Count]) -> "Shares":
        channels: dict[str, int] = {}
        for count in counts:
            for channel, number in count.figures["channels"].items():
                channels[channel] = channels.get(channel, 0) + number
        return cls(*(sum(one.figures[name] for one in counts) for name in ("voters", "satisfied", "blank")), channels)

    @property
    def cast(self) -> int:
        return self.voters + self.blank

    @property
    def percent(self) -> int | None:
        """Ballots with a winner of a hundred; None where there are too few to say."""
        return round(100 * self.satisfied / self.voters) if self.voters >= FEWEST else None


class Otherwise:
    """Counts under other rules beside the official one: what each changes, project by project."""

    def __init__(self, outcome: Outcome, counts: list[Count]):
        self.outcome = outcome
        self.official = set(outcome.count.winners)
        self.columns = [Column(outcome, one) for one in counts]

    @property
    def rows(self) -> list[tuple[Line, list[bool]]]:
        """(project, chosen under each rule) of those that one rule at least chooses and one does not."""
        sets = [self.official, *(one.winners for one in self.columns)]
        union, common = set().union(*sets), set(self.official).intersection(*sets[1:])
        return [
            (line, [line.id in one.winners for one in self.columns])
            for line in self.outcome.lines
            if line.id in union - common
        ]


class Column:
    """One other rule."""

    def __init__(self, outcome: Outcome, count: Count):
        self.count, self.winners = count, set(count.winners)
        official = set(outcome.count.winners)
        self.more = [outcome.titles[one] for one in count.winners if one not in official]
        self.fewer = [outcome.titles[one] for one in outcome.count.winners if one not in self.winners]
        self.shares = Shares.of([count])


@dataclass(frozen=True)
class District:
    """What one district got. Amounts in cents; `each` for an inhabitant, None where nobody is counted."""

    envelope: Envelope
    count: Count
    population: int | None
    money: int
    projects: int
    shares: Shares

    @property
    def each(self) -> int | None:
        return round(self.money / self.population) if self.population else None

    @property
    def turnout(self) -> float | None:
        """Ballots of a hundred inhabitants; None where nobody is counted."""
        return round(100 * self.shares.voters / self.population, 1) if self.population else None


def official_counts(budget: Budget) -> list[Count]:
    """The official counts of a budget in the order of its envelopes, in one query; each knows its envelope."""
    rows = Count.objects.filter(envelope__budget=budget, official=True)
    found = {one.envelope_id: one for one in rows}
    counts = []
    for envelope in budget.envelopes.all():
        if envelope.pk in found:
            envelope.budget = budget
            found[envelope.pk].envelope = envelope
            counts.append(found[envelope.pk])
    return counts


def districts(budget: Budget, counts: list[Count]) -> list[District]:
    """Districts side by side: money of all winners that lie there, the whole city's too, in two queries."""
    own = [one for one in counts if one.envelope.scope == "territory"]
    won = Proposal.objects.filter(budget=budget, status__in=("elected", "underway", "delivered", "abandoned"))
    money: dict[int, list[int]] = {one.envelope.territory_id: [] for one in own}
    for price, places in won.with_price().values_list("shown_price", "territories"):
        for place in places:
            if place in money:
                money[place].append(price or 0)
    return [
        District(
            one.envelope,
            one,
            one.envelope.territory.population,
            sum(money[one.envelope.territory_id]),
            len(money[one.envelope.territory_id]),
            Shares.of([one]),
        )
        for one in own
    ]
