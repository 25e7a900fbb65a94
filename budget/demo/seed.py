"""Three editions of the demo city: last year's, done and being built; this year's, at the vote; next year's, open."""

import datetime as dt
import random

from django.utils import timezone

from budget.demo import catalogue
from budget.demo.offices import Offices
from budget.demo.proposals import Pictures, Writer, residents
from budget.demo.talk import Talk
from budget.demo.votes import ballots, cast_some, study
from budget.demo.works import Works
from budget.participatory import services
from budget.participatory.models import Budget, Theme
from budget.participatory.phases import ORDER, Window
from budget.results.services import count_otherwise, count_past
from budget.voting.services.closing import adopt, lay_paper
from engagement.activity.models import Activity, Outbox
from geo.models import Level, Territory

SEED = 2027
DAY = dt.timedelta(days=1)
WEEKS = {
    "informing": 2,
    "collecting": 6,
    "supporting": 4,
    "evaluating": 8,
    "publishing": 2,
    "voting": 3,
    "counting": 2,
    "delivering": None,
}
# By the share of households below the poverty line, as the rules of the social formula would have it.
NEEDS = {"XA001-03": "1.4", "XA001-04": "1.25", "XA001-06": "1.5", "XA001-10": "1.1"}
VOTERS = 150
CLOSED = {
    "called_by": "Sylvie Montagne (maire de Valmore-sur-Lys)",
    "confirmed_by": "Paul Arnaud (administration de Valmore-sur-Lys)",
    "witnesses": "Mme Odile Garrec et M. Karim Haddad, habitants tirés au sort",
    "remarks": "Aucune réclamation n'a été portée au procès-verbal.",
}
RULES = """
Toute personne de 16 ans ou plus qui habite Valmore-sur-Lys peut proposer et voter.

- Une proposition concerne un **équipement** : quelque chose que l'on construit, plante ou installe, et qui dure.
- Elle relève de la Ville, tient dans l'enveloppe du quartier et ne sert pas un intérêt privé.
- Les services disent si elle est réalisable et ce qu'elle coûte ; un refus est toujours motivé.
- Chacun vote dans son quartier et pour toute la ville. On peut changer d'avis jusqu'à la clôture.
- La règle de calcul est publiée avant le vote et s'applique telle quelle : personne ne choisit les lauréats à la main.
"""


class Editions:
    """Makes the editions; what they share is read once."""

    def __init__(self, now: dt.datetime, pictures: Pictures | None):
        self.now, self.rng, self.pictures = now, random.Random(SEED), pictures  # noqa: S311 - a demo, not a lot
        self.city = Territory.objects.get(level__code="commune", code="XA001")
        self.level = Level.objects.get(code="quartier")
        districts = list(Territory.objects.filter(level=self.level, parent=self.city).order_by("code"))
        self.themes: dict[str, Theme] = catalogue.seed()
        self.people = residents(districts)
        self.offices = Offices(self.rng, now)

    def make(self, year: int, summary: str, formula: str, proof: str = "level", **vote) -> tuple[Budget, Writer]:
        """A budget with its envelopes, not yet published; `vote` are fields of its envelopes."""
        budget = Budget.objects.create(
            slug=f"budget-participatif-{year}",
            title=f"Budget participatif {year}",
            summary=summary,
            rules=RULES.strip(),
            territory=self.city,
            total=1_200_000_00,
            formula=formula,
            votes_age=16,
            votes_proof=proof,
        )
        services.add_envelope(budget=budget, scope="city", title="Toute la ville", amount=300_000_00, **vote)
        services.add_districts(budget=budget, level=self.level, **vote)
        for code, weight in NEEDS.items():
            budget.envelopes.filter(territory__code=code).update(social_weight=weight)
        services.share_out(budget=budget)
        return budget, Writer(budget, self.themes, self.people, self.rng, self.pictures)

    def windows(self, kind: str, share: float = 0.5, **overlapping) -> list[Window]:
        """The calendar of an edition in which that phase is now, so much of it over; `overlapping` phases begin with
        the one they name."""
        starts, moment = {}, self.now
        for name in ORDER:
            starts[name] = moment
            moment += dt.timedelta(weeks=WEEKS[name] or 0)
        shift = self.now - (starts[kind] + dt.timedelta(weeks=WEEKS[kind] or 20) * share)
        found = []
        for name in ORDER:
            opens = _morning(starts[overlapping.get(name, name)] + shift)
            closes = _morning(starts[name] + shift + dt.timedelta(weeks=WEEKS[name])) if WEEKS[name] else None
            found.append(Window(name, opens, closes))
        return found


