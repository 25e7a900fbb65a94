"""What is behind a figure: the rows it counts, as far as the viewer may see them, page by page."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from frontend import explore
from frontend.dashboard.asked import Asked
from geo.dashboards import disclosure
from geo.dashboards.declare import Indicator
from geo.layers import BadParameter, Layer

CURSOR = "suite"
KEPT = 60  # seconds


@dataclass(frozen=True)
class Listing:
    """A page of rows; `more` is the cursor of the next, or "". `day` is what the list is sorted by, where not the date
    of the report; `counted` is None where it is not said."""

    items: list[tuple[explore.Item, dt.date | None]]
    more: str
    day: str
    counted: int | None
    seen: int
    hidden: int
    problem: BadParameter | None = None

    @property
    def hides_few(self) -> bool:
        """Whether some are left out, too few to say how many."""
        return 0 < self.hidden < disclosure.FEWEST


def counted(asked: Asked, one: Indicator) -> QuerySet:
    """All rows the figure is about, whoever may see them."""
    return asked.question.rows().filter(one.during(asked.question.span))


def visible(asked: Asked, one: Indicator, viewer) -> QuerySet:
    """Those of them that the viewer may see."""
    return counted(asked, one) & asked.question.layer.queryset(viewer)


def listing(asked: Asked, one: Indicator, viewer, cursor: str) -> Listing:
    """A page of them, the latest first, or by the indicator's own order."""
    layer, field = asked.question.layer, one.order or one.moment
    rows, problem = visible(asked, one, viewer), None
    total, seen = _totals(asked, one, viewer)
    if cursor:
        try:
            rows = rows.filter(_after(rows.model, field, bool(one.order), cursor))
        except BadParameter as error:
            problem = error
    sign = "" if one.order else "-"
    chosen = explore.columns(layer, rows).annotate(row_sort=F(field)).values("pk", "row_sort", *_names(layer, rows))
    found = list(chosen.order_by(f"{sign}{field}", f"{sign}pk")[: explore.PAGE + 1])
    shown = found[: explore.PAGE]
    more = f"{shown[-1]['row_sort'].isoformat()}~{shown[-1]['pk']}" if len(found) > explore.PAGE else ""
    days = [row["row_sort"] if one.order else None for row in shown]
    return Listing(
        items=list(zip(explore.items(layer, shown), days, strict=True)),
        more=more,
        day=str(rows.model._meta.get_field(field).verbose_name) if one.order else "",
        counted=None if disclosure.is_small(total, total - seen) else total,
        seen=seen,
        hidden=total - seen,
        problem=problem,
    )


def export_query(asked: Asked, one: Indicator) -> str:
    """The query string by which the layer's own filters say the same; empty where they cannot."""
    question = asked.question
    if one.kind != "count" or one.rows or one.where or one.moment != question.layer.moment:
        return ""
    territory, span = question.territory, question.span
    said = {"territory": f"{territory.level.code}:{territory.code}"}
    if not span.is_everything:
        said |= {"since": span.since.isoformat(), "until": span.last.isoformat()}
    if question.kind:
        said[question.board.breakdown] = question.kind
    return urlencode(said)


def address(asked: Asked, one: Indicator, **changes: str) -> str:
    """The page of the list behind that figure."""
    question = asked.question
    place = [question.territory.level.code, question.territory.code, question.layer.name, one.name]
    return reverse("frontend:dashboard_list", args=place) + asked.query(**changes)


def _totals(asked: Asked, one: Indicator, viewer) -> tuple[int, int]:
    """(how many are counted, how many of them the viewer may see)."""
    question = asked.question
    parts = (question.layer.name, question.territory.pk, question.span, question.kind, one.name, viewer.pk)
    key = "behind:" + "".join(char if char.isalnum() else "-" for char in repr(parts))
    return cache.get_or_set(key, lambda: (counted(asked, one).count(), visible(asked, one, viewer).count()), KEPT)


def _names(layer: Layer, rows: QuerySet) -> list[str]:
    return [name for name in explore.columns(layer, rows).query.annotations if name.startswith("row_")]


def _after(model, field: str, ascending: bool, text: str) -> Q:
    value, _separator, key = text.partition("~")
    try:
        value = model._meta.get_field(field).to_python(value.replace("\0", ""))
    except (ValidationError, ValueError, OverflowError):
        value = None
    naive = isinstance(value, dt.datetime) and value.tzinfo is None
    if value is None or naive or not (key.isascii() and key.isdigit() and len(key) < 19):
        raise BadParameter(CURSOR, _("This page of the list does not exist. Start again from the first."))
    then = "gt" if ascending else "lt"
    return Q(**{f"{field}__{then}": value}) | Q(**{field: value, f"pk__{then}": int(key)})
