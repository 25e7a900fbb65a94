"""When did a table last change? A counter for each, moved at commit, that costs a reader one look and locks nobody.

A table joins by `NOTED` in its model's triggers and a sequence `changes_<table>` in its migration.
"""

from collections.abc import Iterable

import pgtrigger
from django.db import connection, models

# Deferred to the commit: who sees the counter moved sees the rows too.
NOTED = pgtrigger.Trigger(
    name="change_noted",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    timing=pgtrigger.Deferred,
    func="PERFORM nextval('changes_' || TG_TABLE_NAME); RETURN NULL;",
)


def version(tables: Iterable[type[models.Model]]) -> str:
    """A text that differs once anything in one of these tables has changed."""
    names = sorted(connection.ops.quote_name(f"changes_{model._meta.db_table}") for model in tables)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT last_value FROM {name})" for name in names))  # noqa: S608
        return "-".join(map(str, cursor.fetchone()))
