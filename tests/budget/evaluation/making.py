"""What the tests of the study share: a budget whose proposals are being studied, and who does it."""

import datetime as dt

from django.utils import timezone

from accounts.models import Role
from budget.evaluation import services
from budget.evaluation.models import Assignment, CheckItem
from budget.participatory.models import Budget, Scope, Theme
from budget.participatory.phases import Window
from budget.participatory.services import add_envelope, publish, set_phases
from budget.proposals.models import Price, Proposal
from budget.proposals.services import post

DESK = "/agents/propositions/"
LINES = [{"name": "Deux bancs", "amount": 1_234_56}, {"name": "Pose", "amount": 800_01}]
REASON = "Le sol porte deux bancs et le passage reste libre."


def phases(budget: Budget, begins: int) -> None:
    """Ideas, study and vote of twenty days each; the study begins in so many days (before: negative)."""
    day = dt.timedelta(days=1)
    study = timezone.now() + begins * day
    moments = [study - 20 * day, study, study + 20 * day, study + 40 * day]
    kinds = ("collecting", "evaluating", "voting")
    set_phases(budget=budget, windows=[Window(*one) for one in zip(kinds, moments, moments[1:], strict=False)])
    budget.refresh_from_db()


class Study:
    """A budget of the test town, its themes, and the people who study and sign."""

    def __init__(self, town):
        self.town = town
        self.light = Theme.objects.create(code="lumiere", name="Lumière", competence=town.lighting)
        self.street = Theme.objects.create(code="rue", name="Rue", competence=town.roads)
        Price.objects.create(code="banc", name="Banc", theme=self.street, cost=900_00, yearly=20_00, year=2026)
        self.budget = Budget.objects.create(
            slug="bp-2026", title="Budget participatif 2026", territory=town.commune, total=500_000_00
        )
        for place in (town.west, town.east):
            add_envelope(budget=self.budget, scope=Scope.TERRITORY, territory=place, amount=100_000_00)
        add_envelope(budget=self.budget, scope=Scope.CITY, amount=100_000_00)
        phases(self.budget, 5)
        publish(budget=self.budget)
        self.budget.refresh_from_db()
        self.author = town.person("aline@example.org", display_name="Aline")
        self.official = town.person("elue@ville.example", Role.OFFICIAL, territory=town.west, display_name="Claire M.")
        self.admin = town.person("admin@ville.example", Role.ADMINISTRATOR, display_name="Direction")
        self.agent = town.person("voirie1@ville.example", Role.AGENT, body=town.road_service, display_name="Marc")
        self.light_agent = town.light_agent()
        self.item = CheckItem.objects.create(budget=self.budget, question="Le terrain est-il à la ville ?")
        self.inside = CheckItem.objects.create(
            budget=self.budget,
            question="Les réseaux le permettent-ils ?",
            mandatory=False,
            is_public=False,
            position=1,
        )
        self.deadline = timezone.localdate() + dt.timedelta(days=10)

    def propose(self, title="Deux bancs sous les tilleuls", theme=None, point=None, **more) -> Proposal:
        given = {"quantities": {"banc": 2}} | more
        return post(
            budget=self.budget,
            author=self.author,
            title=title,
            text="Pour les anciens du quartier.",
            shape=point or self.town.IN_WEST,
            theme=theme or self.street,
            **given,
        )

    def begin(self) -> None:
        """The study is open since yesterday."""
        phases(self.budget, -1)

    def end(self) -> None:
        """The study is over since yesterday; the vote has not begun."""
        day = dt.timedelta(days=1)
        now = timezone.now()
        set_phases(
            budget=self.budget,
            windows=[Window("evaluating", now - 9 * day, now - day), Window("voting", now + day, now + 9 * day)],
        )
        self.budget.refresh_from_db()

    def asked(self, *bodies, proposal=None) -> list[Assignment]:
        """The services (roads) asked to study a new proposal, in the phase of study."""
        proposal = proposal or self.propose()
        self.begin()
        proposal.refresh_from_db()
        given = {"deadline": self.deadline, "actor": self.admin}
        return [
            services.assign(proposal=proposal, body=body, **given) for body in (bodies or [self.town.road_service])
        ]

    def hand_in(self, assignment: Assignment, author=None, **changes):
        """A study, complete."""
        assignment.refresh_from_db()
        given = {
            "verdict": "feasible",
            "reason": REASON,
            "answers": {self.item.code: ("yes", "Cadastre AB 12"), self.inside.code: ("no", "Gaz à 40 cm")},
            "lines": LINES,
            "yearly": 40_00,
            "note": "Voir avec les espaces verts.",
            "submit": True,
            "seen": assignment.version,
        }
        return services.save_study(assignment=assignment, author=author or self.agent, **given | changes)

    def form(self, **changes) -> dict:
        """What a browser sends of the study's form."""
        return {
            "seen": 0,
            "verdict": "feasible",
            "reason": REASON,
            "ligne_nom": ["Deux bancs", "Pose", ""],
            "ligne_montant": ["1 234,56", "800.01 €", ""],
            "yearly": "40",
            "note": "",
            f"q_{self.item.code}": "yes",
        } | changes
