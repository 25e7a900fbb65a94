"""What a report says, in the order it says it: the same for the file, the paper and the mail."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db.models.functions import PointOnSurface
from django.db.models import DateField, DateTimeField, F, Value
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.dates import long_date
from frontend.report import choice as choices
from geo import layers
from geo.dashboards import board, count
from geo.dashboards.board import Figure, Line, Sheet
from geo.dashboards.declare import Asks, Indicator
from geo.dashboards.drawing import Shaded
from geo.dashboards.figure import no_data
from geo.dashboards.periods import Steps
from geo.layers import Choice, Layer
from geo.models import Territory

# Objects of one kind drawn on the map and listed under it; what is over is counted.
MOST_POINTS = 1_500
ON_PAPER = 60
EVERYBODY = AnonymousUser()  # whoever takes the report away


@dataclass(frozen=True)
class Point:
    """An object that a figure counts and everybody may see. `url` is a whole address."""

    title: str
    address: str
    state: str
    color: str
    since: dt.date | None
    due: dt.date | None
    url: str
    lon: float
    lat: float

    @property
    def since_text(self) -> str:
        """Since when, as people write it; empty where it has no date."""
        return date_format(self.since, "SHORT_DATE_FORMAT") if self.since else ""

    @property
    def due_text(self) -> str:
        """When it is due, where its figure is about that."""
        return date_format(self.due, "SHORT_DATE_FORMAT") if self.due else ""

    @property
    def where(self) -> str:
        """The address, or the coordinates where there is none."""
        return self.address or f"{self.lat:.5f}, {self.lon:.5f}"


@dataclass(frozen=True)
class Stock:
    """The objects behind a figure of what is there when the period ends ("still open"), the oldest or first due first.

    `day` is the last of the period.
    """

    indicator: Indicator
    figure: Figure
    points: list[Point]
    total: int  # those erased since are counted by the figure alone
    day: dt.date

    @property
    def title(self) -> str:
        """The figure with the day it is of: "En retard au 31 octobre 2026"."""
        return _("%(figure)s on %(day)s") % {"figure": self.indicator.title, "day": long_date(self.day)}

    @property
    def is_due(self) -> bool:
        """Whether its objects have a day they are due."""
        return any(point.due for point in self.points)

    def lateness(self, point: Point) -> str:
        """By how much a point was late when the period ended; empty where it was not."""
        days = (self.day - point.due).days if point.due else 0
        if days <= 0:
            return ""
        words = {"count": days, "due": long_date(point.due), "day": long_date(self.day)}
        return (
            ngettext(
                "Due on %(due)s: %(count)d day late on %(day)s",
                "Due on %(due)s: %(count)d days late on %(day)s",
                days,
            )
            % words
        )

    @property
    def left_out(self) -> int:
        """How many there are that are not in `points`."""
        return self.total - len(self.points)

    @property
    def on_paper(self) -> list[Point]:
        return self.points[:ON_PAPER]

    @property
    def left_out_on_paper(self) -> int:
        return self.total - len(self.on_paper)


@dataclass(frozen=True)
class Section:
    """What one layer says: its sheet, what waits, and what its maps show.

    `cells` are (longitude, latitude, how many) in squares as wide and high as `square` says.
    """

    layer: Layer
    sheet: Sheet
    asks: list[Asks]
    wanted: list[Asks]
    stocks: list[Stock]
    cells: list[tuple[float, float, int]]
    square: board.Square | None

    @property
    def main(self) -> Indicator:
        """The figure of the maps and of the ranking: the first that is counted per inhabitant, else the first."""
        indicators = self.sheet.question.board.indicators
        return next((one for one in indicators if one.rated), indicators[0])

    @cached_property
    def places(self) -> list[Line]:
        """The territories of the shaded map: those inside this one, else its neighbours."""
        return self.sheet.children or self.sheet.neighbours

    @cached_property
    def rated(self) -> bool:
        """Whether they are compared per 1,000 inhabitants: only where the population of each is known."""
        return all(line[self.main.name].population for line in self.places)

    def shades(self) -> dict[int, Shaded]:
        """What the shaded map says of each territory, by id."""
        found = {}
        for line in self.places:
            figure = line[self.main.name]
            if not line.known:
                found[line.territory.pk] = Shaded(line.title, None, no_data())
                continue
            value, text = (figure.rate, figure.rate_text) if self.rated else (figure.value, figure.text)
            # Classes part what is written, not what it was rounded from.
            rounded = value if value is None else round(value, 1)
            found[line.territory.pk] = Shaded(line.title, rounded, figure.text if value is None else text)
        return found

    @property
    def shaded_title(self) -> str:
        """What the shaded map shows, in words."""
        words = {"figure": self.main.title}
        return _("%(figure)s, per 1,000 inhabitants") % words if self.rated else str(self.main.title)


@dataclass(frozen=True)
class Report:
    """The figures of a territory in a period, with no object that is not public: it is handed on."""

    territory: Territory
    choice: choices.Choice
    sections: list[Section]
    made_at: dt.datetime

    @property
    def title(self) -> str:
        return _("Report: %(territory)s") % {"territory": self.territory}

    @property
    def town(self) -> str:
        """The territory it lies in; empty where it lies in none."""
        return self.territory.parent.name if self.territory.parent else ""

    @property
    def file_name(self) -> str:
        """Without its ending."""
        return f"rapport-{slugify(self.territory.name) or self.territory.pk}-{self.choice.slug()}"

    @property
    def made(self) -> str:
        """When it was made, in words."""
        return _("%(day)s at %(time)s") % {
            "day": self.today,
            "time": date_format(timezone.localtime(self.made_at), _("H:i")),
        }

    @property
    def today(self) -> str:
        """The day it was made, of which is what waits."""
        return long_date(timezone.localtime(self.made_at).date())

    @property
    def waits(self) -> str:
        """The heading of what waits: whatever the period, it is as of today."""
        return _("What waits today, %(day)s") % {"day": self.today}


def boards(viewer, territory: Territory) -> list[Layer]:
    """The layers whose figures of that territory the viewer may read; none: the territory has no report for them."""
    found = (layer for layer in layers.open_to(viewer) if layer.board)
    return [layer for layer in found if viewer.has_perm(layer.board.permission, territory)]


def report(*, territory: Territory, choice: choices.Choice, shown: Sequence[Layer]) -> Report:
    """Everything a report says. `shown` are the layers of `boards`, for who takes it away.

    With a category, of those that have it; what waits is of all categories all the same.
    """
    about = [layer for layer in shown if not choice.kind or choice.kind in choices.kinds(layer)]
    sections = [_section(layer, territory, choice) for layer in about]
    return Report(territory, choice, sections, timezone.now())


def _section(layer: Layer, territory: Territory, choice: choices.Choice) -> Section:
    question = board.Question(layer, territory, choice.span, choice.against, choice.kind)
    sheet = board.sheet(question)
    square = board.square(territory)
    whole = Steps((choice.span.since,), choice.span.until, "month")
    cells = count.cells(question.rows(), layer.board, layer.geometry, whole, square.size) if square else []
    return Section(
        layer,
        sheet,
        layer.board.asks(EVERYBODY, territory),
        layer.board.wanted(territory),
        [_stock(layer, territory, one, choice) for one in sheet.figures if _is_stock(one.indicator)],
        [(lon, lat, total) for lon, lat, _step, total in cells],
        square,
    )


def _is_stock(indicator: Indicator) -> bool:
    """Whether it counts what is there when a period ends, and not what happened in it."""
    return indicator.kind == "count" and indicator.rows is not None


def _stock(layer: Layer, territory: Territory, figure: Figure, choice: choices.Choice) -> Stock:
    """The objects that the figure counts and everybody may see."""
    here = QueryDict(mutable=True)
    here["territory"] = f"{territory.level.code}:{territory.code}"
    if choice.kind:
        here[layer.board.breakdown] = choice.kind
    rows = layer.select(EVERYBODY, here).filter(layer.board.during(figure.indicator, choice.span))
    address = next((one.expression for one in layer.fields if one.name == "address"), Value(""))
    chosen = {
        "of_title": layers.expression(layer.label),
        "of_state": layers.expression(layer.style),
        "of_address": address,
        "of_since": layers.expression(layer.moment) if layer.moment else Value(None, DateTimeField()),
        "of_due": F(figure.indicator.order) if figure.indicator.order else Value(None, DateField()),
        "of_place": PointOnSurface(layer.geometry),
    }
    legend = {one.value: one for one in layer.legend()}
    first = rows.annotate(**chosen).order_by("of_due", "of_since", "pk").values_list(layer.key, *chosen)[:MOST_POINTS]
    points = [_point(layer, legend, *row) for row in first]
    total = len(points) if len(points) < MOST_POINTS else rows.count()
    return Stock(figure.indicator, figure, points, total, choice.span.last)


def _point(layer: Layer, legend: dict[str, Choice], key, title, state, address, since, due, place) -> Point:
    known = legend.get(state)
    return Point(
        title=str(title or layer.title),
        address=address or "",
        state=str(known.title) if known else "",
        color=known.color if known else "",
        since=since and timezone.localtime(since).date(),
        due=due,
        url=whole(layer.url(str(key))) if layer.url(str(key)) else "",
        lon=place.x,
        lat=place.y,
    )


def whole(address: str) -> str:
    """An address of ours as others can open it."""
    return settings.BASE_URL + address
