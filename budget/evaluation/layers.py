"""Proposals for those who study and sign them."""

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import DateField, Exists, F, Min, OuterRef, Q, Subquery, TextField, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.rules import mandates
from budget.evaluation.models import Assignment, Study
from budget.evaluation.querysets import mapped_by, signed_by
from budget.participatory.models import Budget, Envelope, Theme
from budget.proposals.layers import in_euros
from budget.proposals.models import Proposal
from budget.proposals.workflow import GROUPS, WORKFLOW
from geo.layers import Choice, Field, Filter, Layer, register

WORKERS = (Role.AGENT, Role.OFFICIAL, Role.ADMINISTRATOR, Role.GIS_OFFICER)


def _states():
    return [
        Choice(state.name, state.title, GROUPS[state.group][1], GROUPS[state.group][2]) for state in WORKFLOW.states
    ]


def _rows(viewer):
    handled = Assignment.objects.handled_by(viewer)
    asked = Assignment.objects.filter(proposal=OuterRef("pk")).order_by().values("proposal")
    said = Study.objects.filter(
        assignment__proposal=OuterRef("pk"), submitted=True, version=F("assignment__version")
    ).order_by()
    names = asked.annotate(all=StringAgg("body__name", Value(", "), order_by="body__name")).values("all")
    first = asked.filter(submitted_at=None).annotate(first=Min("deadline")).values("first")
    verdicts = said.values("assignment__proposal").annotate(
        all=StringAgg("verdict", Value(", "), order_by="assignment__body__name")
    )
    in_sight = (signed_by(viewer) | mapped_by(viewer)) & ~Q(status__in=("merged", "split", "withdrawn"))
    return Proposal.objects.filter(
        Q(pk__in=handled.values("proposal")) | in_sight,
        point__isnull=False,
    ).annotate(
        services=Subquery(names, output_field=TextField()),
        deadline=Subquery(first, output_field=DateField()),
        late=Exists(Assignment.objects.late().filter(proposal=OuterRef("pk"))),
        verdicts=Subquery(verdicts.values("all"), output_field=TextField()),
    )


WORK = register(
    Layer(
        name="proposals_work",
        title=_("Proposals: the work of the services"),
        description=_(
            "What your mandate has you study, sign or map: services asked, deadline, verdicts not signed yet."
        ),
        queryset=_rows,
        tables=(Proposal, Assignment, Budget, Envelope, Theme),
        open_to=lambda viewer: viewer.is_superuser or bool(mandates(viewer, *WORKERS)),
        key="reference",
        style="status",
        label="title",
        legend=_states,
        url=lambda key: reverse("proposals:detail", args=[key]),
        fields=(
            Field("reference", _("Reference")),
            Field("title", _("Title")),
            Field("budget", _("Participatory budget"), source="budget__slug"),
            Field("envelope", _("Envelope"), source="envelope__title"),
            Field("theme", _("Theme"), source="theme__code"),
            Field("status", _("State")),
            Field("supports", _("Supports"), "integer"),
            Field("estimate", _("Estimate of the author in euros"), "number", in_euros(F("estimate"))),
            Field("cost", _("Cost in euros, of the services"), "number", in_euros(F("cost"))),
            Field("services", _("Services asked")),
            Field("deadline", _("Study expected on"), "date"),
            Field("late", _("Late"), "boolean"),
            Field("verdicts", _("Verdicts handed in")),
            Field("created_at", _("Proposed"), "datetime"),
        ),
        filters=(
            Filter("status", _("State"), _states, lambda rows, values: rows.filter(status__in=values)),
            Filter(
                "theme",
                _("Theme"),
                lambda: [Choice(one.code, one.name, icon=one.icon) for one in Theme.objects.all()],
                lambda rows, values: rows.filter(theme__code__in=values),
            ),
        ),
        within=lambda rows, territory: rows.in_territory(territory),
        explored=False,
    )
)
