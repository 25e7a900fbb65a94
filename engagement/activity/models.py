"""Who did what, where, to what: written once, in the same transaction as the act, and never changed.

Feeds, notifications, follows and statistics read this; modules never call each other to notify.
"""

import uuid

import pgtrigger
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engagement.activity.querysets import ActivityQuerySet, FollowQuerySet, NotificationQuerySet


class Activity(models.Model):
    """One act. `verb` is "<module>.<past participle>"; `object_type` and `object_key` name what it was done to."""

    verb = models.CharField(max_length=60)
    actor = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=60)
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
            models.Index(fields=["object_type", "object_key"], name="activity_object"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.verb} {self.title}"


class Outbox(models.Model):
    """An activity whose news has not been handed on yet. Removed when it has."""

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True)

    class Meta:
        verbose_name = _("news to hand on")


class Follow(models.Model):
    """Somebody wants to hear about a territory or a thing."""

    user = models.ForeignKey(User, models.CASCADE, related_name="follows")
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField(db_default=Now())

    objects = FollowQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("follow")
        constraints = [models.UniqueConstraint(fields=["user", "object_type", "object_key"], name="follow_once")]
        indexes = [models.Index(fields=["object_type", "object_key"], name="follow_object")]


class Notification(models.Model):
    """One mail to one person about one act: the row is claimed, the mail sent, the row marked."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="notifications")
    email = models.EmailField()
    reason = models.CharField(max_length=20)
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        constraints = [models.UniqueConstraint(fields=["activity", "email"], name="one_mail_per_person_and_act")]
        indexes = [models.Index(fields=["id"], name="notification_waiting", condition=Q(sent_at=None))]
