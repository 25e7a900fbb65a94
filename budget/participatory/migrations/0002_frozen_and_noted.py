import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

COUNTED = ("participatory_budget", "participatory_envelope", "participatory_theme")


class Migration(migrations.Migration):
    dependencies = [
        ("participatory", "0001_initial"),
    ]

    operations = [
        *(migrations.RunSQL(f"CREATE SEQUENCE changes_{name}", f"DROP SEQUENCE changes_{name}") for name in COUNTED),
        pgtrigger.migrations.AddTrigger(
            model_name="budget",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (changes_first('participatory_budget'))",
                    constraint="CONSTRAINT",
                    func="PERFORM set_config('changes.participatory_budget', '', true), nextval('changes_participatory_budget'); RETURN NULL;",
                    hash="105ca5339a3c9c88bfd88d8b5a6eef44befc2564",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_3bfeb",
                    table="participatory_budget",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="budget",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF (NEW.slug, NEW.territory_id, NEW.votes_where, NEW.votes_proof, NEW.votes_level, NEW.votes_age)\n                   IS DISTINCT FROM (OLD.slug, OLD.territory_id, OLD.votes_where, OLD.votes_proof, OLD.votes_level, OLD.votes_age)\n                   AND EXISTS (SELECT FROM participatory_phase AS phase\n                               WHERE phase.kind = 'voting' AND phase.opens_at <= now()\n                                 AND phase.budget_id = OLD.id) THEN\n                    RAISE EXCEPTION 'the vote has begun: its rules are frozen' USING ERRCODE = 'check_violation';\n                END IF;\n                RETURN NEW;\n                ",
                    hash="9c6530bb919a99014223ffaa4619eebf27a5b229",
                    operation='UPDATE OF "slug", "territory_id", "votes_where", "votes_proof", "votes_level", "votes_age"',
                    pgid="pgtrigger_frozen_86ea8",
                    table="participatory_budget",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="envelope",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (changes_first('participatory_envelope'))",
                    constraint="CONSTRAINT",
                    func="PERFORM set_config('changes.participatory_envelope', '', true), nextval('changes_participatory_envelope'); RETURN NULL;",
                    hash="2cce9d085adc1c3fefdd487212399e77ebd73eec",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_ff4cd",
                    table="participatory_envelope",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="theme",
            trigger=pgtrigger.compiler.Trigger(
                name="change_noted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (changes_first('participatory_theme'))",
                    constraint="CONSTRAINT",
                    func="PERFORM set_config('changes.participatory_theme', '', true), nextval('changes_participatory_theme'); RETURN NULL;",
                    hash="fabd3e5207b642ebf54f3552b11bd871cc932519",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_change_noted_a1952",
                    table="participatory_theme",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
