"""The works of last year's winners: most are done, some under way, some late, one given up; one page is signed."""

import datetime as dt
import random

from django.utils import timezone

from budget.delivery import services as delivery
from budget.delivery.models import Expense, Milestone, WorksPhoto
from budget.delivery.snapshots import digest, snapshot
from budget.demo.ideas import SHOWN
from budget.demo.offices import Offices
from budget.demo.proposals import VARIANTS, Writer
from budget.participatory.models import Budget
from budget.proposals import services as proposals
from budget.proposals.models import Proposal
from budget.proposals.workflow import WORKFLOW
from common.photos import keep

STEPS = ("Étude et concertation", "Marché passé", "Début du chantier", "Ouverture au public")
# How a project goes, and days from today to its opening.
PACES = {"done": (-150, -12), "underway": (20, 90), "late": (15, 70), "waiting": (150, 230)}
SHARES = {"done": 0.6, "underway": 0.2, "late": 0.12, "waiting": 0.08}
PAID = (("Études", 0.08), ("Acompte", 0.3), ("Situation de travaux no 1", 0.35))
DAY = dt.timedelta(days=1)
DONE = "C'est ouvert. Merci à celles et ceux qui ont proposé, soutenu et voté."
PUT_OFF = "Le fournisseur livre avec six semaines de retard ; le chantier suivra."
GIVEN_UP = "Le sol s'est révélé pollué : le dépolluer coûterait quatre fois le projet. L'argent revient à l'enveloppe."
TWICE = "Saisie deux fois par erreur"
WORDS = "Nous avons tenu l'essentiel du calendrier. Merci aux habitants qui ont suivi les chantiers avec nous."


class Works:
    """Writes steps, payments and photos of the winners of a budget whose votes were counted `counted`."""

    def __init__(self, budget: Budget, writer: Writer, offices: Offices, rng: random.Random, counted: dt.datetime):
        self.budget, self.writer, self.offices, self.rng = budget, writer, offices, rng
        self.counted, self.today = timezone.localdate(counted), timezone.localdate(offices.now)
        self.milestones, self.expenses = [], []

    def seed(self) -> None:
        """All of them; then the official signs the page of their district."""
        winners = list(Proposal.objects.filter(budget=self.budget, status="elected").order_by("pk"))
        paces = self.rng.choices([*SHARES], [*SHARES.values()], k=len(winners))
        for proposal, pace in zip(winners, paces, strict=True):
            self._build(proposal, pace)
        Milestone.objects.bulk_create(self.milestones)
        Expense.objects.bulk_create(self.expenses)
        late = [one for one, pace in zip(winners, paces, strict=True) if pace == "late"]
        for proposal in late[:1]:
            self._step(proposal, "abandon", self.today - 20 * DAY, GIVEN_UP)
        self._sign()

    def _build(self, proposal: Proposal, pace: str) -> None:
        opening = self.today + self.rng.randint(*PACES[pace]) * DAY
        length, done = (opening - self.counted).days, {}
        for number, title in enumerate(STEPS, 1):
            planned = self.counted + round(length * number / len(STEPS)) * DAY
            over = planned < self.today and not (pace == "late" and number == len(STEPS) - 1)
            if over:
                done[number] = min(planned + self.rng.randint(-5, 12) * DAY, self.today - DAY)
            late = pace == "late" and number == len(STEPS)
            self.milestones.append(
                Milestone(
                    proposal=proposal,
                    title=title,
                    first_planned_on=planned - 45 * DAY if late else planned,
                    planned_on=planned,
                    done_on=done.get(number),
                    message=PUT_OFF if late else "",
                )
            )
        self._pay(proposal, done)
        if 3 in done:
            self._step(proposal, "start", done[3])
        if 4 in done:
            self._step(proposal, "deliver", done[4], DONE)
            self._show(proposal)

    def _pay(self, proposal: Proposal, done: dict[int, dt.date]) -> None:
        paid = [(label, share, done[number]) for number, (label, share) in enumerate(PAID, 1) if number in done]
        if 4 in done:
            paid.append(("Solde", self.rng.uniform(0.18, 0.3), done[4]))
        for label, share, day in paid:
            amount = round(proposal.cost * share / 100) * 100
            self._spend(proposal, label, amount, day)
        if len(paid) == 3 and self.rng.random() < 0.3:
            self._spend(proposal, paid[-1][0], self.expenses[-1].amount, paid[-1][2], struck=True)

    def _spend(self, proposal: Proposal, label: str, amount: int, day: dt.date, *, struck: bool = False) -> None:
        self.expenses.append(
            Expense(
                proposal=proposal,
                label=label,
                amount=amount,
                paid_on=min(day + 20 * DAY, self.today - DAY),
                document=f"M-{len(self.expenses) + 1:03}",
                struck_at=self.offices.now - 30 * DAY if struck else None,
                struck_reason=TWICE if struck else "",
            )
        )

    def _step(self, proposal: Proposal, name: str, day: dt.date, message: str = "") -> None:
        at = timezone.make_aware(dt.datetime.combine(day, dt.time(10)))
        act, by = WORKFLOW.step(name, proposal.status), self.budget.territory.name
        proposals.step(
            proposal=proposal, act=act, actor=self.offices.administrator, message=message, actor_name=by, at=at
        )

    def _show(self, proposal: Proposal) -> None:
        scene = self.writer.pictured.get(proposal.pk)
        if scene is None:
            return
        for moment, caption in zip(("before", "after"), SHOWN[scene], strict=True):
            clean = self.writer.pictures(scene, proposal.pk % VARIANTS, moment == "after")
            keep(WorksPhoto(proposal=proposal, moment=moment, caption=caption), clean)

    def _sign(self) -> None:
        mandate = self.offices.official
        envelope = self.budget.envelopes.get(territory=mandate.territory)
        envelope.budget = self.budget
        seen = digest(snapshot(envelope))
        signed = self.offices.now - 6 * DAY
        delivery.sign(envelope=envelope, signer=mandate.user, seen=seen, text=WORDS, now=signed)
