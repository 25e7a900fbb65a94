"""A category's heading becomes the category it is inside; each alert gets the day it is due."""

from django.db import migrations
from django.utils.text import slugify

# The delay every category starts with, in calendar days: 15 working days are three weeks.
DUE = "UPDATE alerts_alert SET due_on = (created_at AT TIME ZONE 'Europe/Paris')::date + 21 WHERE due_on IS NULL"
EVENTS = "UPDATE alerts_alert SET due_on = planned_for WHERE status = 'planned' AND planned_for IS NOT NULL"


def headings(apps, schema_editor):
    Category = apps.get_model("alerts", "Category")
    for name in dict.fromkeys(Category.objects.order_by("position").values_list("group", flat=True)):
        inside = Category.objects.filter(group=name, parent=None)
        code = base = slugify(name)[:50] or "groupe"
        number = 1
        while Category.objects.filter(code=code).exists():
            number += 1
            code = f"{base}-{number}"
        first = inside.order_by("position").first()
        pks = list(inside.values_list("pk", flat=True))
        heading = Category.objects.create(code=code, name=name or "Autres", position=first.position)
        Category.objects.filter(pk__in=pks).update(parent=heading)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_a_city_runs_on_it")]
    operations = [
        migrations.RunPython(headings, migrations.RunPython.noop),
        migrations.RunSQL([DUE, EVENTS], migrations.RunSQL.noop),
    ]
