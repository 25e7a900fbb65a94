"""Alerts on the map."""

from django.db.models import Case, F, Q, TextField, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rules import mandates
from alerts.board import BOARD
from alerts.models import Alert, Category
from alerts.querysets import MAPPERS
from alerts.workflow import GROUPS, WORKFLOW
from geo.layers import Choice, Field, Filter, Layer, register


def _states():
    return [
        Choice(state.name, state.title, GROUPS[state.group][1], GROUPS[state.group][2]) for state in WORKFLOW.states
    ]


def _categories():
    return [
        Choice(one.code, one.name, icon=one.icon) for one in Category.objects.filter(children=None, is_stopper=False)
    ]


def _confirmations():
    return [
        Choice("confirmed", _("confirmed by residents"), icon="👍"),
        Choice("contested", _("contested by residents"), icon="👎"),
        Choice("unknown", _("without an opinion")),
    ]


CONFIRMATIONS = {
    "confirmed": Q(confirmed__gt=F("contested")),
    "contested": Q(contested__gt=0, contested__gte=F("confirmed")),
    "unknown": Q(confirmed=0, contested=0),
}


def _confirmed(rows, values):
    """Resolved ones, by what more residents found at the place; as many on both sides is contested."""
    chosen = Q(pk__in=[])
    for value in values:
        chosen |= CONFIRMATIONS[value]
    return rows.filter(chosen, status="resolved")


PUBLIC_TEXT = Case(When(text_hidden=True, then=Value("")), default=F("public_text"), output_field=TextField())
PUBLIC_ADDRESS = Case(When(address_hidden=True, then=Value("")), default=F("public_address"), output_field=TextField())

FIELDS = (
    Field("reference", _("Reference")),
    Field("category", _("Category"), source="category__code"),
    Field("category_name", _("Name of the category"), source="category__name"),
    Field("status", _("State")),
    Field("description", _("Description, without personal data"), source=PUBLIC_TEXT),
    Field("service", _("Service in charge"), source="body__name"),
    Field("address", _("Address, without personal data"), source=PUBLIC_ADDRESS),
    Field("created_at", _("Reported"), "datetime"),
    Field("updated_at", _("Last change"), "datetime"),
    Field("answered_at", _("First answer"), "datetime"),
    Field("closed_at", _("Closed"), "datetime"),
    Field("supports", _("People who have the problem too"), "integer"),
    Field("confirmed", _("People who say it is fixed"), "integer"),
    Field("contested", _("People who say it is not fixed"), "integer"),
)
FILTERS = (
    Filter("status", _("State"), _states, lambda rows, values: rows.filter(status__in=values)),
    Filter(
        "category",
        _("Category"),
        _categories,
        lambda rows, values: rows.filter(category__code__in=values),
    ),
    Filter("confirmation", _("Really fixed?"), _confirmations, _confirmed),
)


ALERTS = register(
    Layer(
        name="alerts",
        title=_("Alerts"),
        description=_("Problems reported by residents and how far their treatment has come."),
        # The same for everybody: what only some may see is in the other layer, and in no file under an open licence.
        queryset=lambda _viewer: Alert.objects.public(),
        tables=(Alert, Category),
        key="reference",
        style="status",
        label="category__name",
        legend=_states,
        url=lambda key: reverse("alerts:detail", args=[key]),
        fields=FIELDS,
        filters=FILTERS,
        within=lambda rows, territory: rows.in_territory(territory),
        board=BOARD,
    )
)

WORK = register(
    Layer(
        name="alerts_work",
        title=_("Alerts: the work of the service"),
        description=_("What your mandate covers, with priority, deadline and team; also what is not public."),
        queryset=lambda viewer: Alert.objects.mapped_by(viewer).with_late(),
        tables=(Alert, Category),
        open_to=lambda viewer: viewer.is_superuser or bool(mandates(viewer, *MAPPERS)),
        key="reference",
        style="status",
        label="category__name",
        legend=_states,
        url=lambda key: reverse("alerts:handle", args=[key]),
        fields=(
            *FIELDS,
            Field("is_public", _("Public"), "boolean"),
            Field("priority", _("Priority (-1 low, 1 urgent)"), "integer"),
            Field("due_on", _("Due on"), "date"),
            Field("late", _("Late"), "boolean"),
            Field("planned_for", _("Planned for"), "date"),
            Field("team", _("Team"), source="team__name"),
            Field("asset", _("Equipment"), source="asset_code"),
            Field("source", _("Came by")),
        ),
        filters=FILTERS,
        within=lambda rows, territory: rows.in_territory(territory),
        explored=False,
    )
)
