from django.db import migrations, models

from alerts.screening import screen

BATCH = 2000
LONGEST = 200


def fill(apps, schema_editor):
    """Screen the addresses there are."""
    Alert = apps.get_model("alerts", "Alert")
    Alert.objects.exclude(address="").update(public_address=models.F("address"))
    batch = []
    for alert in Alert.objects.exclude(address="").only("pk", "address").order_by("pk").iterator(chunk_size=BATCH):
        screened = screen(alert.address)[:LONGEST]
        if screened != alert.address:
            alert.public_address = screened
            batch.append(alert)
    Alert.objects.bulk_update(batch, ["public_address"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0008_rules_end_and_words_are_found")]
    operations = [
        migrations.AddField(
            model_name="alert",
            name="public_address",
            field=models.CharField(db_default="", default="", editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="alert",
            name="address_hidden",
            field=models.BooleanField(db_default=False, default=False, verbose_name="address hidden"),
        ),
        migrations.AddField(
            model_name="alert",
            name="answers_hidden",
            field=models.BooleanField(db_default=False, default=False, verbose_name="answers hidden"),
        ),
        migrations.AlterField(
            model_name="moderation",
            name="target",
            field=models.CharField(
                choices=[
                    ("text", "the description"),
                    ("address", "the address"),
                    ("answers", "the answers to the questions"),
                    ("photo", "a photo"),
                    ("step", "a message"),
                    ("alert", "the whole report"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
