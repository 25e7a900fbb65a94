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
from geo.dashboards import board, disclosure
from geo.dashboards.declare import Indicator
from geo.dashboards.figure import few, number
from geo.layers import BadParameter, Layer

CURSOR = "suite"
KEPT = 60  # seconds


@dataclass(frozen=True)
class Listing:
    """A page of rows, each with what makes it part of the figure; `more` is the cursor of the next, or "".

    `said` is how many are counted, or the words for not saying it; `is_said` tells which.
    """

    items: list[tuple[explore.Item, str]]
    more: str
    said: str
    is_said: bool
    seen: int
    hidden: int
    problem: BadParameter | None = None

    @property
    def hides_few(self) -> bool:
        """Whether some are left out of which it is not said how many."""
        return 0 < self.hidden < disclosure.FEWEST or (self.hidden > 0 and not self.is_said)


def counted(asked: Asked, one: Indicator) -> QuerySet:
    """All rows the figure is about, whoever may see them."""
    question = asked.question
    return question.rows().filter(question.board.during(one, question.span))


def visible(asked: Asked, one: Indicator, viewer) -> QuerySet:
    """Those of them that the viewer may see."""
    return counted(asked, one) & asked.question.board.seen_by(viewer)


def listing(asked: Asked, one: Indicator, viewer, cursor: str) -> Listing:
    """A page of them, the latest first, or by the indicator's own order."""
    layer, field = asked.question.layer, one.order.removeprefix("-") or one.moment
    rising = one.order == field
    rows, problem = visible(asked, one, viewer), None
    total, seen = _totals(asked, one, viewer)
    unsaid = _unsaid(asked, one, total, seen)
    if cursor:
        try:
            rows = rows.filter(_after(layer, rows.model, field, rising, cursor))
        except BadParameter as error:
            problem = error
    sign = "" if rising else "-"
    chosen = explore.columns(layer, rows).annotate(row_sort=F(field)).values("pk", "row_sort", *_names(layer, rows))
    found = list(chosen.order_by(f"{sign}{field}", f"{sign}{layer.key}")[: explore.PAGE + 1])
    shown = found[: explore.PAGE]
    more = f"{_written(shown[-1]['row_sort'])}~{shown[-1]['row_key']}" if len(found) > explore.PAGE else ""
    behind = asked.question.board.behind
    why = behind(one.name, [row["pk"] for row in shown]) if behind and shown else {}
    return Listing(
        items=[(item, why.get(row["pk"], "")) for item, row in zip(explore.items(layer, shown), shown, strict=True)],
        more=more,
        said=unsaid or _counted(asked, total),
        is_said=not unsaid,
        seen=seen,
        hidden=total - seen,
        problem=problem,
    )


def export_query(asked: Asked, one: Indicator) -> str:
    """The query string by which the layer's own filters say the same; empty where they cannot."""
    question = asked.question
    if not one.public or one.kind != "count" or one.rows or one.where or one.moment != question.layer.moment:
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


def _counted(asked: Asked, total: int) -> str:
    counted = asked.question.board.counted
    return counted(total) if counted else number(total)


def _unsaid(asked: Asked, one: Indicator, total: int, seen: int) -> str:
    if seen == total and one.kind == "count":
        return ""  # who sees them all can count them
    figure = board.figure(asked.question, one)
    if disclosure.is_small(total, total - seen) or (0 in figure.unsaid and one.kind != "count"):
        return few()
    return figure.text if 0 in figure.unsaid else ""


def _names(layer: Layer, rows: QuerySet) -> list[str]:
    return [name for name in explore.columns(layer, rows).query.annotations if name.startswith("row_")]


def _written(value) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _after(layer: Layer, model, field: str, ascending: bool, text: str) -> Q:
    value, _separator, key = text.partition("~")
    try:
        key = explore.typed_key(layer, key)
        value = model._meta.get_field(field).to_python(value.replace("\0", ""))
    except (ValidationError, ValueError, OverflowError):
        value = None
    naive = isinstance(value, dt.datetime) and value.tzinfo is None
    if value is None or naive:
        raise BadParameter(CURSOR, _("This page of the list does not exist. Start again from the first."))
    then = "gt" if ascending else "lt"
    return Q(**{f"{field}__{then}": value}) | Q(**{field: value, f"{layer.key}__{then}": key})
