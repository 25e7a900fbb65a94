"""Places and who is competent there.

Geometry is stored in EPSG:4326, the system of GeoJSON, Open311 and tiles. Metres come from a cast to geography or
from settings.METRIC_SRID. Outlines and their parts are planar geometries: neighbours share the same straight edges.
"""

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from geo.changes import NOTED
from geo.functions import Geography, Plain
from geo.querysets import AssetQuerySet, BodyQuerySet, BoundaryQuerySet, PlanFeatureQuerySet, TerritoryQuerySet


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
    code = models.CharField(_("code"), max_length=40)
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
        triggers = [NOTED]
        ordering = ["level__rank", "name", "code"]
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        indexes = [GinIndex(OpClass(Plain("name"), name="gin_trgm_ops"), name="territory_name_words")]
        constraints = [
            models.UniqueConstraint(fields=["level", "code"], name="territory_code_unique_in_level"),
            models.CheckConstraint(condition=~Q(code=""), name="territory_has_code"),
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
        triggers = [NOTED]
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


class Competence(models.Model):
    """Something a public body is in charge of: street lighting, school meals, trams."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("competence")
        verbose_name_plural = _("competences")

    def __str__(self):
        return self.name


class Body(models.Model):
    """A service or an assembly that must answer."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("service")
        ASSEMBLY = "assembly", _("assembly")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SERVICE)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="bodies", verbose_name=_("territory"))
    email = models.EmailField(_("e-mail"), blank=True)
    is_triage = models.BooleanField(
        _("triage"), default=False, help_text=_("Receives what nobody else is competent for.")
    )

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        constraints = [
            models.UniqueConstraint(
                fields=["territory"],
                condition=Q(is_triage=True),
                name="one_triage_for_a_territory",
                violation_error_message=_("This territory has its triage body already."),
            )
        ]

    def __str__(self):
        return self.name


class Jurisdiction(models.Model):
    """The rule that a body is competent for something in a territory, with its source."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="jurisdictions", verbose_name=_("body"))
    competence = models.ForeignKey(
        Competence, models.CASCADE, related_name="jurisdictions", verbose_name=_("competence")
    )
    territory = models.ForeignKey(Territory, models.CASCADE, related_name="jurisdictions", verbose_name=_("territory"))
    validity = DateRangeField(_("valid"), null=True, blank=True)
    priority = models.SmallIntegerField(_("priority"), default=0, help_text=_("The higher one wins in a territory."))
    source = models.CharField(_("source"), max_length=300, blank=True, help_text=_("Law, deliberation or contract."))

    class Meta:
        ordering = ["competence__name", "territory__level__rank", "-priority", "pk"]
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")
        constraints = [
            models.UniqueConstraint(
                fields=["body", "competence", "territory"], name="jurisdiction_unique", nulls_distinct=False
            )
        ]

    def __str__(self):
        return f"{self.body}: {self.competence} ({self.territory})"


class PlanFeature(models.Model):
    """One object of the city's own base plan (river, park, street), drawn where no tile server is set."""

    kind = models.CharField(_("kind"), max_length=30, db_index=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"), default=3, help_text=_("1 shows from afar, 5 only close by."))
    geometry = models.GeometryField(_("geometry"), srid=4326)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PlanFeatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("object of the plan")
        verbose_name_plural = _("objects of the plan")
        indexes = [
            GinIndex(OpClass(Plain("name"), name="gin_trgm_ops"), condition=~Q(name=""), name="planfeature_name_words")
        ]

    def __str__(self):
        return self.name or self.kind


class City(models.Model):
    """A commune as addresses name it, also where none of the territories is one."""

    code = models.CharField(_("code"), max_length=10, unique=True, help_text=_("The INSEE code of the commune."))
    name = models.CharField(_("name"), max_length=120)
    key = models.CharField(max_length=120, editable=False)

    class Meta:
        ordering = ["name", "code"]
        verbose_name = _("city of addresses")
        verbose_name_plural = _("cities of addresses")
        indexes = [GinIndex(fields=["key"], opclasses=["gin_trgm_ops"], name="city_words")]

    def __str__(self):
        return self.name


class Street(models.Model):
    """A street or a hamlet with its name: what a search reads, for there are ten times fewer than addresses.

    `key` and `core` are its name as geo.addresses.words.keys makes it; `postcode` is that of most of its addresses,
    and `point` (EPSG:4326, as they are) the address in its middle.
    """

    city = models.ForeignKey(City, models.CASCADE, related_name="streets", verbose_name=_("city"))
    former_code = models.CharField(_("code of the former commune"), max_length=10, blank=True)
    name = models.CharField(_("name"), max_length=200)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    key = models.CharField(max_length=250, editable=False)
    core = models.CharField(max_length=250, editable=False)
    point = models.PointField(_("point"), srid=4326, spatial_index=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        constraints = [models.UniqueConstraint(fields=["city", "former_code", "name"], name="street_unique_in_city")]
        indexes = [GinIndex(fields=["core"], opclasses=["gin_trgm_ops"], name="street_words")]

    def __str__(self):
        return self.name


class Address(models.Model):
    """A house number of a street. `id` is that of the national address base; the point is in its EPSG:4326."""

    id = models.CharField(_("identifier"), max_length=60, primary_key=True, db_collation="C")
    street = models.ForeignKey(
        Street, models.CASCADE, related_name="addresses", verbose_name=_("street"), db_index=False
    )
    number = models.PositiveIntegerField(_("number"))
    suffix = models.CharField(_("suffix"), max_length=20, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    point = models.PointField(_("point"), srid=4326, spatial_index=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        indexes = [
            models.Index(fields=["street", "number"], name="address_number"),
            GistIndex(Geography("point"), name="address_nearest"),
        ]

    def __str__(self):
        return f"{self.number} {self.suffix}".strip()


class AssetKind(models.Model):
    """A kind of equipment that the city looks after: street lights, benches. Data, from the city's own files."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_plural = models.CharField(_("plural name"), max_length=80)
    icon = models.CharField(_("icon"), max_length=8, blank=True)
    description = models.CharField(_("description"), max_length=300, blank=True)

    class Meta:
        triggers = [NOTED]
        ordering = ["name"]
        verbose_name = _("kind of equipment")
        verbose_name_plural = _("kinds of equipment")

    def __str__(self):
        return self.name


class Asset(models.Model):
    """One piece of equipment that a resident can point at. What left the city's file stays, inactive."""

    kind = models.ForeignKey(AssetKind, models.PROTECT, related_name="assets", verbose_name=_("kind"))
    code = models.CharField(_("code"), max_length=60, help_text=_("As the city's services know it."))
    name = models.CharField(_("name"), max_length=200, blank=True)
    point = models.PointField(_("point"), srid=4326)
    properties = models.JSONField(_("other columns of the file"), default=dict, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        triggers = [NOTED]
        ordering = ["kind", "code"]
        verbose_name = _("piece of equipment")
        verbose_name_plural = _("equipment")
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="asset_code_unique_in_kind"),
            models.CheckConstraint(condition=~Q(code=""), name="asset_has_code"),
        ]
        indexes = [GistIndex(Geography("point"), name="asset_nearest")]

    def __str__(self):
        return self.name or f"{self.kind} {self.code}"
