"""Pages of 1,000 features at 1,000,000 alerts: ours, tipg's, pygeoapi's and bare SQL, through HTTP in turn.

The two others read a table made for them (benchmarks.others); ours reads the layer as everybody sees it, with its
joins. Each server has one process, each client its own connection; answers are not packed.
"""

import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db import connection

from alerts.layers import ALERTS
from benchmarks import data, others, server
from benchmarks.report import Report, in_turn, ms
from geo.crs import CRS84
from geo.ogc import paging

ROUNDS = 25
SIZE = 1000
PAGE = 500
PLAIN = {"Accept-Encoding": "identity"}


def run(report: Report) -> None:
    """Median times of the first page and of page 500."""
    data.prepare()
    total = others.table()
    print(f"{total:,} features", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(server.running())
        tipg, tipg_path = stack.enter_context(others.tipg())
        pygeoapi, pygeoapi_path = stack.enter_context(others.pygeoapi(folder))
        for name, number in (("first page", 1), (f"page {PAGE}", PAGE)):
            skipped = (number - 1) * SIZE
            cursor = _cursor(skipped)
            address = f"/ogc/collections/alerts/items?f=json&limit={SIZE}"
            address += f"&cursor={cursor.text(ALERTS, [paging.LAST])}" if cursor else ""
            asks = (
                lambda _n, to=address: _ask(ours, to),
                lambda _n, skip=skipped: _ask(tipg, f"{tipg_path}/items?f=geojson&limit={SIZE}&offset={skip}"),
                lambda _n, skip=skipped: _ask(pygeoapi, f"{pygeoapi_path}/items?f=json&limit={SIZE}&offset={skip}"),
                lambda _n, at=cursor: _bare(at),
            )
            _check(asks)
            own, their, slow, bare = map(statistics.median, in_turn(ROUNDS, *asks))
            what = f"OGC items, {name} of {SIZE:,}:"
            report.at_least(f"{what} pygeoapi / ours", slow / own, 3, f"{ms(slow)} / {ms(own)}")
            report.at_least(f"{what} tipg / ours", their / own, 1, f"{ms(their)} / {ms(own)}")
            report.at_most(f"{what} ours / bare SQL", own / bare, 2, f"{ms(own)} / {ms(bare)}")


def _ask(client, address: str):
    return client.get(address, headers=PLAIN).raise_for_status()


def _cursor(skipped: int) -> paging.Cursor | None:
    """The place a client has come to that followed `next` so many rows."""
    if not skipped:
        return None
    return paging.Cursor((_rows().order_by("pk").values_list("pk", flat=True)[skipped - 1],))


def _rows():
    return ALERTS.queryset(AnonymousUser())


def _bare(cursor: paging.Cursor | None) -> list:
    """The same rows and columns as plain values, the place by ST_AsGeoJSON, fetched through our driver."""
    columns = {f"of_{one.name}": one.expression for one in ALERTS.fields}
    rows = paging.cut(_rows(), [paging.LAST], cursor)
    chosen = rows.values_list("reference", AsGeoJSON("point", precision=CRS84.decimals), *columns.values())
    sql, parameters = chosen[:SIZE].query.sql_with_params()
    with connection.cursor() as db:
        db.execute(sql, parameters)
        return db.fetchall()


def _check(asks) -> None:
    """All four give as many rows, and ours the same as bare SQL."""
    ours, *theirs, bare = (ask(0) for ask in asks)
    keys = [one["id"] for one in ours.json()["features"]]
    if keys != [row[0] for row in bare] or any(len(one.json()["features"]) != SIZE for one in theirs):
        raise RuntimeError("not the same rows")
