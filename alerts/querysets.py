"""Reads of alerts, chainable."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, DateField, DurationField, ExpressionWrapper, F, OuterRef, Q, Subquery, When
from django.db.models.aggregates import Aggregate
from django.db.models.functions import Cast, Coalesce, TruncWeek
from django.utils import timezone

from accounts.models import Role
from accounts.rules import mandates
from alerts.workflow import WORKFLOW
from geo.models import Body


class Median(Aggregate):
    """percentile_cont(0.5): NULLs are left out."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


class CategoryQuerySet(models.QuerySet):
    def offered(self):
        """Categories a resident may choose."""
        return self.filter(is_active=True)


class AlertQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """Public alerts, one's own, and those a mandate covers."""
        public = Q(is_public=True)
        if not viewer.is_authenticated:
            return self.filter(public)
        if viewer.is_superuser:
            return self.all()
        covered = self._covered(viewer, Role.AGENT, Role.MODERATOR, Role.ADMINISTRATOR)
        return self.filter(public | Q(reporter=viewer) | covered)

    def handled_by(self, agent):
        """The queue of an agent: alerts of their service in their territory. Administrators see their whole area.

        A superuser sees all: no report is out of everybody's sight, wherever it lies.
        """
        if agent.is_superuser:
            return self.all()
        return self.filter(self._covered(agent, Role.AGENT, Role.ADMINISTRATOR))

    def other_services(self, alert):
        """The services an alert can be sent on to: those of its territories, but its own."""
        return Body.objects.filter(kind=Body.Kind.SERVICE, territory__in=alert.territories).exclude(pk=alert.body_id)

    def of_person(self, user):
        """What that person reported, signed in or by leaving the address of the account."""
        return self.filter(Q(reporter=user) | Q(contact_email__iexact=user.email))

    def latest_of(self, user, count: int = 20):
        """The latest that person reported, newest first."""
        return self.of_person(user).select_related("category").order_by("-created_at", "-pk")[:count]

    def in_territory(self, territory):
        """Alerts whose place lies in that territory, of any level."""
        return self.filter(territories__contains=[territory.pk])

    def waiting(self):
        """Those that still wait for somebody."""
        return self.filter(status__in=WORKFLOW.names(final=False))

    def with_late(self, today: dt.date | None = None):
        """Adds `planned_for` (date of the latest plan, or None), `due` and `late`.

        A waiting alert is due on its planned day, else settings.ALERTS_LATE_AFTER_DAYS after its last news.
        """
        from alerts.models import AlertEvent

        plans = AlertEvent.objects.filter(alert=OuterRef("pk"), transition="plan").order_by("-pk")
        silence = dt.timedelta(days=settings.ALERTS_LATE_AFTER_DAYS)
        return self.annotate(
            planned_for=Case(When(status="planned", then=Subquery(plans.values("planned_for")[:1]))),
            due=Coalesce("planned_for", Cast(F("updated_at") + silence, DateField())),
            late=Case(
                When(status__in=WORKFLOW.names(final=True), then=False),
                When(due__lt=today or timezone.localdate(), then=True),
                default=False,
            ),
        )

    def statistics(self) -> dict:
        """total, open, resolved, rejected, and the median times to the first answer and to closing."""
        return self.aggregate(
            total=Count("pk"),
            open=Count("pk", filter=Q(status__in=WORKFLOW.names(final=False))),
            resolved=Count("pk", filter=Q(status="resolved")),
            rejected=Count("pk", filter=Q(status="rejected")),
            median_answer=Median(_span("answered_at")),
            median_closing=Median(_span("closed_at")),
        )

    def by_category(self):
        """Rows {category, name, total, open, resolved, median_answer}, most frequent first."""
        return (
            self.order_by()
            .values(name=F("category__name"), icon=F("category__icon"))
            .annotate(
                total=Count("pk"),
                open=Count("pk", filter=Q(status__in=WORKFLOW.names(final=False))),
                resolved=Count("pk", filter=Q(status="resolved")),
                median_answer=Median(_span("answered_at")),
            )
            .order_by("-total", "name")
        )

    def by_week(self, moment: str = "created_at"):
        """Rows {week, total} by the Monday of the week in which `moment` lies."""
        return (
            self.exclude(**{moment: None})
            .order_by()
            .annotate(week=TruncWeek(moment))
            .values("week")
            .annotate(total=Count("pk"))
            .order_by("week")
        )

    @staticmethod
    def _covered(user, *roles) -> Q:
        """Alerts inside the territory of one of the user's mandates in these roles; an agent's: of their service."""
        covered = Q(pk__in=[])
        for mandate in mandates(user, *roles):
            one = Q(territories__contains=[mandate.territory_id])
            covered |= one & Q(body=mandate.body_id) if mandate.role == Role.AGENT else one
        return covered


def _span(moment: str):
    return ExpressionWrapper(F(moment) - F("created_at"), output_field=DurationField())
