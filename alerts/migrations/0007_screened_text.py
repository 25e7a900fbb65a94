from django.db import migrations, models

from alerts.screening import screen

BATCH = 2000


def fill(apps, schema_editor):
    """Screen the descriptions there are."""
    Alert = apps.get_model("alerts", "Alert")
    rows = Alert.objects.exclude(description="").only("pk", "description").order_by("pk")
    batch = []
    for alert in rows.iterator(chunk_size=BATCH):
        alert.public_text = screen(alert.description)
        batch.append(alert)
        if len(batch) == BATCH:
            Alert.objects.bulk_update(batch, ["public_text"])
            batch = []
    Alert.objects.bulk_update(batch, ["public_text"])


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_polled_by_date"), ("geo", "0006_addresses_and_assets")]
    operations = [
        migrations.AddField(
            model_name="alert",
            name="public_text",
            field=models.TextField(db_default="", default="", editable=False),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("status__in", ("received", "qualified", "planned", "in_progress", "waiting"))),
                fields=["due_on", "id"],
                name="alert_waiting",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
