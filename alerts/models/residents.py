"""What residents add to a report of somebody else: they have the problem too, and they say whether it is fixed."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.models.alert import Alert, AlertEvent


class Support(models.Model):
    """“Me too”: one person has the same problem, and is told of the answers where they wish. Counted once."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="supporters")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    # Of the account where there is one. Empty once the person was erased: the count stays.
    email = models.EmailField(blank=True)
    told = models.BooleanField(_("wants the news"), default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("support")
        constraints = [
            models.UniqueConstraint("alert", Lower("email"), condition=~Q(email=""), name="support_once_by_address"),
            models.UniqueConstraint(fields=["alert", "user"], name="support_once_by_account"),
        ]


class Verdict(models.Model):
    """What a person who was told “resolved” found at the place: fixed or not, and how satisfied they are."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="verdicts")
    # The closing it is about: after a reopening the next closing is judged anew.
    closing = models.ForeignKey(AlertEvent, models.CASCADE, related_name="verdicts")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    email = models.EmailField(blank=True)
    fixed = models.BooleanField(_("really fixed"), null=True)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction, 1 to 5"), null=True)
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("verdict")
        constraints = [
            models.UniqueConstraint("closing", Lower("email"), condition=~Q(email=""), name="verdict_once_by_address"),
            models.CheckConstraint(
                condition=Q(satisfaction=None) | Q(satisfaction__range=(1, 5)), name="verdict_satisfaction_1_to_5"
            ),
        ]
