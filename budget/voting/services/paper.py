"""Printing the ballot paper."""

import datetime as dt
import hashlib
import logging

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from budget.participatory.models import Budget, Envelope, Phase
from budget.participatory.services import refuse_frozen
from budget.proposals.models import Proposal
from budget.voting import checking
from budget.voting.choices import GRADE_WORDS, GRADES
from budget.voting.models import PaperLine
from common.money import euros

log = logging.getLogger(__name__)
# A vote that opened without a paper could not be mended: where nobody printed it, or it no longer says what is
# feasible, it is printed this long before.
PRINTED_BEFORE = dt.timedelta(minutes=10)
# States in which a proposal has nothing to do on a paper that is not frozen yet.
OFF_PAPER = ("posted", "study", "unfeasible", "merged", "split", "withdrawn")


class PaperError(ValueError):
    """The paper cannot be printed like this; `problems` says for each project why."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


def lot(seed: str, reference: str) -> str:
    """What decides the place on the paper: SHA-256(seed ‖ reference). Nobody chose the one or the other."""
    return hashlib.sha256(f"{seed}{reference}".encode()).hexdigest()


@transaction.atomic
def print_paper(*, budget: Budget, leaving_out: bool = False) -> dict[str, int]:
    """Put the feasible proposals of each envelope on its paper, in the order of the lot; again until the vote opens.

    Returns the number of projects by the envelope's address. Raises participatory.services.Frozen once the vote has
    opened, PaperError where a project has no cost or is dearer than its envelope: it could not win. With
    `leaving_out` such projects are left out, and logged.
    """
    refuse_frozen(budget)
    envelopes = list(Envelope.objects.select_for_update().filter(budget=budget))
    feasible = Proposal.objects.filter(budget=budget, status="feasible", hidden_at=None)
    by_envelope = {envelope.pk: [] for envelope in envelopes}
    for proposal in feasible:
        by_envelope[proposal.envelope_id].append(proposal)
    if problems := [said for one in envelopes for said in _problems(one, by_envelope[one.pk])]:
        if not leaving_out:
            raise PaperError(problems)
        log.error("left out of the paper of %s, which opens now: %s", budget.slug, problems)
        for one in envelopes:
            by_envelope[one.pk] = [row for row in by_envelope[one.pk] if not list(_problems(one, [row]))]
    PaperLine.objects.filter(envelope__budget=budget).delete()
    PaperLine.objects.bulk_create(
        PaperLine(envelope=one, number=number, proposal=proposal, title=proposal.title, cost=proposal.price)
        for one in envelopes
        for number, proposal in enumerate(
            sorted(by_envelope[one.pk], key=lambda row, seed=one.seed: lot(seed, row.reference)), 1
        )
    )
    return {one.slug: len(by_envelope[one.pk]) for one in envelopes}


def leave_paper(proposal: Proposal) -> None:
    """Take a proposal off a paper that is not frozen yet, where it is no longer what was to be voted on."""
    gone = proposal.status in OFF_PAPER or proposal.hidden_at
    if gone and not proposal.budget.has_begun("voting"):
        PaperLine.objects.filter(proposal=proposal).delete()


def is_stale(budget: Budget) -> bool:
    """Whether printing again would give another paper than the one there is, or none was printed."""
    printed = set(
        PaperLine.objects.filter(envelope__budget=budget).values_list("envelope", "proposal", "title", "cost")
    )
    feasible = Proposal.objects.filter(budget=budget, status="feasible", hidden_at=None)
    return not printed or printed != {(one.envelope_id, one.pk, one.title, one.price) for one in feasible}


def about_to_open(now: dt.datetime | None = None):
    """Published budgets whose vote opens within PRINTED_BEFORE."""
    now = now or timezone.now()
    soon = Phase.objects.filter(kind="voting", opens_at__gt=now, opens_at__lte=now + PRINTED_BEFORE)
    return Budget.objects.published().filter(phases__in=soon)


def _problems(envelope: Envelope, proposals: list[Proposal]):
    for one in proposals:
        names = {"title": one.title, "reference": one.reference, "envelope": envelope.title}
        if one.price is None:
            yield _("“%(title)s” (%(reference)s) has no cost.") % names
        elif one.price > envelope.amount:
            sums = {"cost": euros(one.price), "amount": euros(envelope.amount)}
            yield _(
                "“%(title)s” (%(reference)s) costs %(cost)s, and “%(envelope)s” holds %(amount)s: it could not win."
            ) % (names | sums)


def described(envelope: Envelope, lines: list[PaperLine]) -> dict:
    """The paper as its hash is made of it: rules and projects, by names that stay."""
    rules = ("ballot", "max_choices", "max_points", "max_points_each", "rule", "utility", "stop", "comparison")
    return {
        "envelope": envelope.slug,
        "amount": envelope.amount,
        **{name: getattr(envelope, name) for name in (*rules, "threshold", "seed")},
        "grades": len(GRADE_WORDS) if envelope.ballot == GRADES else None,
        "projects": [
            {"number": line.number, "reference": line.proposal.reference, "title": line.title, "cost": line.cost}
            for line in lines
        ],
    }


def paper_hash(envelope: Envelope, lines: list[PaperLine]) -> str:
    """SHA-256 of the paper, in hexadecimal (budget.voting.checking.paper_hash)."""
    return checking.paper_hash(described(envelope, lines))
