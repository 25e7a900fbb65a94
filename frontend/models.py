"""Texts a town writes itself, and visits of dashboards."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

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
