"""What the services found, and what people voted, in editions that are further on."""

import datetime as dt
import random

from budget.demo.ideas import COMPLETIONS, REFUSALS
from budget.participatory.models import Budget, Envelope
from budget.proposals.models import Proposal, ProposalEvent
from budget.voting import eligibility
from budget.voting.models import PaperLine
from budget.voting.polls import Poll, Voter
from budget.voting.services.casting import cast

REFUSED = 0.15
# Of an envelope, the dearest project on its paper.
DEAREST = 0.95


def study(proposals: list[Proposal], rng: random.Random, at: dt.datetime) -> list[Proposal]:
    """Say of each whether it can be done, and its cost, as if an official had signed; returns those that can."""
    accepted = []
    for proposal in proposals:
        cost = round(proposal.estimate * rng.uniform(0.85, 1.35) / 100_000 + 1) * 100_000
        fits = cost <= proposal.envelope.amount * DEAREST
        feasible = fits and rng.random() > REFUSED
        message = rng.choice(COMPLETIONS) if feasible else REFUSALS[-1] if not fits else rng.choice(REFUSALS[:-1])
        target = "feasible" if feasible else "unfeasible"
        for act, before, after, said in (
            ("study", "posted", "study", ""),
            ("accept" if feasible else "refuse", "study", target, message),
        ):
            ProposalEvent.objects.create(
                proposal=proposal,
                act=act,
                from_status=before,
                to_status=after,
                message=said,
                actor_name="Ville de Valmore-sur-Lys",
                created_at=at + dt.timedelta(days=20 * (act != "study")),
            )
        proposal.status, proposal.updated_at = target, at
        if feasible:
            works = round(cost * 0.85)
            proposal.cost, proposal.yearly = cost, round(cost * 0.02)
            proposal.cost_lines = [
                {"name": "Fourniture et travaux", "amount": works},
                {"name": "Études et imprévus", "amount": cost - works},
            ]
            accepted.append(proposal)
    Proposal.objects.bulk_update(proposals, ["status", "updated_at", "cost", "yearly", "cost_lines"])
    return accepted


def wishes(envelope: Envelope, lines: list[PaperLine], rng: random.Random) -> list[int]:
    """Numbers of the projects that one person would choose within the money: liked ones more often."""
    left, chosen = envelope.amount, []
    for line in sorted(lines, key=lambda one: rng.random() / (1 + one.proposal.supports) ** 0.3):
        if len(chosen) < 4 and line.cost <= left and rng.random() < 0.8:
            chosen.append(line.number)
            left -= line.cost
    return sorted(chosen)


def ballots(budget: Budget, rng: random.Random, share: float) -> dict[Envelope, list[tuple[str, str]]]:
    """(choices, channel) of a vote that is over, by envelope; `share` is that of the inhabitants who voted."""
    found = {}
    for envelope in budget.envelopes.select_related("territory"):
        lines = list(PaperLine.objects.filter(envelope=envelope).select_related("proposal"))
        voters = round((envelope.territory or budget.territory).population * share)
        found[envelope] = [
            (",".join(map(str, wishes(envelope, lines, rng))), "paper" if rng.random() < 0.2 else "internet")
            for _voter in range(voters)
        ]
    return found


def cast_some(budget: Budget, people: list, rng: random.Random) -> None:
    """Some residents have voted already, each in their district and for the city."""
    papers = {
        envelope.pk: list(PaperLine.objects.filter(envelope=envelope).select_related("proposal"))
        for envelope in budget.envelopes.all()
    }
    for user in people:
        home = (user.residence_id, budget.territory_id)
        poll = Poll(budget, home)
        facts = eligibility.Facts("account", user.verification, home, of_age_on_honour=True)
        for envelope in poll.envelopes:
            if envelope.territory_id in (None, user.residence_id):
                given = dict.fromkeys(wishes(envelope, papers[envelope.pk], rng), 1)
                cast(poll=poll, voter=Voter(f"account:{user.pk}", facts), envelope=envelope, given=given)
