"""Teams of a service."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from geo.models import Body


class Team(models.Model):
    """Some agents of a service, to whom work is given together."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="teams", verbose_name=_("service"))
    name = models.CharField(_("name"), max_length=80)
    members = models.ManyToManyField(User, blank=True, related_name="teams", verbose_name=_("members"))

    class Meta:
        ordering = ["name"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [models.UniqueConstraint(fields=["body", "name"], name="team_once_in_service")]

    def __str__(self):
        return self.name
