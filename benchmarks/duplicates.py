"""“Is it reported already?” at 1,000,000 alerts: our search against the same question as bare SQL."""

import random

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.db import connection

from alerts.models import Category
from alerts.nearby import MOST, reported_nearby
from alerts.workflow import WORKFLOW
from benchmarks import data
from benchmarks.report import Report, in_turn, ms, p95
from geo.demo.city import build_city

ROUNDS = 300
# A box of the radius in degrees goes through the index, real metres decide.
BARE = """
SELECT * , ST_Distance(point::geography, here::geography) AS distance
FROM alerts_alert, (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS here) AS asked
WHERE point && ST_Envelope(ST_Buffer(here::geography, %(metres)s)::geometry)
  AND category_id = %(category)s AND status = ANY(%(open)s) AND is_public AND erased_at IS NULL
  AND ST_Distance(point::geography, here::geography) <= %(metres)s
ORDER BY distance, id DESC LIMIT %(most)s
"""
PHOTOS = "SELECT * FROM alerts_alertphoto WHERE state = 'shown' AND step_id IS NULL AND alert_id = ANY(%s) ORDER BY id"


def run(report: Report) -> None:
    """p95 of the search with its photos over p95 of two statements sent as they are; both must find the same."""
    data.prepare()
    category = Category.objects.get(code="lampadaire")
    places = random.Random(3).sample(build_city().street_points(ROUNDS + 1, 23), ROUNDS + 1)
    found: dict[str, dict[int, list]] = {"ours": {}, "bare": {}}

    def ours(number):
        place = Point(places[number].lon, places[number].lat, srid=4326)
        found["ours"][number] = [near.alert.pk for near in reported_nearby(AnonymousUser(), category, place)]

    def bare(number):
        with connection.cursor() as cursor:
            cursor.execute(
                BARE,
                {
                    "lon": places[number].lon,
                    "lat": places[number].lat,
                    "metres": category.duplicate_radius,
                    "category": category.pk,
                    "open": list(WORKFLOW.names(final=False)),
                    "most": MOST,
                },
            )
            found["bare"][number] = [row[0] for row in cursor.fetchall()]
            cursor.execute(PHOTOS, [found["bare"][number]])
            cursor.fetchall()

    asked, queried = in_turn(ROUNDS, ours, bare)
    if found["ours"] != found["bare"]:
        raise AssertionError("the two found different reports")
    met = sum(map(len, found["ours"].values())) / len(found["ours"])
    report.at_most(
        f"reports nearby of {data.ALERTS:,} ({met:.1f} found on average): p95 / p95 of bare SQL",
        p95(asked) / p95(queried),
        1.5,
        f"{ms(p95(asked))} / {ms(p95(queried))}",
    )
