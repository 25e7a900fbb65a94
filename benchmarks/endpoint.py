"""The territory lookup through HTTP, as a share of a view that returns a constant."""

import random
import statistics

from benchmarks import data, server
from benchmarks.report import Report, in_turn, ms
from geo.demo.city import build_city

ROUNDS = 400


def run(report: Report) -> None:
    """Median time of `/bench/constant` over that of `/api/v1/territories/at`: 1 would be free."""
    data.prepare()
    rng = random.Random(7)
    west, south, east, north = build_city().bounds
    with server.running() as client:

        def look_up(_number):
            client.get(
                "/api/v1/territories/at", params={"lon": rng.uniform(west, east), "lat": rng.uniform(south, north)}
            ).raise_for_status()

        def constant(_number):
            client.get("/bench/constant").raise_for_status()

        looked_up, constants = map(statistics.median, in_turn(ROUNDS, look_up, constant))
    report.say(
        "GET /api/v1/territories/at: throughput as a share of a constant view",
        constants / looked_up,
        f"{ms(looked_up)} / {ms(constants)}",
    )
