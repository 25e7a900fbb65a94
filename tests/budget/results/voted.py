"""A budget of the test town whose vote is over and closed, with its paper and its ballots."""

import datetime as dt

from django.contrib.gis.geos import Point
from django.utils import timezone

from budget.participatory import services as budgets
from budget.participatory.models import Budget, Envelope
from budget.participatory.phases import Window
from budget.proposals.models import Proposal
from budget.proposals.services.posting import territories_of
from budget.voting.services.closing import adopt, lay_paper
from geo.models import Level

DAY = dt.timedelta(days=1)
# (title, cost in euros); on the paper in this order.
PROJECTS = (("Aire de jeux", 40_000), ("Bancs", 10_000), ("Piste cyclable", 60_000), ("Fontaine", 30_000))
# By number on the paper: how many voters chose which.
BALLOTS = {"1,2": 30, "1": 10, "2,4": 15, "3": 25, "3,4": 5, "": 2}


def finished(
    town,
    *,
    ballots=None,
    projects=PROJECTS,
    amount=100_000_00,
    closed=True,
    counting=True,
    slug="edition-finie",
    **fields,
) -> Budget:
    """A published budget: one envelope for the west, one without ballots for the east, the vote over since yesterday.

    `ballots` are {choices: voters}; `fields` are those of the envelopes.
    """
    budget = Budget.objects.create(territory=town.commune, slug=slug, title="Budget participatif", total=2 * amount)
    fields = {"ballot": "approval"} | fields
    envelopes = budgets.add_districts(budget=budget, level=Level.objects.get(code="quartier"), amount=amount, **fields)
    for envelope in envelopes:
        lay_paper(envelope=envelope, proposals=[_project(envelope, *one, at) for at, one in enumerate(projects)])
    over = timezone.now() - DAY
    windows = [
        Window("voting", over - 7 * DAY, over),
        Window("counting", over if counting else over + 3 * DAY, over + 30 * DAY),
        Window("delivering", over, None),
    ]
    budgets.set_phases(budget=budget, windows=windows)
    budgets.publish(budget=budget)
    budget.refresh_from_db()
    if closed:
        given = BALLOTS if ballots is None else ballots
        adopt(
            budget=budget,
            ballots={
                envelopes[0]: [(text, "internet") for text, voters in given.items() for _voter in range(voters)],
                envelopes[1]: [("1", "paper"), ("2", "internet")],
            },
            source="essai",
        )
    return budget


def west_of(budget: Budget) -> Envelope:
    """The envelope with the ballots."""
    return budget.envelopes.select_related("budget", "territory").get(territory__code="T1001-1")


def _project(envelope: Envelope, title: str, cost: int, at: int) -> Proposal:
    now = timezone.now()
    west = 2.01 if envelope.territory.code.endswith("1") else 2.06
    point = Point(west + at / 200, 47.05, srid=4326)
    return Proposal.objects.create(
        budget=envelope.budget,
        envelope=envelope,
        title=title,
        shape=point,
        point=point,
        territories=territories_of(envelope, point),
        status="feasible",
        cost=cost * 100,
        created_at=now,
        updated_at=now,
    )
