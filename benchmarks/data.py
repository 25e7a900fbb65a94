"""A large town: the demo city with 1,000,000 alerts, made by the database from the demo's own 2,000."""

from django.core.management import call_command
from django.db import connection

from alerts.models import Alert
from geo.models import Territory

ALERTS = 1_000_000
# Degrees: copies lie up to about 150 m around the alert they are made from.
JITTER = 0.002

GROW = """
INSERT INTO alerts_alert (reference, tracking_token, submission, category_id, description, point, address, territories,
                          body_id, reasons, status, contact_email, is_public, created_at, updated_at, answered_at,
                          closed_at, answers, asset_code, also, text_hidden, source, origin, origin_key, priority,
                          planned_for, due_on, supports, confirmed, contested, public_text, public_address)
SELECT 'B' || n, 'bench-' || n, md5(n::text)::uuid, a.category_id, a.description,
       ST_SetSRID(ST_MakePoint(ST_X(a.point) + (random() - 0.5) * %(jitter)s * 2,
                               ST_Y(a.point) + (random() - 0.5) * %(jitter)s * 2), 4326),
       a.address, a.territories, a.body_id, '[]', a.status, '', true, a.created_at, a.updated_at, a.answered_at,
       a.closed_at, a.answers, a.asset_code, a.also, false, a.source, '', '', a.priority, a.planned_for, a.due_on,
       a.supports, a.confirmed, a.contested, a.public_text, a.public_address
FROM generate_series(1, %(copies)s) n
JOIN (SELECT *, row_number() OVER (ORDER BY created_at, reference) - 1 AS position FROM alerts_alert
      WHERE reference NOT LIKE 'B%%') a
  ON a.position = n %% %(seeds)s
"""


def prepare() -> None:
    """Make the large town once; a second run finds it."""
    if not Territory.objects.filter(code="XA001").exists():
        call_command("seed_demo")
    missing = ALERTS - Alert.objects.count()
    if missing <= 0:
        return
    print(f"Making {missing:,} alerts…", flush=True)
    seeds = Alert.objects.exclude(reference__startswith="B").count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(GROW, {"jitter": JITTER, "copies": missing, "seeds": seeds})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE alerts_alert")
