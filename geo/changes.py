"""When did a table last change? A counter for each, moved at commit, that costs a reader one look and locks nobody.

A table joins by `noted(<table>)` in its model's triggers and a sequence `changes_<table>` in its migration.
"""

from collections.abc import Iterable

import pgtrigger
from django.db import connection, models


def noted(table: str) -> pgtrigger.Trigger:
    """The trigger that moves the counter of that table, once a transaction.

    Deferred to the commit: who sees the counter moved sees the rows too. Only the first row changed is queued
    (`changes_first`, migration 0008): a queue of a million would be walked again for each of its entries.
    """
    return pgtrigger.Trigger(
        name="change_noted",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Condition(f"changes_first('{table}')"),
        # What is changed after SET CONSTRAINTS has made it fire early is noted again.
        func=f"PERFORM set_config('changes.{table}', '', true), nextval('changes_{table}'); RETURN NULL;",
    )


def version(tables: Iterable[type[models.Model]]) -> str:
    """A text that differs once anything in one of these tables has changed."""
    names = sorted(connection.ops.quote_name(f"changes_{model._meta.db_table}") for model in tables)
    with connection.cursor() as cursor:
        # A sequence that was never asked says 1, as it does after the first time.
        cursor.execute("SELECT " + ", ".join(f"(SELECT last_value + is_called::int FROM {name})" for name in names))  # noqa: S608
        return "-".join(map(str, cursor.fetchone()))
