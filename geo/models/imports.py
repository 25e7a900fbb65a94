"""A file that somebody brings by a web page, from its arrival to what became of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from geo.querysets import ImportQuerySet


def folder(one: "Import", name: str) -> str:
    """Where the file is kept: private, and under a name of ours."""
    return f"imports/{timezone.now():%Y/%m}/{name}"


class Import(models.Model):
    """One import. `choices` is what its owner said of the file, `report` what the check or the import found.

    The file and the picture of it are deleted after a month; the row stays as the trace of who changed what.
    """

    class Kind(models.TextChoices):
        TERRITORIES = "territories", _("territories")
        EQUIPMENT = "equipment", _("equipment")
        PLACES = "places", _("places of interest")

    class State(models.TextChoices):
        READING = "reading", pgettext_lazy("an import", "being read")
        UNREADABLE = "unreadable", pgettext_lazy("an import", "could not be read")
        READY = "ready", pgettext_lazy("an import", "to be described")
        CHECKING = "checking", pgettext_lazy("an import", "being checked")
        CHECKED = "checked", pgettext_lazy("an import", "to be confirmed")
        RUNNING = "running", pgettext_lazy("an import", "being imported")
        DONE = "done", pgettext_lazy("an import", "imported")

    WORKING = (State.READING, State.CHECKING, State.RUNNING)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="imports",
        verbose_name=_("who"),
    )
    # Of the owner's mandates when the file came: who holds one over them too may read what was done.
    territories = ArrayField(models.BigIntegerField(), default=list, blank=True)
    file = models.FileField(_("file"), upload_to=folder, max_length=200, blank=True)
    name = models.CharField(_("name of the file"), max_length=200)
    size = models.BigIntegerField(_("size"))
    language = models.CharField(max_length=10)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.READING)
    kind = models.CharField(_("what it is"), max_length=12, choices=Kind.choices, blank=True)
    layers = models.JSONField(default=list)
    choices = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    picture = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(
                fields=["id"], name="import_waiting", condition=models.Q(state__in=["reading", "checking", "running"])
            ),
            models.Index(fields=["created_at"], name="import_with_file", condition=~models.Q(file="")),
        ]

    def __str__(self):
        return self.name

    @property
    def is_working(self) -> bool:
        """Whether it waits for the worker."""
        return self.state in self.WORKING

    @property
    def is_open(self) -> bool:
        """Whether its owner may still choose and check."""
        return bool(self.file) and self.state in (self.State.READY, self.State.CHECKED)
