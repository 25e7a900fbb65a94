"""Alerts of last month, and a report of them."""

import datetime as dt

from django.utils import timezone

from frontend.report import content
from frontend.report.choice import Choice, month
from geo.dashboards.declare import midnight
from geo.dashboards.periods import month_before
from tests.geo.test_viewport import make_alerts

WEST = "/territoires/quartier/T1001-1/rapport"


def last_month() -> Choice:
    return month(month_before(timezone.localdate()).since)


def in_last_month(day: int = 10) -> dt.datetime:
    return midnight(last_month().span.since + dt.timedelta(days=day)) + dt.timedelta(hours=9)


def reported(town, count: int, **fields):
    """So many alerts in the west, reported in last month and due before its end."""
    made = {"created_at": in_last_month(), "updated_at": in_last_month(), "due_on": in_last_month(15).date()}
    return make_alerts(town, count, **made | fields)


def report_of(town, viewer, territory=None, choice=None) -> content.Report:
    place = territory or town.west
    shown = content.boards(viewer, place)
    return content.report(territory=place, choice=choice or last_month(), shown=shown)
