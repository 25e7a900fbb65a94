"""Which services study a proposal: by the competence of its theme, at its place (geo.routing)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from budget.evaluation.querysets import unassigned
from budget.participatory.models import Budget
from budget.proposals.models import Proposal
from geo.models import Body
from geo.routing import Route, register_reason, resolve_many

BESIDE, BY_HAND = "evaluation_beside", "evaluation_hand"


@dataclass(frozen=True)
class Planned:
    """A proposal with the services competent for it and, for each, the reasons as data; none where nobody is."""

    proposal: Proposal
    services: tuple[tuple[Body, tuple[dict, ...]], ...]

    @property
    def bodies(self) -> list[Body]:
        return [body for body, _reasons in self.services]


def plan(proposals: list[Proposal]) -> list[Planned]:
    """Who would study each of these (with their theme's competence selected), in a constant number of queries.

    What has no place of its own, or lies outside every territory, is given to nobody.
    """
    placed = [one for one in proposals if one.point]
    routes = resolve_many([(one.point, one.theme.competence if one.theme else None) for one in placed])
    found = {one.pk: _services(route) for one, route in zip(placed, routes, strict=True)}
    return [Planned(one, found.get(one.pk, ())) for one in proposals]


def to_plan(budget: Budget):
    """The proposals of a budget that no service has yet, in the order of their envelopes."""
    rows = unassigned(Proposal.objects.filter(budget=budget))
    rows = rows.select_related("theme__competence", "envelope", "budget__territory")
    return rows.order_by("envelope__position", "envelope__pk", "pk")


def _services(route: Route | None) -> tuple:
    if route is None or route.body is None:
        return ()
    beside = ((body, (*route.reasons, {"step": BESIDE, "body": body.name})) for body in route.others)
    return ((route.body, route.reasons), *beside)


register_reason(BESIDE, lambda reason: _("%(body)s is as competent there.") % reason)
register_reason(BY_HAND, lambda reason: _("The administration asked %(body)s.") % reason)
