"""Files that take a while to make, and those made again and again."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from geo.querysets import ExportQuerySet


def new_token() -> str:
    """What nobody guesses."""
    return get_random_string(40)


class Export(models.Model):
    """A large file that somebody asked for, with their rights; `owner` is empty where anybody may have it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("being made")
        DONE = "done", _("ready")
        FAILED = "failed", _("failed")

    OPEN = (State.WAITING, State.RUNNING)

    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    layers = ArrayField(models.CharField(max_length=60), verbose_name=_("layers"))
    format = models.CharField(_("format"), max_length=20)
    srid = models.PositiveIntegerField(_("coordinate system (EPSG)"))
    parameters = models.TextField(_("filters"), blank=True)
    # Of what was asked and by whom: two that ask the same at once get one.
    digest = models.CharField(max_length=64, editable=False)
    # Of the layers' rows when it was made.
    version = models.TextField(blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    total = models.PositiveBigIntegerField(_("objects"), null=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True)
    error = models.TextField(_("error"), blank=True)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)
    mailed_at = models.DateTimeField(_("mailed"), null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], condition=Q(state__in=("waiting", "running")), name="export_asked_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(size__isnull=False, finished_at__isnull=False, expires_at__isnull=False),
                name="export_done_is_complete",
            ),
        ]
        indexes = [models.Index(fields=["digest", "state"], name="export_found_again")]

    def __str__(self):
        return f"{', '.join(self.layers)} ({self.format})"

    @property
    def is_open(self) -> bool:
        """Still to be made, or being made."""
        return self.state in self.OPEN

    @property
    def is_ready(self) -> bool:
        """Made, and still there."""
        return self.state == self.State.DONE and self.expires_at > timezone.now()


class ExportSchedule(models.Model):
    """A file made by the clock and put where the deployment says, with the rights of who set it up."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every Monday")
        MONTHLY = "monthly", _("on the first of the month")

    name = models.CharField(_("name"), max_length=100, unique=True)
    layers = ArrayField(models.CharField(max_length=60), verbose_name=_("layers"))
    format = models.CharField(_("format"), max_length=20, default="gpkg")
    srid = models.PositiveIntegerField(_("coordinate system (EPSG)"), default=2154)
    parameters = models.CharField(
        _("filters"),
        max_length=500,
        blank=True,
        help_text=_("As in the address of an export: territory=commune:31555&status=resolved"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("with the rights of"),
        help_text=_("Who saved it last. Nobody: what everybody may see."),
    )
    rhythm = models.CharField(_("rhythm"), max_length=10, choices=Rhythm.choices, default=Rhythm.DAILY)
    hour = models.PositiveSmallIntegerField(_("hour"), default=4, validators=[MaxValueValidator(23)])
    store = models.CharField(_("store"), max_length=60)
    path = models.CharField(
        _("name of the file"),
        max_length=200,
        help_text=_(
            "{date}, {year}, {month} and {day} stand for the date: alertes/{year}/alertes-{date}.gpkg. "
            "Without one of them the newest file replaces the one before."
        ),
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # The moment of its clock that was last dealt with, well or badly.
    last_slot = models.DateTimeField(_("last due"), null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    last_success_at = models.DateTimeField(_("last success"), null=True, editable=False)
    last_path = models.CharField(_("last file"), max_length=300, blank=True, editable=False)
    last_rows = models.PositiveBigIntegerField(_("objects"), null=True, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)

    class Meta:
        verbose_name = _("scheduled export")
        verbose_name_plural = _("scheduled exports")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="exportschedule_hour_of_a_day"),
        ]

    def __str__(self):
        return self.name
