"""The Open311 list of 1,000 at 1,000,000 alerts, against the bare SQL of the same rows with their ST_AsGeoJSON.

Both give the same columns, the last public message and the first photo among them; only the list screens them.
"""

import datetime as dt
import json
import statistics
from xml.etree import ElementTree

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db import connection
from django.utils import timezone

from alerts.models import Alert
from alerts.open311.reading import first_photo, last_message
from benchmarks import data, server
from benchmarks.report import Report, in_turn, ms

ROUNDS = 40
ROWS = 1000
COLUMNS = [
    *("reference", "status", "category__name", "category__code", "description", "body__name", "address"),
    *("created_at", "updated_at", "closed_at", "due_on"),
]


def run(report: Report) -> None:
    """Median time of `/open311/v2/requests` in both formats over that of one SELECT through the same driver."""
    data.prepare()
    sql, arguments = _bare()
    with server.running() as client:

        def ask(fmt):
            # As FixMyStreet asks, and as the driver answers: not packed.
            answer = client.get(f"/open311/v2/requests.{fmt}", headers={"Accept-Encoding": "identity"})
            return answer.raise_for_status()

        def bare(_number):
            with connection.cursor() as cursor:
                cursor.execute(sql, arguments)
                return cursor.fetchall()

        same = {row[0] for row in bare(0)}
        _check(same, {one["service_request_id"] for one in ask("json").json()})
        _check(same, {one.findtext("service_request_id") for one in ElementTree.fromstring(ask("xml").content)})
        for fmt in ("json", "xml"):
            asked, queried = map(statistics.median, in_turn(ROUNDS, lambda _number, fmt=fmt: ask(fmt), bare))
            report.at_most(
                f"Open311 list of 1,000 at 1,000,000 alerts, {fmt} / SELECT … ST_AsGeoJSON of the same rows",
                asked / queried,
                3,
                f"{ms(asked)} / {ms(queried)}",
            )
    _say_plans(sql, arguments)


def _bare() -> tuple[str, tuple]:
    """The newest 1,000 public alerts of 90 days: the columns the list gives, and the place as GeoJSON."""
    since = timezone.now() - dt.timedelta(days=90)
    rows = Alert.objects.visible_to(AnonymousUser()).filter(created_at__gte=since).order_by("-created_at", "-pk")
    rows = rows.annotate(place=AsGeoJSON("point")).values_list(*COLUMNS, last_message(), first_photo(), "place")
    return rows[:ROWS].query.sql_with_params()


def _check(expected: set, found: set) -> None:
    if len(expected) != ROWS or found != expected:
        raise RuntimeError(f"not the same rows: {len(expected)} expected, {len(found & expected)} of them found")


def _say_plans(sql: str, arguments: tuple) -> None:
    """How the database answers: by indexes, whatever the number of alerts."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", arguments)
        plan = cursor.fetchone()[0]
    plan = plan if isinstance(plan, list) else json.loads(plan)
    print(f"bare SQL: {plan[0]['Execution Time']:.1f} ms, {_nodes(plan[0]['Plan'])}", flush=True)


def _nodes(plan: dict) -> str:
    own = " ".join(filter(None, (plan["Node Type"], plan.get("Index Name") or plan.get("Relation Name"))))
    return " < ".join([own, *(_nodes(one) for one in plan.get("Plans", []))])
