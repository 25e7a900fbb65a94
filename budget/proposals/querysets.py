"""Reads of proposals and prices, chainable."""

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.measure import D
from django.contrib.postgres.search import TrigramSimilarity
from django.db import models
from django.db.models import Count, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact

from budget.proposals.workflow import GONE, WORKFLOW
from geo.functions import Plain

NEAR = 300  # metres
ALIKE = 0.3  # pg_trgm's own threshold


class PriceQuerySet(models.QuerySet):
    def offered(self):
        """Those in use, of themes in use."""
        return self.filter(is_active=True, theme__is_active=True)


class ProposalQuerySet(models.QuerySet):
    def public(self):
        """Those that everybody may see: of published budgets, not hidden."""
        return self.filter(budget__published_at__isnull=False, hidden_at=None)

    def visible_to(self, viewer):
        """Public ones, one's own, and those of the budgets that this person runs or moderates."""
        from budget.proposals.rules import covered

        if viewer.is_superuser:
            return self
        if not viewer.is_authenticated:
            return self.public()
        return self.filter(
            Q(budget__published_at__isnull=False, hidden_at=None)
            | Q(author=viewer)
            | Q(territories__overlap=covered(viewer))
        )

    def living(self):
        """Those that stand for themselves: not merged, split or withdrawn."""
        return self.exclude(status__in=GONE)

    def drawn_as(self, geometry_type: str):
        """Those whose shape is of that type: POINT, LINESTRING or MULTIPOLYGON, as services keep them."""
        return self.filter(
            Exact(Func("shape", function="GeometryType", output_field=models.CharField()), Value(geometry_type))
        )

    def in_territory(self, territory):
        """Those whose envelope or place lies in that territory, of any level."""
        return self.filter(territories__contains=[territory.pk])

    def newest(self, count: int = 5):
        """The last ones, with their envelopes."""
        return self.select_related("envelope").order_by("-created_at", "-pk")[:count]

    def waiting(self):
        """Those that still wait for somebody."""
        return self.filter(status__in=WORKFLOW.names(final=False))

    def worded(self, text: str):
        """Those whose title or description holds that text, whatever its accents and case."""
        return self.alias(plain_text=Plain("text"), plain_title=Plain("title")).filter(
            Q(plain_title__contains=Plain(Value(text))) | Q(plain_text__contains=Plain(Value(text)))
        )

    def with_photo(self):
        """Adds `photo_token`, of the first photo, or None."""
        from budget.proposals.models import ProposalPhoto

        photos = ProposalPhoto.objects.filter(proposal=OuterRef("pk")).order_by("pk")
        return self.annotate(photo_token=Subquery(photos.values("token")[:1]))

    def with_price(self):
        """Adds `shown_price` in cents: what the services found, else the author's estimate."""
        return self.annotate(shown_price=Coalesce("cost", "estimate"))

    def recounted(self):
        """Adds `counted`: the supports as their rows say, whatever the cache shows."""
        return self.annotate(counted=Count("supporters"))

    def similar(self, *, title: str = "", shape=None, metres: float = NEAR):
        """Living ones whose title is alike, or whose place lies within so many metres of `shape` (EPSG:4326).

        The most alike first, then the nearest; adds `likeness` (0 to 1) and, where a shape is given, `distance`.
        """
        rows = self.living().annotate(likeness=TrigramSimilarity(Plain("title"), Plain(Value(title))))
        chosen = Q(likeness__gte=ALIKE)
        if shape is not None:
            place = GeometryField(srid=4326, geography=True)
            rows = rows.alias(on_earth=Cast("shape", place)).annotate(distance=Distance("on_earth", shape))
            chosen |= Q(on_earth__dwithin=(shape, D(m=metres)))
            return rows.filter(chosen).order_by("-likeness", "distance", "pk")
        return rows.filter(chosen).order_by("-likeness", "pk")
