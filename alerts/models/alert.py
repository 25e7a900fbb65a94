"""A report, its history and its photos."""

import datetime as dt
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
from alerts.models.catalogue import Category
from alerts.models.team import Team
from alerts.querysets import AlertQuerySet
from alerts.workflow import WORKFLOW
from geo.changes import noted
from geo.models import Body

# Crockford's base 32 without vowels: no letter is taken for another, no word appears by chance.
REFERENCE_ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8


def new_reference() -> str:
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Priority(models.IntegerChoices):
    """How urgent a service holds it to be."""

    LOW = -1, _("low")
    NORMAL = 0, _("normal")
    HIGH = 1, _("urgent")


class Source(models.TextChoices):
    """Through which door it came."""

    WEB = "web", _("this site")
    OPEN311 = "open311", _("Open311")
    IMPORT = "import", _("another system")
    AGENT = "agent", _("an agent")


class Alert(models.Model):
    """A report. State, territories and body are caches of its history, kept by alerts.services alone."""

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    tracking_token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    # Made with the empty form: sending it twice gives one report.
    submission = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    category = models.ForeignKey(Category, models.PROTECT, related_name="alerts", verbose_name=_("category"))
    description = models.TextField(_("description"))
    # The same without what leads to a person (alerts.screening): all that the public reads.
    public_text = models.TextField(default="", db_default="", editable=False)
    point = models.PointField(_("place"), srid=4326, spatial_index=False)
    address = models.CharField(_("address"), max_length=200, blank=True)
    public_address = models.CharField(max_length=200, default="", db_default="", editable=False)
    # {question's code: text, or list of keys}, as alerts.answers checked them.
    answers = models.JSONField(_("answers"), default=dict)
    # Number of the equipment pointed at, of the category's kind: it outlives a new import of the equipment.
    asset_code = models.CharField(_("equipment"), max_length=80, blank=True)
    territories = ArrayField(models.BigIntegerField(), verbose_name=_("territories"))
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, related_name="alerts", verbose_name=_("service in charge")
    )
    # Ids of other bodies that are competent here too, or that a rule names: they are told and may act.
    also = ArrayField(models.BigIntegerField(), verbose_name=_("other services"), default=list)
    reasons = models.JSONField(_("why this service"), default=list)
    status = models.CharField(_("state"), max_length=20, choices=WORKFLOW.choices(), default=WORKFLOW.initial)
    reporter = models.ForeignKey(User, models.SET_NULL, null=True, related_name="alerts")
    contact_email = models.EmailField(_("e-mail of the reporter"), blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    text_hidden = models.BooleanField(_("description hidden"), default=False)
    address_hidden = models.BooleanField(_("address hidden"), default=False, db_default=False)
    answers_hidden = models.BooleanField(_("answers hidden"), default=False, db_default=False)
    source = models.CharField(_("came by"), max_length=10, choices=Source.choices, default=Source.WEB)
    # Where it came from another system: the system's name and its number there, imported once.
    origin = models.CharField(max_length=40, blank=True)
    origin_key = models.CharField(max_length=80, blank=True)
    priority = models.SmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("given to"))
    team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="+", verbose_name=_("team"))
    planned_for = models.DateField(_("planned for"), null=True)
    due_on = models.DateField(_("due on"))
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="duplicates")
    supports = models.PositiveIntegerField(_("people who have the problem too"), default=0)
    confirmed = models.PositiveIntegerField(_("say it is fixed"), default=0)
    contested = models.PositiveIntegerField(_("say it is not"), default=0)
    created_at = models.DateTimeField(_("reported"))
    updated_at = models.DateTimeField(_("last change"))
    answered_at = models.DateTimeField(_("first answer"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    # Retention: first nothing personal and no text is left, then nothing but what statistics count.
    anonymised_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        triggers = [noted("alerts_alert")]
        ordering = ["-created_at", "-pk"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        permissions = [("handle_alert", _("Can handle an alert"))]
        indexes = [
            GistIndex(fields=["point"], name="alert_point"),
            GinIndex(fields=["territories"], name="alert_territories"),
            models.Index(fields=["-created_at", "-id"], name="alert_newest"),
            models.Index(fields=["body", "status", "created_at"], name="alert_queue"),
            models.Index(
                fields=["body", "due_on", "id"],
                name="alert_due",
                condition=Q(status__in=WORKFLOW.names(final=False)),
            ),
            models.Index(
                fields=["due_on", "id"], name="alert_waiting", condition=Q(status__in=WORKFLOW.names(final=False))
            ),
            GinIndex(fields=["also"], name="alert_also", condition=~Q(also=[])),
            models.Index(fields=["duplicate_of"], name="alert_duplicates", condition=~Q(duplicate_of=None)),
            models.Index(fields=["closed_at"], name="alert_retention", condition=Q(erased_at=None)),
            # Other systems ask every few minutes what has changed since they last asked.
            models.Index(fields=["-updated_at", "-id"], name="alert_changed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=list(WORKFLOW.by_state)), name="alert_status_known"),
            models.CheckConstraint(
                condition=Q(closed_at=None) ^ Q(status__in=WORKFLOW.names(final=True)),
                name="alert_closed_has_date",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | Q(status="duplicate"), name="alert_duplicate_is_marked"
            ),
            models.UniqueConstraint(
                fields=["origin", "origin_key"], condition=~Q(origin=""), name="alert_imported_once"
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

    @property
    def shown_text(self) -> str:
        """The description as the public reads it."""
        return "" if self.text_hidden else self.public_text

    @property
    def shown_address(self) -> str:
        """The address as the public reads it."""
        return "" if self.address_hidden else self.public_address

    @property
    def bodies(self) -> list[int]:
        """Ids of the bodies that may act: the one in charge and those beside it."""
        return [*([self.body_id] if self.body_id else []), *self.also]

    def reopens_until(self):
        """Until when the person who reported it may reopen it; None where it is not closed."""
        return self.closed_at and self.closed_at + dt.timedelta(days=self.category.reopen_days)


class AlertEvent(models.Model):
    """One step of an alert. Appended, never edited: the database refuses.

    `transition` names an act of the workflow, or one that leaves the state as it is: report, update, assign,
    prioritise, note, support.
    """

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="events")
    transition = models.CharField(max_length=20)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    message = models.TextField(_("public message"), blank=True)
    note = models.TextField(_("internal note"), blank=True)
    planned_for = models.DateField(_("planned for"), null=True)
    is_public = models.BooleanField(_("public"), default=True)
    # {"reopened": true}, {"assignee": id, "team": id}, {"priority": 1}, {"duplicate_of": reference}…
    data = models.JSONField(default=dict)
    actor = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("step")
        indexes = [models.Index(fields=["-created_at", "-id"], name="event_newest", condition=Q(is_public=True))]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    @property
    def state(self):
        return WORKFLOW.by_state[self.to_status]


class AlertPhoto(models.Model):
    """A cleaned photo. It is kept from the first upload on, so that a mistake elsewhere in the form loses nothing."""

    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)

    class State(models.TextChoices):
        SHOWN = "shown", _("shown")
        WAITING = "waiting", _("waits to be checked")
        HIDDEN = "hidden", _("hidden")

    alert = models.ForeignKey(Alert, models.CASCADE, null=True, related_name="photos")
    # The step it came with; the report itself where None.
    step = models.ForeignKey(AlertEvent, models.SET_NULL, null=True, related_name="photos")
    state = models.CharField(max_length=10, choices=State.choices, default=State.SHOWN)
    is_blurred = models.BooleanField(_("parts were blurred"), default=False)
    image = models.FileField(upload_to="alerts/%Y/%m/")
    thumbnail = models.FileField(upload_to="alerts/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        verbose_name = _("photo")
        indexes = [
            models.Index(fields=["created_at"], name="photo_draft", condition=Q(alert=None)),
            models.Index(fields=["alert"], name="photo_to_check", condition=Q(state="waiting")),
        ]

    def get_url(self):
        """Where the photo is shown; `?petit` gives its thumbnail."""
        return reverse("alerts:photo", args=[self.token])
