"""Problems residents report, their photos and their history."""

import secrets
import uuid

import pgtrigger
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.querysets import AlertQuerySet, CategoryQuerySet
from alerts.workflow import WORKFLOW
from geo.models import Body, Competence

# Crockford's base 32 without vowels: no letter is taken for another, no word appears by chance.
REFERENCE_ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8


def new_reference() -> str:
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Category(models.Model):
    """A kind of problem, with the competence it calls for."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    group = models.CharField(_("group"), max_length=80, help_text=_("Heading in the list of categories."))
    description = models.CharField(_("help"), max_length=300, blank=True)
    icon = models.CharField(_("sign"), max_length=4, blank=True)
    competence = models.ForeignKey(
        Competence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("competence")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self):
        return self.name


class Alert(models.Model):
    """A report. State, territories and body are caches of its history, kept by alerts.services alone."""

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    tracking_token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    # Made with the empty form: sending it twice gives one report.
    submission = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    category = models.ForeignKey(Category, models.PROTECT, related_name="alerts", verbose_name=_("category"))
    description = models.TextField(_("description"))
    point = models.PointField(_("place"), srid=4326, spatial_index=False)
    address = models.CharField(_("address"), max_length=200, blank=True)
    territories = ArrayField(models.BigIntegerField(), verbose_name=_("territories"))
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, related_name="alerts", verbose_name=_("service in charge")
    )
    reasons = models.JSONField(_("why this service"), default=list)
    status = models.CharField(_("state"), max_length=20, choices=WORKFLOW.choices(), default=WORKFLOW.initial)
    reporter = models.ForeignKey(User, models.SET_NULL, null=True, related_name="alerts")
    contact_email = models.EmailField(_("e-mail of the reporter"), blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    created_at = models.DateTimeField(_("reported"))
    updated_at = models.DateTimeField(_("last change"))
    answered_at = models.DateTimeField(_("first answer"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        permissions = [("handle_alert", _("Can handle an alert"))]
        indexes = [
            GistIndex(fields=["point"], name="alert_point"),
            GinIndex(fields=["territories"], name="alert_territories"),
            models.Index(fields=["-created_at", "-id"], name="alert_newest"),
            models.Index(fields=["body", "status", "created_at"], name="alert_queue"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=list(WORKFLOW.by_state)), name="alert_status_known"),
            models.CheckConstraint(
                condition=Q(closed_at=None) ^ Q(status__in=WORKFLOW.names(final=True)),
                name="alert_closed_has_date",
            ),
        ]

    def __str__(self):
        return f"{self.category} ({self.reference})"

    def get_absolute_url(self):
        return reverse("alerts:detail", args=[self.reference])

    def get_tracking_url(self):
        return reverse("alerts:tracking", args=[self.tracking_token])

    def get_handle_url(self):
        return reverse("alerts:handle", args=[self.reference])

    @property
    def state(self):
        return WORKFLOW.by_state[self.status]


class AlertEvent(models.Model):
    """One step of an alert. Appended, never edited: the database refuses."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="events")
    transition = models.CharField(max_length=20)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    message = models.TextField(_("public message"), blank=True)
    note = models.TextField(_("internal note"), blank=True)
    planned_for = models.DateField(_("planned for"), null=True)
    actor = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("step")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    @property
    def state(self):
        return WORKFLOW.by_state[self.to_status]


class AlertPhoto(models.Model):
    """A cleaned photo. It is kept from the first upload on, so that a mistake elsewhere in the form loses nothing."""

    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    alert = models.ForeignKey(Alert, models.CASCADE, null=True, related_name="photos")
    image = models.FileField(upload_to="alerts/%Y/%m/")
    thumbnail = models.FileField(upload_to="alerts/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        verbose_name = _("photo")
        indexes = [models.Index(fields=["created_at"], name="photo_draft", condition=Q(alert=None))]

    def get_url(self):
        """Where the photo is shown; `?petit` gives its thumbnail."""
        return reverse("alerts:photo", args=[self.token])
