"""The levels of France. Data: a deployment elsewhere changes them in the administration."""

from django.db import migrations

LEVELS = [
    # code, name, plural, rank, home
    ("region", "région", "régions", 10, False),
    ("departement", "département", "départements", 20, False),
    ("epci", "intercommunalité", "intercommunalités", 30, False),
    ("commune", "commune", "communes", 40, True),
    ("arrondissement", "arrondissement", "arrondissements", 50, False),
    ("quartier", "quartier", "quartiers", 60, False),
]


def add(apps, schema_editor):
    Level = apps.get_model("geo", "Level")
    for code, name, plural, rank, home in LEVELS:
        Level.objects.create(code=code, name=name, name_plural=plural, rank=rank, is_home=home)


class Migration(migrations.Migration):
    dependencies = [("geo", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
