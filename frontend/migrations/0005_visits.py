"""Visits of dashboards; the page on privacy tells of them, unless a town has written its table anew."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ACCOUNT = "| Compte : "
VISITS = (
    "| Dates de vos deux dernières visites d'un tableau de bord (élus et administrateurs) "
    "| Vous dire ce qui a changé depuis | jusqu'à la fermeture du compte |"
)


def write(apps, schema_editor):
    pages = apps.get_model("frontend", "ContentPage").objects
    for page in pages.filter(slug="confidentialite").exclude(body__contains=VISITS):
        lines = page.body.split("\n")
        row = next((at for at, line in enumerate(lines) if line.startswith(ACCOUNT)), None)
        if row is not None:
            lines.insert(row + 1, VISITS)
            page.body = "\n".join(lines)
            page.save(update_fields=["body"])


class Migration(migrations.Migration):
    dependencies = [
        ("frontend", "0004_privacy_of_reports"),
        ("geo", "0007_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
                ("before", models.DateTimeField(null=True)),
                (
                    "territory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="geo.territory"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint("user", "territory", name="visit_once_by_person_and_territory")
                ],
            },
        ),
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
