"""Texts a town writes itself; visits of dashboards; who gets the report of each month, and which were sent."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from geo.models import Territory


class ContentPage(models.Model):
    """A page such as the legal notice, in Markdown, edited in the administration site."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), help_text=_("Markdown. What the town must fill in is marked [à compléter]."))
    updated_at = models.DateTimeField(_("last change"), auto_now=True)

    class Meta:
        ordering = ["title"]
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("frontend:page", args=[self.slug])


class ReportWish(models.Model):
    """Whether a person wants the monthly mail. Without a row: officials do, administrators do not."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("user")
    )
    wanted = models.BooleanField(_("wanted"))

    class Meta:
        verbose_name = _("wish for the monthly report")
        verbose_name_plural = _("wishes for the monthly report")

    def __str__(self):
        return f"{self.user_id}: {self.wanted}"


class MonthlyReport(models.Model):
    """One mail with the report of one month and territory to one person. Written before it leaves, once for ever."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    territory = models.ForeignKey(Territory, models.CASCADE, related_name="+", verbose_name=_("territory"))
    month = models.DateField(_("month"), help_text=_("Its first day."))
    created_at = models.DateTimeField(pgettext_lazy("report", "written"), db_default=Now())
    sent_at = models.DateTimeField(pgettext_lazy("report", "sent"), null=True)
    attempts = models.PositiveSmallIntegerField(_("failed sendings"), default=0)

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        constraints = [
            models.UniqueConstraint(fields=["user", "territory", "month"], name="monthly_report_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="monthly_report_of_a_whole_month"),
        ]
        indexes = [models.Index(fields=["id"], name="monthly_report_waiting", condition=models.Q(sent_at=None))]

    def __str__(self):
        return f"{self.month:%Y-%m}, {self.territory_id}: {self.user_id}"


class Visit(models.Model):
    """When a person last looked at a territory's dashboard, and when the visit before that one ended."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    territory = models.ForeignKey(Territory, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    before = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("user", "territory", name="visit_once_by_person_and_territory")]

    def __str__(self):
        return f"{self.territory_id}: {self.seen_at:%Y-%m-%d %H:%M}"
