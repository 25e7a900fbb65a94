"""Territories and their outlines.

Outlines and their parts are planar geometries: neighbours share the same straight edges.
"""

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.core.validators import RegexValidator
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from geo.changes import noted
from geo.functions import Plain
from geo.querysets import BoundaryQuerySet, TerritoryQuerySet

# A code is a step of addresses: none of the signs that end one there, nothing unseen, neither "." nor "..".
CODE = r"^(?!\.{1,2}\Z)[^/\\?#%\x01-\x1f\x7f]+\Z"
CODE_SAID = _("A code holds none of / \\ ? # % and no unseen sign, and is neither “.” nor “..”.")


class Level(models.Model):
    """A kind of territory: région, département, EPCI, commune, quartier… Data, so that any country fits."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_plural = models.CharField(_("plural name"), max_length=60)
    rank = models.PositiveSmallIntegerField(
        _("rank"),
        unique=True,
        help_text=_("Small for large territories: 10 for a region, 60 for a district."),
    )
    is_home = models.BooleanField(
        _("home level"),
        default=False,
        help_text=_("Reports that nobody is competent for go to this level's triage: the commune in France."),
    )

    class Meta:
        ordering = ["rank"]
        verbose_name = _("level")
        verbose_name_plural = _("levels")

    def __str__(self):
        return self.name


class Territory(models.Model):
    """A territory as people know it. It stays the same row when its outline changes."""

    level = models.ForeignKey(Level, models.PROTECT, related_name="territories", verbose_name=_("level"))
    code = models.CharField(_("code"), max_length=40, validators=[RegexValidator(CODE, CODE_SAID)])
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(_("year of the population"), null=True, blank=True)
    electors = models.PositiveIntegerField(_("registered electors"), null=True, blank=True)
    electors_year = models.PositiveSmallIntegerField(_("year of the electors"), null=True, blank=True)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        triggers = [noted("geo_territory")]
        ordering = ["level__rank", "name", "code"]
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        indexes = [GinIndex(OpClass(Plain("name"), name="gin_trgm_ops"), name="territory_name_words")]
        constraints = [
            models.UniqueConstraint(fields=["level", "code"], name="territory_code_unique_in_level"),
            models.CheckConstraint(condition=~Q(code=""), name="territory_has_code"),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="territory_code_fits_addresses"),
            models.CheckConstraint(
                condition=Q(population=None) | Q(population_year__isnull=False),
                name="territory_population_has_year",
            ),
            models.CheckConstraint(
                condition=Q(electors=None) | Q(electors_year__isnull=False),
                name="territory_electors_have_year",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("frontend:territory", args=[self.level.code, self.code])


class Boundary(models.Model):
    """The outline of a territory during one generation. Old ones stay for history."""

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="boundaries", verbose_name=_("territory"))
    validity = DateRangeField(_("valid"), help_text=_("From (included) and until (excluded); open where empty."))
    geometry = models.MultiPolygonField(_("outline"), srid=4326)
    repaired = models.BooleanField(_("repaired at import"), default=False)

    objects = BoundaryQuerySet.as_manager()

    class Meta:
        triggers = [noted("geo_boundary")]
        verbose_name = _("outline")
        verbose_name_plural = _("outlines")
        constraints = [
            ExclusionConstraint(
                name="one_outline_at_a_time",
                expressions=[
                    (F("territory"), RangeOperators.EQUAL),
                    (F("validity"), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self):
        since, until = self.validity.lower, self.validity.upper
        return f"{self.territory} ({since or '…'} – {until or '…'})"


class TerritoryPart(models.Model):
    """A piece of an outline, small enough to be tested fast. Written with the outline, never alone.

    Level, code and validity are repeated here so that a lookup reads one table.
    """

    boundary = models.ForeignKey(Boundary, models.CASCADE, related_name="parts")
    territory = models.ForeignKey(Territory, models.CASCADE, related_name="+")
    level = models.ForeignKey(Level, models.CASCADE, related_name="+")
    code = models.CharField(max_length=40, db_collation="C")
    validity = DateRangeField()
    geometry = models.PolygonField(srid=4326, spatial_index=False)

    class Meta:
        indexes = [GistIndex(fields=["geometry"], name="territorypart_geometry")]
