"""What the search by name stands on: trigrams, and names without accents in a form that an index may hold."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# unaccent() may change with its dictionary, so PostgreSQL refuses it in an index; naming the dictionary settles it.
# The path is kept with the function, or restoring a dump, which sets none, could not build the indexes again.
CREATE = """
CREATE FUNCTION geo_plain(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT AS $$
    SELECT btrim(regexp_replace(lower(unaccent('unaccent', name)), '[^a-z0-9]+', ' ', 'g'))
$$
"""
DROP = "DROP FUNCTION geo_plain(text)"


class Migration(migrations.Migration):
    dependencies = [("geo", "0004_messages_of_constraints")]
    operations = [TrigramExtension(), UnaccentExtension(), migrations.RunSQL(CREATE, DROP)]
