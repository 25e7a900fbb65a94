"""What the town hall does: services study the first ideas, an official signs some; booths and letters of the vote."""

import datetime as dt
import random

from django.utils import timezone

from accounts.models import Mandate, Role, User
from budget.demo.ideas import COMPLETIONS, PROTESTS, REFUSALS
from budget.demo.votes import wishes
from budget.evaluation import services as evaluation
from budget.evaluation.models import Assignment
from budget.evaluation.routing import plan, to_plan
from budget.participatory.models import Budget, Envelope
from budget.proposals.models import Proposal
from budget.voting import services as voting
from budget.voting.models import Booth, Bundle, PaperLine

DAY = dt.timedelta(days=1)
# Of the most supported ideas how many are given to services, and how many of these are studied, signed already.
ASKED, STUDIED, SIGNED = 14, 8, 4
LETTERS = 60
BOOTHS = (("Maison de quartier des Tanneries", "XA001-04", 12), ("Mairie, salle du conseil", "XA001-01", 9))
SIGNED_MORE = 2


class Offices:
    """People of the demo city with a mandate; what they did, they did in the mornings before `now`."""

    def __init__(self, rng: random.Random, now: dt.datetime):
        self.rng, self.now = rng, timezone.localtime(now).replace(hour=10, minute=15, second=0, microsecond=0)
        held = list(Mandate.objects.select_related("user", "body", "territory").order_by("pk"))
        self.administrator = next(one.user for one in held if one.role == Role.ADMINISTRATOR)
        self.official = next(one for one in held if one.role == Role.OFFICIAL)
        self.agents = {one.body_id: one.user for one in held if one.role == Role.AGENT}

    def study(self, budget: Budget) -> None:
        """The most supported ideas are with their services, first those of the official's district; some signed."""
        items = evaluation.usual_checklist(budget=budget, actor=self.administrator)
        own = self.official.territory_id
        rows = sorted(
            to_plan(budget).filter(created_at__lt=self.now - 9 * DAY),
            key=lambda one: (own not in one.territories, -one.supports, one.pk),
        )
        asked = [one for one in plan(rows) if one.services][:ASKED]
        for at, planned in enumerate(asked):
            proposal = planned.proposal
            for body in planned.bodies:
                # The last one is late.
                days = self.rng.randint(10, 25) if at < len(asked) - 1 else 5
                assignment = evaluation.assign(
                    proposal=proposal,
                    body=body,
                    deadline=timezone.localdate(self.now) + (days - 8) * DAY,
                    actor=self.administrator,
                    now=self.now - 8 * DAY,
                )
                if at < STUDIED:
                    self._hand_in(assignment, items, feasible=at % 4 != 1)
            if at < SIGNED:
                self._sign(proposal, self.official.user if own in proposal.territories else self.administrator)

    def _hand_in(self, assignment: Assignment, items, *, feasible: bool) -> None:
        proposal = assignment.proposal
        works = round(proposal.estimate * self.rng.uniform(0.9, 1.3) / 10_000) * 10_000
        evaluation.save_study(
            assignment=assignment,
            author=self.agents.get(assignment.body_id, self.administrator),
            seen=0,
            verdict="feasible" if feasible else "unfeasible",
            reason=self.rng.choice(COMPLETIONS if feasible else REFUSALS[:2]),
            answers={item.code: ("yes" if feasible or number else "no", "") for number, item in enumerate(items)},
            lines=[
                {"name": "Fourniture et travaux", "amount": works},
                {"name": "Études et imprévus", "amount": works // 10},
            ]
            if feasible
            else [],
            yearly=works // 50 if feasible else None,
            submit=True,
            now=self.now - self.rng.randint(3, 6) * DAY,
        )

    def _sign(self, proposal: Proposal, signer: User) -> None:
        studies = [study for one in proposal.assignments.with_study() for study in one.latest]
        feasible = all(one.verdict == "feasible" for one in studies)
        lines = [line for one in studies for line in one.lines]
        yearly = [one.yearly for one in studies if one.yearly is not None]
        evaluation.sign(
            proposal=proposal,
            actor=signer,
            feasible=feasible,
            reason=studies[0].reason,
            lines=lines,
            yearly=sum(yearly) if yearly else None,
            now=self.now - 2 * DAY,
        )
        if not feasible:
            author, words = proposal.author, self.rng.choice(PROTESTS)
            evaluation.answer(proposal=proposal, author=author, message=words, now=self.now - DAY)

    def letters(self, budget: Budget) -> None:
        """Codes for people without an account, in one district; nobody has their texts."""
        port = budget.envelopes.filter(scope="territory").select_related("territory").order_by("amount").first()
        voting.make_codes(
            budget=budget,
            label=f"Lettres : {port.title}",
            count=LETTERS,
            user=self.administrator,
            territory=port.territory,
            now=self.now - 12 * DAY,
        )

    def booths(self, budget: Budget) -> None:
        """One booth whose ballots differ between its two typings, one whose ballots are with the others."""
        typists = [*self.agents.values()][:2]
        for accepted, (name, code, size) in enumerate(BOOTHS):
            booth = voting.add_booth(budget=budget, name=name)
            voting.set_signatures(booth=booth, signatures=size + SIGNED_MORE)
            for envelope in budget.envelopes.filter(territory__code=code) | budget.envelopes.filter(scope="city"):
                bundle = voting.add_bundle(booth=booth, envelope=envelope, size=size)
                self._type(bundle, envelope, typists, agree=bool(accepted))
            if accepted:
                self._accept(booth)

    def _type(self, bundle: Bundle, envelope: Envelope, typists: list[User], *, agree: bool) -> None:
        lines = list(PaperLine.objects.filter(envelope=envelope).select_related("proposal"))
        read = [" ".join(map(str, wishes(envelope, lines, self.rng))) or "b" for _ballot in range(bundle.size)]
        for typist in typists:
            for position, typed in enumerate(read, 1):
                voting.type_ballot(bundle=bundle, user=typist, position=position, typed=typed)
            if not agree:
                read[2] = "b" if read[2] != "b" else "n"

    def _accept(self, booth: Booth) -> None:
        voting.accept_booth(
            booth=booth,
            user=self.administrator,
            name=self.administrator.display_name,
            explanation="Deux personnes ont signé puis sont reparties avec leur bulletin.",
            now=self.now - DAY,
        )
