"""Counters that move when a table changes (geo.changes)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0009_screened_address"),
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE changes_alerts_alert", "DROP SEQUENCE changes_alerts_alert"),
        migrations.RunSQL("CREATE SEQUENCE changes_alerts_category", "DROP SEQUENCE changes_alerts_category"),
        pgtrigger.migrations.AddTrigger(
            model_name="alert",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM nextval('changes_' || TG_TABLE_NAME); RETURN NULL;",
                    hash="aa22bc1afb0910ee4a3061d678ae26719db741fb",
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
                    constraint="CONSTRAINT",
                    func="PERFORM nextval('changes_' || TG_TABLE_NAME); RETURN NULL;",
                    hash="189ad2f53dc29c43dc9438a272e74304b6865ca8",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_1a6e5",
                    table="alerts_category",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
