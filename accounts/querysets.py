"""Reads of people and mandates."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone


class UserQuerySet(models.QuerySet):
    def never_confirmed(self, before: dt.datetime):
        """Accounts begun before that moment whose owner never came in with the code."""
        return self.filter(
            last_login=None, date_joined__lt=before, verification=0, mandates=None, is_staff=False
        ).exclude(emailaddress__verified=True)


class MandateQuerySet(models.QuerySet):
    def in_force(self, on=None):
        """Mandates valid on that day (today where none is given)."""
        on = on or timezone.localdate()
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)

    def held_by(self, user, *roles):
        """Mandates in force of that user in one of these roles (any role where none is given)."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = self.in_force().filter(user=user)
        return mine.filter(role__in=roles) if roles else mine


class ConfirmationQuerySet(models.QuerySet):
    MAX_ATTEMPTS = 8
    KEPT_FOR = dt.timedelta(days=7)

    def waiting(self):
        """Confirmations whose mail has still to leave and has not failed too often."""
        return self.filter(sent_at=None, done_at=None, attempts__lt=self.MAX_ATTEMPTS, expires_at__gt=timezone.now())

    def forgotten(self, now: dt.datetime):
        """Those to delete: a week after their end."""
        return self.filter(expires_at__lt=now - self.KEPT_FOR)


class ApiKeyQuerySet(models.QuerySet):
    def live(self):
        """Keys that nobody revoked and that have not run out."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)

    def working(self):
        """Live keys of active people, whose mandate, where they name one, is in force today."""
        today = timezone.localdate()
        ends = Q(mandate__valid_until=None) | Q(mandate__valid_until__gte=today)
        in_force = Q(mandate__valid_from__lte=today) & ends
        return self.live().filter(Q(mandate=None) | in_force, user__is_active=True)
