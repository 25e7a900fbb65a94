"""Reads of activities, follows and notifications."""

from django.db import models
from django.db.models import Q


class ActivityQuerySet(models.QuerySet):
    def public(self):
        """What anybody may read."""
        return self.filter(public=True)

    def in_territory(self, territory):
        """Acts whose place lies in that territory."""
        return self.filter(territories__contains=[territory.pk])

    def about(self, object_type: str, object_key):
        """Acts done to one thing."""
        return self.filter(object_type=object_type, object_key=str(object_key))


class FollowQuerySet(models.QuerySet):
    def told_of(self, activity):
        """Follows whose owner is told of that act: of the thing itself, and of the territories it lies in."""
        places = Q(object_type="territory", object_key__in=[str(pk) for pk in activity.territories])
        thing = Q(object_type=activity.object_type, object_key=activity.object_key)
        return self.filter(places | thing, user__is_active=True).exclude(user=activity.actor_id)


class NotificationQuerySet(models.QuerySet):
    MAX_ATTEMPTS = 8

    def waiting(self):
        """Mails that have still to leave and have not failed too often."""
        return self.filter(sent_at=None, attempts__lt=self.MAX_ATTEMPTS)
