import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import geo.models.imports


class Migration(migrations.Migration):
    dependencies = [
        ("geo", "0009_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="assetkind",
            name="is_place",
            field=models.BooleanField(
                default=False,
                help_text="Schools, libraries, town halls: where people go, beside what the city looks after.",
                verbose_name="place of interest",
            ),
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "territories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=200, upload_to=geo.models.imports.folder, verbose_name="file"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name of the file")),
                ("size", models.BigIntegerField(verbose_name="size")),
                ("language", models.CharField(max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "being read"),
                            ("unreadable", "could not be read"),
                            ("ready", "to be described"),
                            ("checking", "being checked"),
                            ("checked", "to be confirmed"),
                            ("running", "being imported"),
                            ("done", "imported"),
                        ],
                        default="reading",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("territories", "territories"),
                            ("equipment", "equipment"),
                            ("places", "places of interest"),
                        ],
                        max_length=12,
                        verbose_name="what it is",
                    ),
                ),
                ("layers", models.JSONField(default=list)),
                ("choices", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("picture", models.TextField(blank=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="begun")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="last change")),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["reading", "checking", "running"])),
                        fields=["id"],
                        name="import_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("file", ""), _negated=True), fields=["created_at"], name="import_with_file"
                    ),
                ],
            },
        ),
    ]
