from django.db import migrations, models
from django.db.models import F, Q

# What alerts.searching.Words says, word for word. Its own SQL: the index serves the agents' search alone.
WORDS = "(' ' || geo_plain(description || ' ' || address) || ' ')"


def switch_off(apps, schema_editor):
    """Rules whose end comes before their start have never applied; now that shows."""
    rules = apps.get_model("alerts", "RoutingRule").objects
    rules.filter(valid_until__lt=F("valid_from")).update(is_active=False, valid_until=None)
    rules.filter(until_time=F("from_time")).update(is_active=False, from_time=None, until_time=None)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0007_screened_text"), ("geo", "0006_addresses_and_assets")]
    operations = [
        migrations.RunPython(switch_off, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="routing_rule_ends_after_it_starts",
                violation_error_message="A rule ends after it has started.",
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.CheckConstraint(
                condition=Q(from_time=None) | Q(until_time=None) | ~Q(until_time=F("from_time")),
                name="routing_rule_lasts",
                violation_error_message="Between twice the same hour no time passes: change one, or give none.",
            ),
        ),
        migrations.RunSQL(
            f"CREATE INDEX alert_words ON alerts_alert USING gin ({WORDS} gin_trgm_ops)", "DROP INDEX alert_words"
        ),
    ]
