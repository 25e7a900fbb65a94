"""Posting an alert end to end: the form's checks, routing, history, activity and outbox, through HTTP."""

import statistics
import uuid

from benchmarks import data, server
from benchmarks.report import Report, in_turn, ms
from geo.demo.city import build_city

ROUNDS = 200


def run(report: Report) -> None:
    """Requests per second of one sender, and as a share of a view that inserts one row."""
    data.prepare()
    places = iter(build_city().street_points(2 * ROUNDS + 10, 11))
    with server.running() as client:
        client.get("/signaler/").raise_for_status()
        token = client.cookies["csrftoken"]

        def post(_number):
            place = next(places)
            answer = client.post(
                "/signaler/",
                data={
                    "csrfmiddlewaretoken": token,
                    # Another one in each run: what was sent before is only found again.
                    "submission": str(uuid.uuid4()),
                    "place_lon": place.lon,
                    "place_lat": place.lat,
                    "address": place.address,
                    "category": "lampadaire",
                    "asked": "lampadaire",
                    "q-etat": "eteint",
                    "description": "Le lampadaire est éteint.",
                    "email": "bench@example.org",
                },
                # As what a device kept and sends later: it does not stop at reports nearby.
                headers={"Accept": "application/json"},
            )
            if answer.status_code != 200:
                raise RuntimeError(f"the report was not taken: {answer.status_code} {answer.text[:500]}")

        def insert(_number):
            client.post("/bench/insert", data={"description": "x"}).raise_for_status()

        posted, inserted = map(statistics.median, in_turn(ROUNDS, post, insert))
    report.say(
        f"posting an alert: {1 / posted:.0f} requests/s of one sender, as a share of a view that inserts one row",
        inserted / posted,
        f"{ms(posted)} / {ms(inserted)}",
    )
