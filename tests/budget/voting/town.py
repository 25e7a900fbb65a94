"""A budget of the test town whose vote is open: two districts and the whole city."""

import datetime as dt

import pgtrigger
from django.utils import timezone

from accounts.models import Role, Verification
from budget.participatory import services as budgets
from budget.participatory.models import Budget
from budget.participatory.phases import Window
from budget.proposals.models import Proposal
from budget.voting import services
from budget.voting.eligibility import ACCOUNT, Facts
from budget.voting.models import Closing
from budget.voting.polls import Poll, Voter

HOUR = dt.timedelta(hours=1)
COSTS = (10_000_00, 20_000_00, 30_000_00, 40_000_00)


class Vote:
    """Its budget "bp", envelopes by address ("ouest", "est", "ville"), and people who vote."""

    def __init__(self, town, *, ballot="money", amount=100_000_00, opens=-HOUR, paper=True, **fields):
        self.town = town
        total = {"slug": "bp", "total": 300_000_00, "published_at": None} | fields
        self.budget = Budget.objects.create(title="Budget participatif", territory=town.commune, **total)
        each = {"ballot": ballot, "amount": amount, "max_points": 10, "max_points_each": 6}
        rows = [
            budgets.add_envelope(budget=self.budget, scope="territory", territory=one, **each)
            for one in (town.west, town.east)
        ]
        rows.append(budgets.add_envelope(budget=self.budget, scope="city", title="Ville", **each))
        self.envelopes = {row.slug: row for row in rows}
        for row in rows:
            for n, cost in enumerate(COSTS, 1):
                self.propose(row, f"Projet {n} {row.title}", cost)
        if paper:
            services.print_paper(budget=self.budget)
        now = timezone.now()
        budgets.set_phases(
            budget=self.budget,
            windows=[
                Window("informing", now - 48 * HOUR, now - 24 * HOUR),
                Window("voting", now + opens, now + opens + 24 * HOUR),
            ],
        )
        budgets.publish(budget=self.budget)
        self.budget = Budget.objects.whole().get(pk=self.budget.pk)

    def propose(self, envelope, title, cost):
        now = timezone.now()
        return Proposal.objects.create(
            budget=self.budget,
            envelope=envelope,
            title=title,
            status="feasible",
            estimate=cost,
            point=self.town.IN_WEST,
            shape=self.town.IN_WEST,
            created_at=now,
            updated_at=now,
        )

    def resident(self, email="r@example.org", residence=None, verification=Verification.RESIDENCE, **more):
        return self.town.person(email, verification=verification, residence=residence or self.town.west, **more)

    def official(self, email="maire@ville.example"):
        return self.town.person(email, Role.OFFICIAL, display_name="La maire")

    def administrator(self, email="dgs@ville.example"):
        return self.town.person(email, Role.ADMINISTRATOR, display_name="Le DGS")

    def agent(self, email="accueil@ville.example"):
        return self.town.person(email, Role.AGENT, body=self.town.triage)

    def voter(self, number: int, place=None) -> Voter:
        here = (place or self.town.west).pk
        return Voter(f"account:{number}", Facts(ACCOUNT, 2, (here, self.town.commune.pk)))

    def cast(self, number: int, numbers, envelope="ouest", place=None) -> str:
        """The receipt of a ballot."""
        row = self.envelopes[envelope]
        given = numbers if isinstance(numbers, dict) else dict.fromkeys(numbers, 1)
        return services.cast(
            poll=Poll(Budget.objects.whole().get()),
            voter=self.voter(number, place),
            envelope=row,
            given=given,
        )

    def settle(self, **fields) -> None:
        """Who votes, as if it had been set before the vote opened."""
        with pgtrigger.ignore("participatory.Budget:frozen"):
            Budget.objects.filter(pk=self.budget.pk).update(**fields)
        self.budget = Budget.objects.whole().get(pk=self.budget.pk)

    def end(self) -> None:
        """The vote's phase is over, as if the day had passed."""
        with pgtrigger.ignore("participatory.Phase:vote_stays"):
            self.budget.phases.filter(kind="voting").update(closes_at=timezone.now() - HOUR / 2)
        self.budget = Budget.objects.whole().get(pk=self.budget.pk)

    def close(self) -> Closing:
        """Ended and closed by two people."""
        self.end()
        services.call_to_close(budget=self.budget, user=self.official(), witnesses="Mme Roux, M. Petit")
        return services.confirm_closing(budget=self.budget, user=self.administrator())
