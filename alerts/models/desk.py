"""How agents share the work: saved filters and shortlists; and what was hidden from the public, and why."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.models.alert import Alert, AlertEvent, AlertPhoto


class SavedFilter(models.Model):
    """A search an agent comes back to; `query` is the queue's query string."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("saved filter")
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_once")]

    def __str__(self):
        return self.name


class ShortlistItem(models.Model):
    """A report an agent put aside: for a round, for a meeting."""

    user = models.ForeignKey(User, models.CASCADE, related_name="shortlist")
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        verbose_name = _("shortlisted report")
        constraints = [models.UniqueConstraint(fields=["user", "alert"], name="shortlisted_once")]


class Moderation(models.Model):
    """Something taken out of the public's sight, by whom and why. The public reads that and why, not what."""

    class Target(models.TextChoices):
        TEXT = "text", _("the description")
        ADDRESS = "address", _("the address")
        ANSWERS = "answers", _("the answers to the questions")
        PHOTO = "photo", _("a photo")
        STEP = "step", _("a message")
        ALERT = "alert", _("the whole report")

    class Reason(models.TextChoices):
        PERSONAL = "personal", _("personal data of somebody")
        OFFENSIVE = "offensive", _("offensive or unlawful")
        OFF_TOPIC = "off_topic", _("nothing to do with the report")
        ADVERTISING = "advertising", _("advertising")
        REQUEST = "request", _("at the author's own request")

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="moderations")
    target = models.CharField(max_length=10, choices=Target.choices)
    photo = models.ForeignKey(AlertPhoto, models.SET_NULL, null=True, related_name="moderations")
    step = models.ForeignKey(AlertEvent, models.CASCADE, null=True, related_name="moderations")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    note = models.TextField(_("internal note"), blank=True)
    actor = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("moderation")
        constraints = [
            models.CheckConstraint(
                condition=Q(target="step", step__isnull=False) | (~Q(target="step") & Q(step=None)),
                name="moderation_names_its_step",
            )
        ]
