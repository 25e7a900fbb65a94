"""The page on privacy shows how long reports are kept, from the categories: its text need not be filled in for that."""

from django.db import migrations

BLANK = "[à compléter : durée]"
SAID = "voir le tableau en bas de cette page"


def write(apps, schema_editor):
    pages = apps.get_model("frontend", "ContentPage").objects
    for page in pages.filter(slug="confidentialite", body__contains=BLANK):
        page.body = page.body.replace(BLANK, SAID)
        page.save(update_fields=["body"])


class Migration(migrations.Migration):
    dependencies = [("frontend", "0003_privacy_of_devices")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