def _morning(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment).replace(hour=9, minute=0, second=0, microsecond=0)


def seed(pictures: Pictures | None = None) -> None:
    """Write all three, with photos where there are `pictures`. They need the demo's territories, plan, bodies, people.

    Nobody is written to of what these people did.
    """
    editions = Editions(timezone.now(), pictures)
    _done(editions)
    _voting(editions)
    _collecting(editions)
    Outbox.objects.filter(activity__object_type__in=("proposal", "envelope", "budget")).delete()


def _studied(editions: Editions, budget: Budget, writer: Writer, windows: list[Window], per: tuple[int, int]) -> None:
    """Proposals of an edition whose paper is printed: written, supported and studied before its phases exist."""
    at = {window.kind: window.opens_at for window in windows}
    talk = Talk(editions.people, editions.rng, min(at["voting"], editions.now))
    for envelope in budget.envelopes.select_related("territory"):
        count = editions.rng.randint(*per) * (2 if envelope.scope == "city" else 1)
        made = writer.write(envelope, count, at["collecting"], at["supporting"])
        writer.support(made, 90)
        talk.about(made)
        lay_paper(envelope=envelope, proposals=study(made, editions.rng, at["evaluating"]))


def _done(editions: Editions) -> Budget:
    """Last year's: voted, counted, and being built."""
    year = timezone.localdate(editions.now).year - 1
    budget, writer = editions.make(
        year, "Les lauréats sont connus : suivez les travaux, leur coût et leurs retards.", "population"
    )
    windows = editions.windows("delivering", 2.8)
    _studied(editions, budget, writer, windows, (8, 11))
    services.set_phases(budget=budget, windows=windows)
    budget.refresh_from_db()
    voted = budget.window("voting").closes_at
    adopt(budget=budget, ballots=ballots(budget, editions.rng, 0.012), now=voted + DAY / 12, **CLOSED)
    services.publish(budget=budget, now=windows[0].opens_at)
    budget.refresh_from_db()
    for envelope in budget.envelopes.all():
        envelope.budget = budget
        count_past(envelope=envelope, now=voted + 2 * DAY)
        count_otherwise(envelope_id=envelope.pk)
    Works(budget, writer, editions.offices, editions.rng, voted).seed()
    return budget


def _voting(editions: Editions) -> Budget:
    """This year's: the vote is open, many have voted, paper comes in."""
    year = timezone.localdate(editions.now).year
    budget, writer = editions.make(
        year,
        "Le vote est ouvert : choisissez les projets de votre quartier et de toute la ville.",
        "social",
        proof="either",
        rule="equal-shares-add1",
    )
    windows = editions.windows("voting", 0.4)
    _studied(editions, budget, writer, windows, (7, 10))
    services.set_phases(budget=budget, windows=windows)
    services.publish(budget=budget, now=windows[0].opens_at)
    budget.refresh_from_db()
    cast_some(budget, editions.people[:VOTERS], editions.rng)
    editions.offices.letters(budget)
    editions.offices.booths(budget)
    return budget


def _collecting(editions: Editions) -> Budget:
    """Next year's: ideas and supports are open, and the services study as they come in."""
    year = timezone.localdate(editions.now).year + 1
    budget, writer = editions.make(
        year,
        "Proposez des équipements pour votre quartier, soutenez ceux des autres.",
        "social",
        rule="equal-shares-add1",
    )
    windows = editions.windows("collecting", 0.6, supporting="collecting", evaluating="collecting")
    services.set_phases(budget=budget, windows=windows)
    services.publish(budget=budget, now=windows[0].opens_at)
    budget.refresh_from_db()
    opened = budget.window("collecting").opens_at
    made = []
    for envelope in budget.envelopes.select_related("territory"):
        made += writer.write(envelope, editions.rng.randint(3, 7), opened, editions.now)
    writer.support(made, 120)
    Talk(editions.people, editions.rng, editions.now).about(made)
    Activity.objects.bulk_create(writer.told)
    editions.offices.study(budget)
    return budget
