"""Addresses, for the search."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.utils.translation import gettext_lazy as _

from geo.functions import Geography


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
