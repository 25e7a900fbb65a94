import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import geo.models.exports


class Migration(migrations.Migration):
    dependencies = [
        ("geo", "0008_once_a_transaction"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.CharField(default=geo.models.exports.new_token, editable=False, max_length=40, unique=True),
                ),
                (
                    "layers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="layers"
                    ),
                ),
                ("format", models.CharField(max_length=20, verbose_name="format")),
                ("srid", models.PositiveIntegerField(verbose_name="coordinate system (EPSG)")),
                ("parameters", models.TextField(blank=True, verbose_name="filters")),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("version", models.TextField(blank=True, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "being made"),
                            ("done", "ready"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("total", models.PositiveBigIntegerField(null=True, verbose_name="objects")),
                ("size", models.PositiveBigIntegerField(null=True, verbose_name="size in bytes")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="asked"),
                ),
                ("started_at", models.DateTimeField(null=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="kept until")),
                ("mailed_at", models.DateTimeField(null=True, verbose_name="mailed")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "ordering": ["-asked_at"],
                "indexes": [models.Index(fields=["digest", "state"], name="export_found_again")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("waiting", "running"))),
                        fields=("digest",),
                        name="export_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(
                                ("expires_at__isnull", False), ("finished_at__isnull", False), ("size__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="export_done_is_complete",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "layers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="layers"
                    ),
                ),
                ("format", models.CharField(default="gpkg", max_length=20, verbose_name="format")),
                ("srid", models.PositiveIntegerField(default=2154, verbose_name="coordinate system (EPSG)")),
                (
                    "parameters",
                    models.CharField(
                        blank=True,
                        help_text="As in the address of an export: territory=commune:31555&status=resolved",
                        max_length=500,
                        verbose_name="filters",
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("daily", "every day"),
                            ("weekly", "every Monday"),
                            ("monthly", "on the first of the month"),
                        ],
                        default="daily",
                        max_length=10,
                        verbose_name="rhythm",
                    ),
                ),
                (
                    "hour",
                    models.PositiveSmallIntegerField(
                        default=4, validators=[django.core.validators.MaxValueValidator(23)], verbose_name="hour"
                    ),
                ),
                ("store", models.CharField(max_length=60, verbose_name="store")),
                (
                    "path",
                    models.CharField(
                        help_text="{date}, {year}, {month} and {day} stand for the date: alertes/{year}/alertes-{date}.gpkg. Without one of them the newest file replaces the one before.",
                        max_length=200,
                        verbose_name="name of the file",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("last_slot", models.DateTimeField(editable=False, null=True, verbose_name="last due")),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("last_success_at", models.DateTimeField(editable=False, null=True, verbose_name="last success")),
                ("last_path", models.CharField(blank=True, editable=False, max_length=300, verbose_name="last file")),
                ("last_rows", models.PositiveBigIntegerField(editable=False, null=True, verbose_name="objects")),
                ("last_error", models.TextField(blank=True, editable=False, verbose_name="last error")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who saved it last. Nobody: what everybody may see.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="with the rights of",
                    ),
                ),
            ],
            options={
                "verbose_name": "scheduled export",
                "verbose_name_plural": "scheduled exports",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("hour__lte", 23)), name="exportschedule_hour_of_a_day")
                ],
            },
        ),
    ]
