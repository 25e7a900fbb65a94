"""Counters that move when a table changes (geo.changes)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("geo", "0006_addresses_and_assets"),
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE changes_geo_asset", "DROP SEQUENCE changes_geo_asset"),
        migrations.RunSQL("CREATE SEQUENCE changes_geo_assetkind", "DROP SEQUENCE changes_geo_assetkind"),
        migrations.RunSQL("CREATE SEQUENCE changes_geo_boundary", "DROP SEQUENCE changes_geo_boundary"),
        migrations.RunSQL("CREATE SEQUENCE changes_geo_territory", "DROP SEQUENCE changes_geo_territory"),
        pgtrigger.migrations.AddTrigger(
            model_name="asset",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM nextval('changes_' || TG_TABLE_NAME); RETURN NULL;",
                    hash="13fc7a9a3023327a405d35c0b5b44ded001b7ab5",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_c8c45",
                    table="geo_asset",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assetkind",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM nextval('changes_' || TG_TABLE_NAME); RETURN NULL;",
                    hash="68e1216ab4a831ee864dfb6cfa9c8b53dc821bc7",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_24065",
                    table="geo_assetkind",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boundary",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM nextval('changes_' || TG_TABLE_NAME); RETURN NULL;",
                    hash="8ec7126746b793df173ec541295d310cb84fe54b",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_0cc69",
                    table="geo_boundary",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="territory",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM nextval('changes_' || TG_TABLE_NAME); RETURN NULL;",
                    hash="4eb445eb23c53db8d34809913d04c0c7f9b59c47",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_b1c2f",
                    table="geo_territory",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
