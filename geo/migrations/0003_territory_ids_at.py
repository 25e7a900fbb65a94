"""The lookup as a function: PostgreSQL keeps its plan for the session, and planning costs more than the lookup."""

from django.db import migrations

CREATE = """
CREATE FUNCTION geo_territory_ids_at(lon float8, lat float8, day date, tolerance float8)
RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    place geometry := ST_SetSRID(ST_MakePoint(lon, lat), 4326);
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT ON (part.level_id) part.territory_id
        FROM geo_territorypart part
        WHERE ST_DWithin(part.geometry, place, tolerance) AND part.validity @> day
        ORDER BY part.level_id, part.code
    );
END
$$
"""
DROP = "DROP FUNCTION geo_territory_ids_at(float8, float8, date, float8)"


class Migration(migrations.Migration):
    dependencies = [("geo", "0002_french_levels")]
    operations = [migrations.RunSQL(CREATE, DROP)]
