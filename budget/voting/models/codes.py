"""Codes from letters and desks. What opens the vote is a digest here; the code itself is on paper alone."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from budget.participatory.models import Budget
from budget.proposals.models import new_reference
from geo.models import Territory


class CodeBatch(models.Model):
    """Codes made together: for the printer, or one by one at a desk."""

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="code_batches")
    label = models.CharField(_("name"), max_length=80)
    desk = models.BooleanField(_("at a desk"), default=False)
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("district")
    )
    count = models.PositiveIntegerField(_("codes"))
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("batch of codes")
        verbose_name_plural = _("batches of codes")

    def __str__(self):
        return self.label


class VotingCode(models.Model):
    """One voter without an account. A lost letter gets another code: the row, and so the voter, stays the same."""

    batch = models.ForeignKey(CodeBatch, models.PROTECT, related_name="codes")
    number = models.PositiveIntegerField(_("number"))
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("voting code")
        verbose_name_plural = _("voting codes")
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="voting_code_number_once")]
