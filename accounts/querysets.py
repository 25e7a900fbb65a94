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
