"""Reads of alerts, chainable."""

import datetime as dt
import math

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import Polygon
from django.db import models
from django.db.models import (
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.aggregates import Aggregate
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Role
from accounts.rules import mandates
from alerts.workflow import WORKFLOW
from geo.models import Body

GEOMETRY = PointField(srid=4326)
GEOGRAPHY = PointField(srid=4326, geography=True)
# Metres in a degree of latitude where it is shortest (the equator), so that a box is never too small.
DEGREE = 110_574
# Whoever works with the reports of a service, and who makes its maps.
MAPPERS = (Role.AGENT, Role.ADMINISTRATOR, Role.GIS_OFFICER)


class Median(Aggregate):
    """percentile_cont(0.5): NULLs are left out."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


class CategoryQuerySet(models.QuerySet):
    def offered(self):
        """Categories a resident may choose: in use, and no headings."""
        inside = self.model.objects.filter(parent=OuterRef("pk"))
        return self.filter(~Exists(inside), is_active=True).exclude(parent__is_active=False)


class RoutingRuleQuerySet(models.QuerySet):
    def applicable(self, category, territory_ids):
        """Rules in force for that category, or one it is inside, in one of these territories; in their order."""
        lineage = []
        while category and category.pk not in lineage:
            lineage.append(category.pk)
            category = category.parent
        return self.filter(
            Q(category=None) | Q(category__in=lineage),
            Q(territory=None) | Q(territory__in=territory_ids),
            is_active=True,
        ).select_related("body")


class AlertQuerySet(models.QuerySet):
    def kept(self):
        """Those that were not erased: lists show these, only statistics count the others too."""
        return self.filter(erased_at=None)

    def public(self):
        """Those that everybody may see."""
        return self.kept().filter(is_public=True)

    def visible_to(self, viewer):
        """Public alerts, one's own, and those a mandate covers."""
        rows, public = self.kept(), Q(is_public=True)
        if not viewer.is_authenticated:
            return rows.filter(public)
        if viewer.is_superuser:
            return rows
        covered = self._covered(viewer, Role.AGENT, Role.MODERATOR, Role.ADMINISTRATOR)
        return rows.filter(public | Q(reporter=viewer) | covered)

    def handled_by(self, agent):
        """The queue of an agent: alerts of their service in their territory. Administrators see their whole area.

        A superuser sees all: no report is out of everybody's sight, wherever it lies.
        """
        if agent.is_superuser:
            return self.kept()
        return self.kept().filter(self._covered(agent, Role.AGENT, Role.ADMINISTRATOR))

    def mapped_by(self, user):
        """What that person may put on a map of their own: a handler's queue, and all of a GIS officer's territory."""
        if user.is_superuser:
            return self.kept()
        return self.kept().filter(self._covered(user, *MAPPERS))

    def moderated_by(self, user):
        """Those whose texts and photos that person may hide: handlers' own, and all of a moderator's territory."""
        if user.is_superuser:
            return self.kept()
        return self.kept().filter(self._covered(user, Role.AGENT, Role.MODERATOR, Role.ADMINISTRATOR))

    def other_services(self, alert):
        """The services an alert can be sent on to: those of its territories, but its own."""
        return Body.objects.filter(kind=Body.Kind.SERVICE, territory__in=alert.territories).exclude(pk=alert.body_id)

    def of_person(self, user):
        """What that person reported, signed in or by leaving the address of the account."""
        return self.kept().filter(Q(reporter=user) | Q(contact_email__iexact=user.email))

    def joined_by(self, user):
        """What somebody else reported and that person has too, as far as they may see it."""
        joined = Q(supporters__user=user) | Q(supporters__email__iexact=user.email)
        return self.visible_to(user).filter(pk__in=self.model.objects.filter(joined).values("pk"))

    def latest_of(self, user, count: int = 5):
        """The latest that person reported, those first that ask them something."""
        return self.of_person(user).asked_first()[:count]

    def asked_first(self):
        """Those whose reporter is asked something, then newest first."""
        asked = Case(When(status="waiting", then=0), default=1)
        return self.with_late().select_related("category").order_by(asked, "-created_at", "-pk")

    def near(self, point, metres: float):
        """Those at most that far from `point` (EPSG:4326), nearest first; adds `distance` in metres on the ellipsoid.

        A box in degrees goes through the index of the points; real metres then decide.
        """
        place = ExpressionWrapper(Cast(F("point"), GEOGRAPHY), output_field=GEOGRAPHY)
        here = Cast(Value(point, GEOMETRY), GEOGRAPHY)
        distance = Func(place, here, function="ST_Distance", output_field=FloatField())
        return (
            self.filter(point__bboverlaps=_around(point, metres))
            .annotate(distance=distance)
            .filter(distance__lte=metres)
            .order_by("distance", "-pk")
        )

    def possible_duplicates(self, category, point, metres: float | None = None):
        """Still open ones of that category around `point`, nearest first, within its own radius or `metres`."""
        radius = category.duplicate_radius if metres is None else metres
        return self.kept().filter(category=category).waiting().near(point, radius)

    def same_problem(self, alert, metres: float):
        """Others still open around `alert`, nearest first, of its category or another under the same heading."""
        same, heading = Q(category=alert.category), alert.category.parent_id
        if heading:
            same |= Q(category__parent=heading)
        return self.kept().exclude(pk=alert.pk).filter(same).waiting().near(alert.point, metres)

    def in_territory(self, territory):
        """Alerts whose place lies in that territory, of any level."""
        return self.filter(territories__contains=[territory.pk])

    def waiting(self):
        """Those that still wait for somebody."""
        return self.filter(status__in=WORKFLOW.names(final=False))

    def with_late(self, today: dt.date | None = None):
        """Adds `late`: it waits for the service, and the day it was due on is over."""
        return self.annotate(
            late=Case(
                When(status__in=[*WORKFLOW.names(final=True), "waiting"], then=False),
                When(due_on__lt=today or timezone.localdate(), then=True),
                default=False,
            )
        )

    def statistics(self) -> dict:
        """total, open, resolved, rejected, and the median times to the first answer and to closing."""
        return self.aggregate(
            total=Count("pk"),
            open=Count("pk", filter=Q(status__in=WORKFLOW.names(final=False))),
            resolved=Count("pk", filter=Q(status="resolved")),
            rejected=Count("pk", filter=Q(status__in=WORKFLOW.names(group="closed"))),
            median_answer=Median(span("answered_at")),
            median_closing=Median(span("closed_at")),
        )

    @staticmethod
    def _covered(user, *roles) -> Q:
        """Alerts inside the territory of one of the user's mandates in these roles; an agent's: of their service."""
        covered = Q(pk__in=[])
        for mandate in mandates(user, *roles):
            one = Q(territories__contains=[mandate.territory_id])
            if mandate.role == Role.AGENT:
                one &= Q(body=mandate.body_id) | Q(also__contains=[mandate.body_id])
            covered |= one
        return covered


def span(moment: str):
    """From the report to that moment; NULL where both are one, as of imports whose closing day was not known."""
    span = ExpressionWrapper(F(moment) - F("created_at"), output_field=DurationField())
    return Case(When(**{f"{moment}__gt": F("created_at")}, then=span))


def _around(point, metres: float) -> Polygon:
    """A box in degrees that holds the circle of that radius around `point`."""
    high = metres / DEGREE
    wide = high / max(math.cos(math.radians(min(abs(point.y) + high, 89.9))), 0.001)
    box = Polygon.from_bbox((point.x - wide, point.y - high, point.x + wide, point.y + high))
    box.srid = 4326
    return box
