"""The works of a budget as pages show them: each winner with its steps, its money and how far it has come."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch
from django.utils import timezone

from budget.delivery.models import WON, Expense, Milestone, WorksPhoto
from budget.delivery.stages import STAGES, Stage, late_by, stage
from budget.proposals.models import Proposal


@dataclass(frozen=True, eq=False)
class Works:
    """One winner. Amounts in cents; `today` decides what is late."""

    proposal: Proposal
    today: dt.date

    @cached_property
    def milestones(self) -> list[Milestone]:
        return list(self.proposal.milestones.all())

    @cached_property
    def expenses(self) -> list[Expense]:
        return list(self.proposal.expenses.all())

    @cached_property
    def photos(self) -> list[WorksPhoto]:
        return list(self.proposal.works_photos.all())

    @property
    def is_known(self) -> bool:
        """Whether anybody ever said something of them: of a vote held elsewhere nobody may have."""
        return self.proposal.status != "elected" or bool(self.milestones or self.expenses or self.photos)

    @property
    def planned(self) -> int:
        return self.proposal.price or 0

    @cached_property
    def spent(self) -> int:
        return sum(one.amount for one in self.expenses if one.struck_at is None)

    @property
    def over(self) -> int:
        """How much more was spent than planned; 0 while it is within."""
        return max(self.spent - self.planned, 0)

    @property
    def share(self) -> int:
        """Percent of the planned money that is spent, whole, rounded down."""
        return self.spent * 100 // self.planned if self.planned else 0

    @cached_property
    def late_by(self) -> int:
        return (
            0
            if self.proposal.state.final
            else late_by([(m.planned_on, m.done_on) for m in self.milestones], self.today)
        )

    @property
    def stage(self) -> Stage:
        return stage(self.proposal.status, self.late_by)

    @property
    def next(self) -> Milestone | None:
        """The step that is waited for."""
        waited = () if self.proposal.state.final else self.milestones
        return next((one for one in waited if one.done_on is None), None)

    def is_late(self, milestone: Milestone) -> bool:
        return not self.proposal.state.final and milestone.done_on is None and milestone.planned_on < self.today

    @property
    def feature(self) -> dict | None:
        """The place as a GeoJSON feature in the colour of the stage; None for what has no place of its own."""
        if self.proposal.point is None:
            return None
        return {
            "type": "Feature",
            "id": self.proposal.reference,
            "properties": {"title": self.proposal.title, "color": self.stage.color, "sign": self.stage.sign},
            "geometry": {"type": "Point", "coordinates": [*self.proposal.point.coords]},
        }


@dataclass(frozen=True)
class Sums:
    """Figures of several works: how many, by stage, and their money."""

    count: int
    by_stage: dict[str, int]
    planned: int
    spent: int

    @classmethod
    def of(cls, works: list[Works]) -> "Sums":
        by_stage = dict.fromkeys(STAGES, 0)
        for one in works:
            by_stage[one.stage.name] += 1
        return cls(len(works), by_stage, sum(one.planned for one in works), sum(one.spent for one in works))

    @property
    def share(self) -> int:
        return self.spent * 100 // self.planned if self.planned else 0


def works(proposals, today: dt.date | None = None) -> list[Works]:
    """The works of those of these proposals that have won, in four queries however many they are."""
    rows = proposals.filter(status__in=WON).select_related("budget__territory", "envelope", "theme")
    rows = rows.prefetch_related(
        Prefetch("milestones", Milestone.objects.order_by("planned_on", "pk")),
        Prefetch("expenses", Expense.objects.order_by("paid_on", "pk")),
        Prefetch("works_photos", WorksPhoto.objects.select_related("milestone").order_by("pk")),
    )
    today = today or timezone.localdate()
    return [Works(one, today) for one in rows.order_by("envelope__position", "envelope", "title", "pk")]


def of_budget(budget, viewer, today: dt.date | None = None) -> list[Works]:
    """Those of a budget that this viewer may see."""
    return works(Proposal.objects.visible_to(viewer).filter(budget=budget), today)
