"""What casting needs to know of a vote, read in few queries: envelope, budget, window, key, paper."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS
from django.utils.functional import cached_property

from budget.participatory.models import Budget, Envelope, Phase
from budget.voting import eligibility, pseudonyms
from budget.voting.choices import Limits
from budget.voting.models import BallotKey, PaperLine
from budget.voting.quiet import quietly

COLUMNS = tuple(field.attname for field in Envelope._meta.concrete_fields)
OF_BUDGET = tuple(field.attname for field in Budget._meta.concrete_fields)
# All that casting asks, at once: a budget, its phases, key and closing, and where a person lives.
READ = f"""
SELECT (SELECT json_agg(json_build_array(phase.kind, phase.opens_at, phase.closes_at))
        FROM participatory_phase AS phase WHERE phase.budget_id = budget.id),
       (SELECT sealed FROM voting_ballotkey AS key WHERE key.budget_id = budget.id),
       EXISTS (SELECT FROM voting_closing AS closing WHERE closing.budget_id = budget.id),
       (SELECT ARRAY[home.id, home.parent_id, second.parent_id, third.parent_id, fourth.parent_id]
        FROM geo_territory AS home
        LEFT JOIN geo_territory AS second ON second.id = home.parent_id
        LEFT JOIN geo_territory AS third ON third.id = second.parent_id
        LEFT JOIN geo_territory AS fourth ON fourth.id = third.parent_id
        WHERE home.id = %(home)s),
       {", ".join(f"budget.{name}" for name in OF_BUDGET)}
FROM participatory_budget AS budget
WHERE budget.slug = %(slug)s AND budget.published_at IS NOT NULL
"""  # noqa: S608 - of names of columns


@dataclass(frozen=True)
class Voter:
    """Who votes: a text that is theirs alone ("account:12", "code:7"), and what is known of them."""

    identity: str
    facts: eligibility.Facts


class Poll:
    """The vote of one budget, as one request sees it."""

    def __init__(self, budget: Budget, home: tuple[int, ...] = ()):
        self.budget, self.home = budget, home
        self.rules = eligibility.Rules(
            budget.votes_where, budget.votes_proof, budget.votes_level, budget.votes_age, budget.territory_id
        )

    @cached_property
    def papers(self) -> dict[int, tuple[tuple, Limits]]:
        """Of each envelope that has a paper, in their order: its columns, and what its paper allows.

        Nothing of it can change once the vote has begun (the database refuses): from then on a process reads it once.
        """
        window = self.budget.window("voting")
        begun = window is not None and self.budget.has_begun("voting")
        return _kept(self.budget.pk, window.opens_at) if begun else _papers(self.budget.pk)

    @cached_property
    def envelopes(self) -> list[Envelope]:
        """Those that have a paper, in their order, each with its budget."""
        rows = [Envelope.from_db(self.budget._state.db, COLUMNS, values) for values, _limits in self.papers.values()]
        for row in rows:
            row.budget = self.budget
        return rows

    def limits(self, envelope: Envelope) -> Limits:
        """What a ballot of that envelope may say."""
        return self.papers[envelope.pk][1]

    @cached_property
    def key(self) -> bytes:
        return pseudonyms.key_of(self.budget)

    def rights(self, voter: Voter) -> eligibility.Rights:
        """Where that person votes."""
        places = [eligibility.Place(one.pk, one.scope, one.territory_id) for one in self.envelopes]
        return eligibility.rights(self.rules, voter.facts, places)

    def slot(self, voter: Voter, slot: str) -> str:
        """The pseudonym of that person's ballot for a slot (eligibility.Rights.slots)."""
        return pseudonyms.pseudonym(self.key, f"ballot {slot}", voter.identity)

    def cart(self, voter: Voter, envelope: Envelope) -> str:
        """The pseudonym of that person's cart for an envelope."""
        return pseudonyms.pseudonym(self.key, f"cart {envelope.pk}", voter.identity)


def read(slug: str, residence: int | None = None) -> Poll | None:
    """The vote of the published budget of that address; None where there is none.

    `home` of it are the ids of the territory `residence` and of those around it, from the smallest up.
    """
    rows = quietly(READ, {"slug": slug, "home": residence})
    if not rows:
        return None
    ((phases, sealed, closed, home, *columns),) = rows
    budget = Budget.from_db(DEFAULT_DB_ALIAS, OF_BUDGET, columns)
    moment = datetime.fromisoformat
    windows = [
        Phase(budget=budget, kind=kind, opens_at=moment(opens), closes_at=closes and moment(closes))
        for kind, opens, closes in phases or ()
    ]
    budget._prefetched_objects_cache = {"phases": windows}
    budget._state.fields_cache["ballot_key"] = sealed and BallotKey(budget=budget, sealed=sealed)
    if not closed:
        budget._state.fields_cache["closing"] = None
    return Poll(budget, tuple(one for one in home or () if one)) if budget.window("voting") else None


def lines_of(envelope: Envelope) -> list[PaperLine]:
    """The paper in its order, each with its proposal."""
    return list(PaperLine.objects.filter(envelope=envelope).select_related("proposal").order_by("number"))


def lines_by_envelope(envelopes: Iterable[Envelope]) -> dict[int, list[PaperLine]]:
    """The papers of several envelopes by their id, in one query."""
    found: dict[int, list[PaperLine]] = {one.pk: [] for one in envelopes}
    rows = PaperLine.objects.filter(envelope__in=found).select_related("proposal").defer("proposal__text")
    for line in rows.order_by("number"):
        found[line.envelope_id].append(line)
    return found


def limits(envelope: Envelope, lines: list[PaperLine]) -> Limits:
    """What a ballot of that paper may say."""
    return Limits(
        kind=envelope.ballot,
        amount=envelope.amount,
        costs={line.number: line.cost for line in lines},
        max_choices=envelope.max_choices,
        max_points=envelope.max_points,
        max_points_each=envelope.max_points_each,
    )


def _papers(budget: int) -> dict[int, tuple[tuple, Limits]]:
    lines: dict[int, list[PaperLine]] = {}
    for line in PaperLine.objects.filter(envelope__budget=budget).order_by("number"):
        lines.setdefault(line.envelope_id, []).append(line)
    rows = Envelope.objects.filter(pk__in=lines).order_by("position", "pk")
    return {row.pk: (tuple(getattr(row, name) for name in COLUMNS), limits(row, lines[row.pk])) for row in rows}


@functools.lru_cache(maxsize=100)
def _kept(budget: int, _opens_at: datetime) -> dict[int, tuple[tuple, Limits]]:
    return _papers(budget)
