"""How a town answers, counted for everybody: delays by territory and category, what residents confirm, where and when.

Erased alerts count too (alerts.services.retention keeps what is needed). Everything is counted by the database.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, FloatField, Func, IntegerField
from django.db.models.functions import Cast, TruncMonth

from alerts.models import Alert, Category
from geo.models import Level, Territory

# A median of fewer answers says more of single people than of a service.
FEWEST = 5
# Degrees: about 300 m east to west in France, coarse enough to show no single report for what it is.
CELL = 0.004

# One row a group; delays in seconds, NULL under FEWEST. A closing at the very moment of the report is an import whose
# closing day was not known. "On time" compares days, as a deadline is a day.
ROWS = """
SELECT key, count(*),
    count(*) FILTER (WHERE closed_at IS NULL),
    count(*) FILTER (WHERE status = 'resolved'),
    CASE WHEN count(answering) >= {fewest} THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY answering) END,
    CASE WHEN count(closing) >= {fewest} THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY closing) END,
    count(*) FILTER (WHERE closed_on <= due_on),
    count(*) FILTER (WHERE closed_on IS NOT NULL OR due_on < %s),
    count(*) FILTER (WHERE confirmed > contested),
    count(*) FILTER (WHERE confirmed + contested > 0)
FROM (
    SELECT *, CASE WHEN answered_at > created_at THEN extract(epoch FROM answered_at - created_at) END AS answering,
        CASE WHEN status = 'resolved' AND closed_at > created_at
            THEN extract(epoch FROM closed_at - created_at) END AS closing,
        (closed_at AT TIME ZONE %s)::date AS closed_on
    FROM ({rows}) AS r
) AS a {join}
GROUP BY key
"""
BY_TERRITORY = (
    "CROSS JOIN LATERAL unnest(a.territories) AS key WHERE key IN (SELECT id FROM geo_territory WHERE level_id = %s)"
)
BY_CATEGORY = "CROSS JOIN LATERAL (SELECT a.category_id AS key) AS k"
COLUMNS = (
    "territories",
    "category_id",
    "status",
    "created_at",
    "answered_at",
    "closed_at",
    "due_on",
    "confirmed",
    "contested",
)


@dataclass(frozen=True)
class Figures:
    """What was counted of one territory or category. Delays are medians, None where too few were answered."""

    name: str
    url: str
    total: int
    open: int
    resolved: int
    answer: dt.timedelta | None
    closing: dt.timedelta | None
    on_time: int
    due: int
    confirmed: int
    judged: int

    @property
    def on_time_share(self) -> float | None:
        """Closed by the day promised, of those closed or overdue, from 0 to 1; None where none was due."""
        return self.on_time / self.due if self.due >= FEWEST else None

    @property
    def confirmed_share(self) -> float | None:
        """More residents found it fixed than not, of those that residents judged, from 0 to 1."""
        return self.confirmed / self.judged if self.judged >= FEWEST else None


def reported(*, since: dt.date | None = None, category: Category | None = None, territory: Territory | None = None):
    """The alerts that are counted: those of everybody's sight, and those that time has erased."""
    rows = Alert.objects.filter(is_public=True) | Alert.objects.exclude(erased_at=None)
    if since:
        rows = rows.filter(created_at__date__gte=since)
    if category:
        rows = rows.filter(category=category)
    return rows.in_territory(territory) if territory else rows


def by_territory(rows, level: Level, *, today: dt.date, zone: str) -> list[Figures]:
    """One line for each territory of that level with an outline today, by name."""
    counted = _count(rows, BY_TERRITORY, (level.pk,), today, zone)
    places = Territory.objects.current(today).filter(level=level).select_related("level").order_by("name")
    return [_figures(one.name, one.get_absolute_url(), counted.get(one.pk)) for one in places]


def by_category(rows, *, today: dt.date, zone: str) -> list[Figures]:
    """One line for each category something was reported in, most first."""
    counted = _count(rows, BY_CATEGORY, (), today, zone)
    names = dict(Category.objects.values_list("pk", "name"))
    found = [_figures(names[pk], "", one) for pk, one in counted.items()]
    return sorted(found, key=lambda one: (-one.total, one.name))


def months(rows, count: int, *, today: dt.date) -> tuple[list[dt.date], list[tuple[float, float, int, int]]]:
    """The last `count` months, and (lon, lat, month's position, reports) of each cell that has any; EPSG:4326."""
    first = today.replace(day=1)
    starts = [first]
    for _month in range(count - 1):
        first = (first - dt.timedelta(days=1)).replace(day=1)
        starts.append(first)
    starts.reverse()
    position = {start: number for number, start in enumerate(starts)}
    cells = (
        rows.filter(created_at__date__gte=starts[0])
        .order_by()
        .annotate(month=TruncMonth("created_at"), x=_cell("ST_X"), y=_cell("ST_Y"))
        .values_list("month", "x", "y")
        .annotate(total=Count("pk"))
        .order_by("month", "x", "y")
    )
    found = [
        (round(x * CELL, 4), round(y * CELL, 4), position[month.date()], total)
        for month, x, y, total in cells
        if month.date() in position
    ]
    return starts, found


def _cell(axis: str) -> Func:
    """Number of the cell the alert lies in, along one axis."""
    degrees = Func(F("point"), function=axis, output_field=FloatField())
    return Cast(Func(degrees / CELL, function="ROUND", output_field=FloatField()), IntegerField())


def _count(rows, join: str, values: tuple, today: dt.date, zone: str) -> dict[int, tuple]:
    inner, parameters = rows.order_by().values(*COLUMNS).query.sql_with_params()
    sql = ROWS.format(rows=inner, join=join, fewest=FEWEST)
    with connection.cursor() as cursor:
        cursor.execute(sql, (today, zone, *parameters, *values))
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _figures(name: str, url: str, row: tuple | None) -> Figures:
    if row is None:
        return Figures(name, url, 0, 0, 0, None, None, 0, 0, 0, 0)
    total, still_open, resolved, answer, closing, *rest = row
    return Figures(name, url, total, still_open, resolved, _span(answer), _span(closing), *rest)


def _span(seconds) -> dt.timedelta | None:
    return None if seconds is None else dt.timedelta(seconds=float(seconds))
