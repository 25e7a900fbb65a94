"""Reads of activities and notifications."""

from django.db import models


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


class NotificationQuerySet(models.QuerySet):
    MAX_ATTEMPTS = 8

    def waiting(self):
        """Mails that have still to leave and have not failed too often."""
        return self.filter(sent_at=None, attempts__lt=self.MAX_ATTEMPTS)
