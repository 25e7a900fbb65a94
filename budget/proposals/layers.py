"""Proposals on the map: those that have a place, at a point of it, the same for everybody; lines and areas whole."""

from django.db.models import ExpressionWrapper, FloatField, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from budget.participatory.models import Budget, Envelope, Theme
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


def in_euros(source):
    """A sum of cents as layers say it."""
    return ExpressionWrapper(source / Value(100.0), output_field=FloatField())


FIELDS = (
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
        in_euros(Coalesce("cost", "estimate")),
    ),
    Field("supports", _("Supports"), "integer"),
    Field("address", _("Address")),
    Field("created_at", _("Proposed"), "datetime"),
    Field("updated_at", _("Last change"), "datetime"),
)
FILTERS = (
    Filter("stage", _("State of the proposal"), _states, lambda rows, values: rows.filter(status__in=values)),
    Filter("theme", _("Theme"), _themes, lambda rows, values: rows.filter(theme__code__in=values)),
    Filter("budget", _("Participatory budget"), _budgets, lambda rows, values: rows.filter(budget__slug__in=values)),
)


def _layer(name: str, title: str, description: str, rows, **more) -> Layer:
    """Those of `rows` that everybody may see, whoever looks."""
    return register(
        Layer(
            name=name,
            title=title,
            description=description,
            queryset=lambda _viewer: rows(Proposal.objects.public().living()),
            tables=(Proposal, Budget, Envelope, Theme),
            key="reference",
            style="status",
            label="title",
            legend=_states,
            url=lambda key: reverse("proposals:detail", args=[key]),
            fields=FIELDS,
            filters=FILTERS,
            within=lambda rows, territory: rows.in_territory(territory),
            **more,
        )
    )


PROPOSALS = _layer(
    "proposals",
    _("Proposals"),
    _("Equipment that residents propose in participatory budgets, what it costs and what became of it."),
    lambda rows: rows.filter(point__isnull=False),
    board=BOARD,
)
# A file of shapes holds shapes of one type.
LINES = _layer(
    "proposals_lines",
    _("Proposals: lines"),
    _("Proposals drawn as a line, such as cycle lanes and rows of trees: each in its whole length."),
    lambda rows: rows.drawn_as("LINESTRING"),
    geometry="shape",
    geometry_type="LINESTRING",
    explored=False,
    shape_of="proposals",
)
AREAS = _layer(
    "proposals_areas",
    _("Proposals: areas"),
    _("Proposals drawn as an area, such as squares and gardens: each with its outline."),
    lambda rows: rows.drawn_as("MULTIPOLYGON"),
    geometry="shape",
    geometry_type="MULTIPOLYGON",
    explored=False,
    shape_of="proposals",
)
