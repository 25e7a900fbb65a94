"""Proposals on the map: those that have a place, at a point of it, the same for everybody."""

from django.db.models import ExpressionWrapper, FloatField, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from budget.participatory.models import Budget, Theme
from budget.proposals.board import BOARD
from budget.proposals.models import Proposal
from budget.proposals.workflow import GONE, GROUPS, WORKFLOW
from geo.layers import Choice, Field, Filter, Layer, register


def _states():
    return [
        Choice(state.name, state.title, GROUPS[state.group][1], GROUPS[state.group][2])
        for state in WORKFLOW.states
        if state.name not in GONE
    ]


def _themes():
    return [Choice(one.code, one.name, icon=one.icon) for one in Theme.objects.all()]


def _budgets():
    return [Choice(one.slug, one.title) for one in Budget.objects.published()]


def _euros(source):
    return ExpressionWrapper(source / Value(100.0), output_field=FloatField())


PROPOSALS = register(
    Layer(
        name="proposals",
        title=_("Proposals"),
        description=_(
            "Equipment that residents propose in participatory budgets, what it costs and what became of it."
        ),
        queryset=lambda _viewer: Proposal.objects.public().living().filter(point__isnull=False),
        tables=(Proposal,),
        key="reference",
        style="status",
        label="title",
        legend=_states,
        url=lambda key: reverse("proposals:detail", args=[key]),
        fields=(
            Field("reference", _("Reference")),
            Field("title", _("Title")),
            Field("theme", _("Theme"), source="theme__code"),
            Field("status", _("State")),
            Field("budget", _("Participatory budget"), source="budget__slug"),
            Field("envelope", _("Envelope"), source="envelope__title"),
            Field(
                "cost",
                _("Cost in euros: of the services, else of the author"),
                "number",
                _euros(Coalesce("cost", "estimate")),
            ),
            Field("supports", _("Supports"), "integer"),
            Field("address", _("Address")),
            Field("created_at", _("Proposed"), "datetime"),
            Field("updated_at", _("Last change"), "datetime"),
        ),
        filters=(
            Filter("stage", _("State of the proposal"), _states, lambda rows, values: rows.filter(status__in=values)),
            Filter("theme", _("Theme"), _themes, lambda rows, values: rows.filter(theme__code__in=values)),
            Filter(
                "budget",
                _("Participatory budget"),
                _budgets,
                lambda rows, values: rows.filter(budget__slug__in=values),
            ),
        ),
        within=lambda rows, territory: rows.in_territory(territory),
        board=BOARD,
    )
)
