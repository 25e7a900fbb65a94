"""Who did what, where, to what: written once, in the same transaction as the act, and never changed.

Feeds, notifications, follows and statistics read this; modules never call each other to notify.
"""

import secrets
import uuid

import pgtrigger
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import opaque
from engagement.activity.querysets import ActivityQuerySet, FollowQuerySet, MailQuerySet

# What the key of something followed is sealed for, in forms.
FOLLOWED = "activity.follow"


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Activity(models.Model):
    """One act. `verb` is "<module>.<past participle>"; `object_type` and `object_key` name what it was done to.

    `topic` is "<module>:<key>", what it is about, or empty; see topics.py. `place` is EPSG:4326.
    """

    verb = models.CharField(max_length=60)
    actor = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=60)
    topic = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    url = models.CharField(max_length=300)
    place = models.PointField(srid=4326, null=True, spatial_index=False)
    territories = ArrayField(models.BigIntegerField(), default=list)
    public = models.BooleanField(default=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            GinIndex(fields=["territories"], name="activity_territories"),
            GistIndex(fields=["place"], name="activity_place"),
            models.Index(fields=["object_type", "object_key"], name="activity_object"),
            models.Index(fields=["topic", "-id"], name="activity_topic", condition=~Q(topic="")),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.verb} {self.title}"


class Outbox(models.Model):
    """An activity whose news has not been handed on yet. Removed when it has."""

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True)

    class Meta:
        verbose_name = _("news to hand on")


class Rhythm(models.TextChoices):
    """How often a person is written to about one follow."""

    INSTANT = "instant", _("at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")


class Follow(models.Model):
    """Somebody wants to hear about a territory, a topic, an area or a thing.

    `topics` narrows a territory or an area; empty means everything. `area` is EPSG:4326, the system of the places
    it is compared with; a circle keeps its `center` and its `radius` in metres, to be shown and changed. `token` is
    the secret in the address of an area's feed.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="follows")
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    topics = ArrayField(models.CharField(max_length=60), default=list)
    area = models.MultiPolygonField(srid=4326, null=True, spatial_index=False)
    center = models.PointField(srid=4326, null=True, spatial_index=False)
    radius = models.PositiveIntegerField(null=True)
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.INSTANT)
    paused = models.BooleanField(default=False)
    token = models.CharField(max_length=40, null=True, unique=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = FollowQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("follow")
        constraints = [
            models.UniqueConstraint(fields=["user", "object_type", "object_key"], name="follow_once"),
            models.CheckConstraint(
                condition=Q(object_type="area", area__isnull=False) | (~Q(object_type="area") & Q(area=None)),
                name="follow_of_an_area_has_it",
            ),
            models.CheckConstraint(
                condition=Q(center=None, radius=None)
                | Q(center__isnull=False, radius__isnull=False, area__isnull=False),
                name="follow_of_a_circle_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["object_type", "object_key"], name="follow_object"),
            GistIndex(fields=["area"], name="follow_area", condition=Q(area__isnull=False)),
        ]

    def __str__(self):
        return self.title

    @property
    def sealed_key(self) -> str:
        """Its object's key, for a form."""
        return opaque.sealed(FOLLOWED, self.object_key)

    def get_absolute_url(self):
        """The page of what is followed; for an area or a topic, its news."""
        if self.object_type in ("area", "topic"):
            return f"{reverse('activity:news')}?suivi={self.pk}"
        return self.url


class Digest(models.Model):
    """One mail that brings several notifications to one person. Made before it is sent, so that it stays the same."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest")
        indexes = [models.Index(fields=["id"], name="digest_waiting", condition=Q(sent_at=None))]


class Notification(models.Model):
    """One act to tell one person: the row is claimed, the mail sent, the row marked.

    `follows` are the follows it answers, oldest first; empty where a module named the person. `due_at` is set where
    it does not leave alone but in the person's next digest after that moment.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="notifications")
    email = models.EmailField()
    reason = models.CharField(max_length=20)
    context = models.JSONField(default=dict)
    follows = ArrayField(models.BigIntegerField(), default=list)
    due_at = models.DateTimeField(null=True)
    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, related_name="notifications")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        constraints = [models.UniqueConstraint(F("activity"), Lower("email"), name="one_mail_per_person_and_act")]
        indexes = [
            models.Index(fields=["id"], name="notification_waiting", condition=Q(sent_at=None, due_at=None)),
            models.Index(
                fields=["due_at"],
                name="notification_due",
                condition=Q(sent_at=None, digest=None, due_at__isnull=False),
            ),
            models.Index(fields=["email", "sent_at"], name="notification_sent"),
        ]
