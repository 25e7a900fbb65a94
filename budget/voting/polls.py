"""What casting needs to know of a vote, read in few queries: envelope, budget, window, key, paper."""

from dataclasses import dataclass

from django.utils.functional import cached_property

from budget.participatory.models import Budget, Envelope
from budget.voting import eligibility, pseudonyms
from budget.voting.models import PaperLine


@dataclass(frozen=True)
class Voter:
    """Who votes: a text that is theirs alone ("account:12", "code:7"), and what is known of them."""

    identity: str
    facts: eligibility.Facts


class Poll:
    """The vote of one budget, as one request sees it."""

    def __init__(self, budget: Budget):
        self.budget = budget
        self.rules = eligibility.Rules(
            budget.votes_where, budget.votes_proof, budget.votes_level, budget.votes_age, budget.territory_id
        )

    @cached_property
    def envelopes(self) -> list[Envelope]:
        """Those that have a paper, in their order, each with its budget."""
        rows = list(
            Envelope.objects.filter(budget=self.budget, paper__isnull=False)
            .distinct()
            .select_related("territory")
            .order_by("position", "pk")
        )
        for row in rows:
            row.budget = self.budget
        return rows

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


def lines_of(envelope: Envelope) -> list[PaperLine]:
    """The paper in its order, each with its proposal."""
    return list(PaperLine.objects.filter(envelope=envelope).select_related("proposal").order_by("number"))
