"""Tiles at 1,000,000 alerts: ours cold and warm, tipg's, and bare ST_AsMVT of the same square.

Cold: the layer has changed since the tile was made. tipg is asked for all that lies in the tile, as ours shows all of
it (as counts where it is too much); what its default limit of 10,000 features leaves out is said beside it.
"""

import statistics
from contextlib import ExitStack

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from alerts.layers import ALERTS
from benchmarks import data, others, server
from benchmarks.report import Report, in_turn, ms
from geo.demo.city import build_city
from geo.tiles import render
from geo.tiles.grid import Tile

ROUNDS = {8: 5, 12: 7, 16: 25}
WARM = 60
PLAIN = {"Accept-Encoding": "identity"}


def run(report: Report) -> None:
    """Median times at three zooms, the tile in the middle of the town."""
    data.prepare()
    others.table()
    west, south, east, north = build_city().bounds
    with ExitStack() as stack:
        ours = stack.enter_context(server.running())
        tipg, path = stack.enter_context(others.tipg())
        for zoom, rounds in ROUNDS.items():
            tile = at(zoom, (west + east) / 2, (south + north) / 2)
            place = f"{tile.z}/{tile.x}/{tile.y}"
            own = f"/tiles/alerts/{place}.mvt"
            cold, their, bare = map(
                statistics.median,
                in_turn(
                    rounds,
                    lambda _n, to=own: (_changed(), _ask(ours, to)),
                    lambda _n, to=f"{path}/tiles/WebMercatorQuad/{place}": _ask(tipg, to),
                    lambda _n, of=tile: _bare(of),
                ),
            )
            (warm,) = map(statistics.median, in_turn(WARM, lambda _n, to=own: _ask(ours, to)))
            what = f"Tile at z {zoom},"
            report.at_least(f"{what} cold: tipg / ours", their / cold, 1, f"{ms(their)} / {ms(cold)}")
            report.at_most(f"{what} cold: ours / bare ST_AsMVT", cold / bare, 1.5, f"{ms(cold)} / {ms(bare)}")
            report.at_least(f"{what} cold / warm", cold / warm, 20, f"{ms(cold)} / {ms(warm)}")


def at(zoom: int, lon: float, lat: float) -> Tile:
    """The tile of that zoom that holds a place (EPSG:4326)."""
    for x in range(2**zoom):
        if Tile(zoom, x, 0).box()[2] > lon:
            break
    for y in range(2**zoom):
        if Tile(zoom, x, y).box()[1] < lat:
            break
    return Tile(zoom, x, y)


def _ask(client, address: str):
    return client.get(address, headers=PLAIN).raise_for_status()


def _changed() -> None:
    """What a change of the layer does to its tiles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('changes_alerts_alert')")


def _bare(tile: Tile) -> bytes:
    """Every object of the tile, by the query that ours makes of it where they are few."""
    rows = ALERTS.queryset(AnonymousUser()).filter(point__bboverlaps=render.square(tile))
    sql, parameters = render.objects_query(ALERTS, rows, tile)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return bytes(cursor.fetchone()[0] or b"")
