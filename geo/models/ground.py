"""What stands in the town: its base plan and its equipment."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from geo.changes import noted
from geo.functions import Geography, Plain
from geo.querysets import AssetQuerySet, PlanFeatureQuerySet


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


class AssetKind(models.Model):
    """A kind of equipment that the city looks after, or of places of interest. Data, from the city's own files."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_plural = models.CharField(_("plural name"), max_length=80)
    icon = models.CharField(_("icon"), max_length=8, blank=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    is_place = models.BooleanField(
        _("place of interest"),
        default=False,
        help_text=_("Schools, libraries, town halls: where people go, beside what the city looks after."),
    )

    class Meta:
        triggers = [noted("geo_assetkind")]
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
        triggers = [noted("geo_asset")]
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
