"""The counters of changes move once a transaction: a queue of a million deferred triggers took hours."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

# True for the first row changed in a transaction; a savepoint rolled back takes the mark and the queued trigger with it.
FIRST = """
CREATE FUNCTION changes_first(name text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('changes.' || name, true) = 'noted' THEN
        RETURN false;
    END IF;
    PERFORM set_config('changes.' || name, 'noted', true);
    RETURN true;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("geo", "0007_changes"),
    ]

    operations = [
        migrations.RunSQL(FIRST, "DROP FUNCTION changes_first"),
        pgtrigger.migrations.RemoveTrigger(
            model_name="asset",
            name="change_noted",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="assetkind",
            name="change_noted",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="boundary",
            name="change_noted",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="territory",
            name="change_noted",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="asset",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (changes_first('geo_asset'))",
                    constraint="CONSTRAINT",
                    func="PERFORM set_config('changes.geo_asset', '', true), nextval('changes_geo_asset'); RETURN NULL;",
                    hash="7b998056f72a081b7c9324ba862b82ad38d4987c",
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
                    condition="WHEN (changes_first('geo_assetkind'))",
                    constraint="CONSTRAINT",
                    func="PERFORM set_config('changes.geo_assetkind', '', true), nextval('changes_geo_assetkind'); RETURN NULL;",
                    hash="865a653f22c8e326e60f7ec7d0b4b92527b78291",
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
                    condition="WHEN (changes_first('geo_boundary'))",
                    constraint="CONSTRAINT",
                    func="PERFORM set_config('changes.geo_boundary', '', true), nextval('changes_geo_boundary'); RETURN NULL;",
                    hash="e27bd65d12f50bae55589559a9fa77b7c3e4075e",
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
                    condition="WHEN (changes_first('geo_territory'))",
                    constraint="CONSTRAINT",
                    func="PERFORM set_config('changes.geo_territory', '', true), nextval('changes_geo_territory'); RETURN NULL;",
                    hash="c39b5273177b127d50f2b6d0a04f5e3f1f69266a",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_b1c2f",
                    table="geo_territory",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
