"""Texts a town writes itself."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


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
