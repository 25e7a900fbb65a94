"""The works of last year's winners: done, under way, late, one given up."""

import datetime as dt
import random

from django.utils import timezone

from accounts.models import User
from budget.delivery import services as delivery
from budget.participatory.models import Budget
from budget.proposals.models import Proposal

STEPS = ("Étude et concertation", "Marché passé", "Début du chantier", "Ouverture au public")
DAY = dt.timedelta(days=1)


def seed(budget: Budget, actor: User, rng: random.Random) -> None:
    """Give each winner its steps and what was paid; `actor` administers the city."""
    today = timezone.localdate()
    for at, proposal in enumerate(Proposal.objects.filter(budget=budget, status="elected").order_by("pk")):
        pace = rng.choice((1, 2, 3, 4))
        start = today - rng.randint(90, 130) * DAY
        for number, title in enumerate(STEPS):
            planned = start + (number * 45 - 10) * DAY
            done = min(planned + rng.randint(-6, 20) * DAY, today) if number < pace and planned <= today else None
            delivery.set_milestone(proposal=proposal, actor=actor, title=title, planned_on=planned, done_on=done)
        if pace >= 2:
            delivery.act(proposal=proposal, name="start", actor=actor)
            for share, label in ((0.3, "Acompte"), (0.35, "Situation de travaux no 1"))[: pace - 1]:
                delivery.spend(
                    proposal=proposal,
                    actor=actor,
                    label=label,
                    amount=round(proposal.cost * share),
                    paid_on=start + 60 * DAY,
                    document=f"M2026-{at:03}",
                )
