"""Reads of budgets and envelopes, chainable."""

from django.contrib.gis.geos import Point
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

from geo.lookup import territory_ids_at


class BudgetQuerySet(models.QuerySet):
    def published(self):
        """Those that everybody may see."""
        return self.filter(published_at__isnull=False)

    def visible_to(self, viewer):
        """Published ones, and those that this person runs."""
        from budget.participatory.rules import run_by

        if viewer.is_superuser:
            return self
        return self.filter(Q(published_at__isnull=False) | Q(territory__in=run_by(viewer)))

    def whole(self):
        """With phases, envelopes and their territories, in a constant number of queries."""
        return self.select_related("territory__level").prefetch_related(
            "phases", "envelopes__territory__level", "envelopes__theme"
        )


class EnvelopeQuerySet(models.QuerySet):
    def at(self, place: Point, *, theme=None):
        """Those that a proposal at `place` (EPSG:4326) may belong to, the closest first: its theme's, the district's,
        the whole city's."""
        here = territory_ids_at(place)
        themed = Q(scope="theme", theme=theme) if theme else Q(pk=None)
        return (
            self.filter(themed | Q(scope="territory", territory__in=here) | Q(scope="city"))
            .filter(Q(territory=None) | Q(territory__in=here))
            .annotate(
                closeness=Case(
                    When(scope="theme", then=Value(0)),
                    When(scope="territory", then=Value(1)),
                    default=Value(2),
                    output_field=IntegerField(),
                )
            )
            .order_by("closeness", "-territory__level__rank", "position", "pk")
        )
