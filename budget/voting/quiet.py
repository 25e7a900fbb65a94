"""Statements whose values stand in no log.

Django writes values into the text of a statement, which PostgreSQL logs when it fails, and pghistory puts there who is
signed in. Here values go beside the text (extended query protocol), and nobody is named.
"""

import psycopg
from django.db import connection


def quietly(statement: str, values: dict) -> list[tuple]:
    """Run a statement with %(name)s in it; returns its rows. Errors are those of django.db."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
