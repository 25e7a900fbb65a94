"""The counters of changes move once a transaction (geo 0008)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("geo", "0008_once_a_transaction"),
        ("alerts", "0010_changes"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="alert",
            name="change_noted",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="category",
            name="change_noted",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="alert",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (changes_first('alerts_alert'))",
                    constraint="CONSTRAINT",
                    func="PERFORM set_config('changes.alerts_alert', '', true), nextval('changes_alerts_alert'); RETURN NULL;",
                    hash="86f31d98a335d422896f1b0d1148d1dea0c09ad8",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_693ca",
                    table="alerts_alert",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="category",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (changes_first('alerts_category'))",
                    constraint="CONSTRAINT",
                    func="PERFORM set_config('changes.alerts_category', '', true), nextval('changes_alerts_category'); RETURN NULL;",
                    hash="e26b3a2daf4ddce7dc0648bf59f91daf6be2350d",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_1a6e5",
                    table="alerts_category",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
