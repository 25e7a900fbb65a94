"""Who is competent for what, and where."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import DateRangeField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geo.models.territories import Territory
from geo.querysets import BodyQuerySet


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
