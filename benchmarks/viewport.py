"""The home map at 1,000,000 alerts: what the endpoint costs beyond the SQL it issues."""

import math
import random

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict

from benchmarks import data, server
from benchmarks.report import Report, in_turn, ms, p95
from geo import layers, viewport
from geo.demo.city import build_city

ROUNDS = 60
# A desktop window, in pixels.
WIDTH, HEIGHT = 1280, 800
ZOOMS = (8, 12, 16)
MAX_BYTES = 200_000


def run(report: Report) -> None:
    """p95 of `/map/alerts.json` at each zoom against its own SQL, on other viewports each time (nothing cached)."""
    data.prepare()
    layer = layers.get("alerts")
    largest = 0
    with server.running() as client:
        for zoom in ZOOMS:
            views = _views(zoom, 2 * (ROUNDS + 1))
            sizes = []

            def ask(number, zoom=zoom, views=views, sizes=sizes):
                until = _another_day(number)
                response = client.get("/map/alerts.json", params={"bbox": views[number], "zoom": zoom, "until": until})
                response.raise_for_status()
                sizes.append(len(response.content))

            def bare(number, zoom=zoom, views=views):
                _bare(layer, views[number], zoom, _another_day(number))

            asked, queried = in_turn(ROUNDS, ask, bare)
            largest = max(largest, *sizes)
            report.at_most(
                f"map of 1,000,000 alerts, zoom {zoom}: p95 / p95 of its SQL",
                p95(asked) / p95(queried),
                1.5,
                f"{ms(p95(asked))} / {ms(p95(queried))}",
            )
    report.at_most("map: largest answer / 200 KB", largest / MAX_BYTES, 1, f"{largest:,} bytes before compression")


def _views(zoom: int, count: int) -> list[str]:
    """Rectangles of a window at that zoom around random places of the town."""
    rng = random.Random(zoom)
    west, south, east, north = build_city().bounds
    width = WIDTH * 360 / 256 / 2**zoom
    views = []
    for _number in range(count):
        lon, lat = rng.uniform(west, east), rng.uniform(south, north)
        height = HEIGHT * 360 / 256 / 2**zoom * math.cos(math.radians(lat))
        views.append(f"{lon - width / 2},{lat - height / 2},{lon + width / 2},{lat + height / 2}")
    return views


def _another_day(number: int) -> str:
    """A filter that lets everything pass and makes each question new: the cache of shared answers never helps."""
    return f"{2100 + number}-01-01"


def _bare(layer, bbox: str, zoom: int, until: str) -> None:
    """The statements the endpoint issues, sent as they are."""
    box = tuple(float(part) for part in bbox.split(","))
    grid = viewport.Grid.at(zoom, (box[1] + box[3]) / 2)
    rows = layer.select(AnonymousUser(), QueryDict(f"until={until}&bbox={','.join(map(repr, grid.around(box)))}"))
    with connection.cursor() as cursor:
        cursor.execute(*viewport.objects_query(layer, rows))
        count, _text = cursor.fetchone()
        if count > viewport.MAX_OBJECTS:
            cursor.execute(*viewport.cells_query(layer, rows, grid))
            cursor.fetchone()
