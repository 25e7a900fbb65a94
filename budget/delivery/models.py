"""What becomes of the winners: steps of the works, money spent, photos, and the official's signature.

Amounts are integer cents. What was planned is `Proposal.cost`, frozen since the vote.
"""

import pghistory
import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from budget.participatory.models import Envelope
from budget.proposals.models import Proposal, new_reference, new_token

# Statuses of a proposal from the day it has won.
WON = ("elected", "underway", "delivered", "abandoned")


@pghistory.track(fields=["title", "planned_on", "done_on", "message"])
class Milestone(models.Model):
    """A step of the works: planned for a day, done on another. The day first announced stays beside later ones."""

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="milestones")
    title = models.CharField(_("step"), max_length=120)
    first_planned_on = models.DateField(_("day first announced"))
    planned_on = models.DateField(_("planned for"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    message = models.TextField(_("what residents should know"), blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["planned_on", "pk"]
        verbose_name = _("step of the works")
        verbose_name_plural = _("steps of the works")

    def __str__(self):
        return self.title


class Expense(models.Model):
    """Money paid for a project. It stays as it was written; a wrong one is struck out, with the reason."""

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="expenses")
    label = models.CharField(_("what for"), max_length=160)
    amount = models.BigIntegerField(_("amount (cents)"), validators=[MinValueValidator(1)])
    paid_on = models.DateField(_("paid on"))
    document = models.CharField(_("number of the invoice or payment order"), max_length=80, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    struck_at = models.DateTimeField(_("struck out"), null=True, blank=True)
    struck_reason = models.CharField(_("why it is struck out"), max_length=200, blank=True)

    class Meta:
        ordering = ["paid_on", "pk"]
        verbose_name = _("expense")
        verbose_name_plural = _("expenses")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="expense_is_something")]
        triggers = [
            pgtrigger.ReadOnly(
                name="as_written", fields=["reference", "proposal", "label", "amount", "paid_on", "document"]
            ),
            pgtrigger.Protect(
                name="struck_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__struck_at__isnull=False)
                & (
                    pgtrigger.Q(new__struck_at__isnull=True)
                    | pgtrigger.Q(new__struck_at__df=pgtrigger.F("old__struck_at"))
                ),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return self.label


class WorksPhoto(models.Model):
    """A cleaned photo of the place before, during or after the works."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("before the works")
        DURING = "during", _("during the works")
        AFTER = "after", _("after the works")

    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="works_photos")
    milestone = models.ForeignKey(
        Milestone, models.SET_NULL, null=True, blank=True, related_name="photos", verbose_name=_("step")
    )
    moment = models.CharField(_("taken"), max_length=6, choices=Moment.choices, default=Moment.DURING)
    caption = models.CharField(_("what it shows"), max_length=160)
    image = models.FileField(upload_to="delivery/%Y/%m/")
    thumbnail = models.FileField(upload_to="delivery/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        verbose_name = _("photo of the works")
        verbose_name_plural = _("photos of the works")

    def get_url(self):
        """Where the photo is shown; `?petit` gives its thumbnail."""
        return reverse("delivery:photo", args=[self.token])


class Signature(models.Model):
    """An official signs what the execution page of an envelope said at that moment. Appended, never edited."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="signatures")
    signer = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    # As the public reads it, function included.
    signer_name = models.CharField(_("signed by"), max_length=200)
    text = models.TextField(_("words of the official"), blank=True)
    # What was signed (snapshots.py), and its SHA-256.
    snapshot = models.JSONField()
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField(_("signed"), db_default=Now())

    class Meta:
        ordering = [F("signed_at").desc(), F("pk").desc()]
        get_latest_by = ["signed_at", "pk"]
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
