"""What the main page shows: the sheet in the order that one minute of reading needs."""

import datetime as dt
from collections.abc import Callable

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from frontend.dashboard import chart, lists, shapes
from frontend.dashboard.asked import Asked
from frontend.dashboard.dates import PERIODS
from geo.dashboards import board, duties, periods
from geo.dashboards.board import Figure, Line, Question, Sheet
from geo.dashboards.declare import Asks, Indicator
from geo.dashboards.periods import Span
from geo.models import Territory

KEPT = 60  # seconds for which a person is shown the same things waiting


class DashboardPage:
    """The parts of the page, each asked for by the template."""

    def __init__(self, asked: Asked, viewer, since: dt.datetime | None, parameters):
        self.asked, self.viewer, self.since, self.parameters = asked, viewer, since, parameters
        self.question = asked.question

    @cached_property
    def sheet(self) -> Sheet:
        """The figures."""
        return board.sheet(self.question)

    @cached_property
    def news(self) -> list[tuple[str, str]]:
        """(what happened since the last visit, its list), of what did happen."""
        declared = self.question.board
        if not (self.since and declared.happened):
            return []
        day, today = timezone.localdate(self.since), timezone.localdate()
        whole = Question(self.question.layer, self.question.territory, Span(day, today + dt.timedelta(days=1)))
        return [
            (self._told(figure), lists.address(self.asked, figure.indicator, **self.asked.since(day), categorie=""))
            for figure in board.news(whole)
            if figure.cells[0].base
        ]

    def _told(self, figure: Figure) -> str:
        if figure.value is None:
            return f"{figure.indicator.title}\N{NO-BREAK SPACE}: {figure.text}"
        return self.question.board.happened(figure.indicator.name, figure.value)

    @cached_property
    def periods(self) -> list[tuple[str, str, bool]]:
        """(title, this page of that period, whether it is the one shown) of the periods that have a name."""
        custom = {"du": "", "au": ""}
        return [
            (title, self.here(**custom, periode="" if name == periods.DEFAULT else name), self.asked.period == name)
            for name, title in PERIODS
            if name != periods.CUSTOM
        ]

    @property
    def chosen(self) -> bool:
        """Whether anything but the period was chosen."""
        return bool(self.asked.controls.chosen().keys() - {"periode"})

    @cached_property
    def cards(self) -> list[tuple[Figure, str, str]]:
        """(figure, its list, that of the figure before or "")."""
        return [(one, lists.address(self.asked, one.indicator), self._before(one)) for one in self.sheet.figures]

    def _before(self, figure: Figure, **changes: str) -> str:
        """The list behind the figure before; empty where that is not said."""
        against = self.question.against
        if against is None or figure.before is None:
            return ""
        days = self.asked.between(against.since, against.last)
        return lists.address(self.asked, figure.indicator, **days, **changes)

    @property
    def report_query(self) -> str:
        """What a report has to be asked for the same: the period in any case, as its usual one is another."""
        return self.asked.query(periode=self.asked.period)

    @cached_property
    def asks(self) -> list[tuple[Asks, str]]:
        """(what waits, where all of it is): for that person first, then what is late."""
        found = self._kept("asks", lambda: self.question.board.asks(self.viewer, self.question.territory))
        return [(one, self._all_of(one)) for one in found]

    def _all_of(self, one: Asks) -> str:
        named = self.question.board.indicator(one.name)
        return lists.address(self.asked, named, periode="tout", du="", au="", categorie="") if named else one.url

    @cached_property
    def duties(self) -> list[Asks]:
        """What waits for this person's own act, whatever the page is about: as of now, so that what is done goes."""
        return duties.of(self.viewer, self.question.territory)

    @cached_property
    def wanted(self) -> list[tuple[Asks, str]]:
        """What residents ask for most, each with where all of it is."""
        found = self._kept("wanted", lambda: self.question.board.wanted(self.question.territory))
        return [(one, self._all_of(one)) for one in found]

    def _kept(self, name: str, answer: Callable) -> list[Asks]:
        """Theirs alone, in their language, for a moment."""
        place = f"{self.question.layer.name}:{self.question.territory.pk}:{self.question.span.since}"
        key = f"board:{name}:{self.viewer.pk}:{get_language()}:{place}:{self.question.span.until}"
        return cache.get_or_set(key, answer, KEPT)

    @cached_property
    def columns(self) -> list[shapes.Column]:
        """The steps of the curves over time."""
        return shapes.columns(self.sheet)

    @cached_property
    def weeks(self) -> list[tuple[shapes.Column, list[tuple[str, str]]]]:
        """(step, (count in words, its list) of both curves), the oldest first as on the chart."""
        return [
            (
                column,
                [
                    (text, lists.address(self.asked, one, **self.asked.between(column.start, column.last)))
                    for one, text in zip(self.trend, column.texts, strict=True)
                ],
            )
            for column in self.columns
        ]

    @cached_property
    def chart(self) -> SafeString:
        """The curves as a picture."""
        first, second = (str(one.title) for one in self.trend)
        return chart.trend(
            self.sheet.steps,
            self.sheet.curves,
            [first, second],
            name="trend",
            title=_("%(first)s and %(second)s over time") % {"first": first, "second": second.lower()},
            text=_("The figures are in the table below."),
            reach=self.reach,
            last=_("under way") if self.columns[-1].last > timezone.localdate() else "",
        )

    @cached_property
    def reach(self) -> tuple[float, float] | None:
        """Where on the curves the period lies, where they show more."""
        return shapes.reach(self.sheet)

    @property
    def described(self) -> str:
        """What a step of the curves is."""
        return chart.described(self.sheet.steps)

    @cached_property
    def trend(self) -> tuple[Indicator, ...]:
        """The two indicators of the curves."""
        return tuple(self.question.board.indicator(name) for name in self.question.board.trend)

    @cached_property
    def beside(self) -> list[Indicator]:
        """What the table by kind says after the first indicator: other counts, and the first delay."""
        _first, *others = self.sheet.compared
        delays = [one for one in others if one.kind == "median"][:1]
        return [*(one for one in others if one.kind == "count"), *delays]

    @cached_property
    def kinds(self) -> list[dict]:
        """A row for each kind: its bar, the page narrowed to it, its other figures with their lists."""
        first = self.question.board.indicators[0]
        return [
            {
                "bar": bar,
                "first": bar.line[first.name],
                "url": self.here(categorie=bar.line.choice.value),
                "first_url": lists.address(self.asked, first, categorie=bar.line.choice.value),
                "before_url": self._before(bar.line[first.name], categorie=bar.line.choice.value),
                "others": [
                    (bar.line[one.name], lists.address(self.asked, one, categorie=bar.line.choice.value))
                    for one in self.beside
                ],
            }
            for bar in shapes.bars(self.sheet.kinds, first.name)
        ]

    @cached_property
    def measures(self) -> list[shapes.Measure]:
        """What the map of the children can show."""
        return shapes.measures(self.sheet.children, self.question.board.indicators) if self.sheet.children else []

    @cached_property
    def measure(self) -> shapes.Measure | None:
        """The one asked for, else the first."""
        wanted = self.parameters.get("mesure")
        return next((one for one in self.measures if one.name == wanted), next(iter(self.measures), None))

    @cached_property
    def places(self) -> list[tuple[Line, shapes.Place, str, str]]:
        """(child, its value of that measure, its dashboard, the address its lists begin with)."""
        by_code = {one.code: one for one in self.measure.places} if self.measure else {}
        return [
            (line, by_code[line.territory.code], self.of(line.territory), self._lists_of(line.territory))
            for line in (self.sheet.children if by_code else [])
        ]

    def _lists_of(self, territory: Territory) -> str:
        place = [territory.level.code, territory.code]
        return f"{reverse('frontend:dashboard', args=place)}{self.question.layer.name}/"

    @property
    def measured(self) -> str:
        """The end of the address of the lists of that measure."""
        return f"{self.measure.name.removesuffix(shapes.RATED)}/{self.asked.query()}"

    @cached_property
    def neighbours(self) -> list[dict]:
        """A row for each neighbour: its figures, whether it is the territory itself, its public page."""
        return [
            {
                "line": line,
                "own": line.territory == self.question.territory,
                "figures": [line[one.name] for one in self.sheet.compared],
                "known": line.known,
                "url": line.territory.get_absolute_url(),
            }
            for line in self.sheet.neighbours
        ]

    @cached_property
    def for_script(self) -> dict:
        """What static/frontend/js/board-map.js reads."""
        return {
            "measures": {
                one.name: {
                    "title": one.title,
                    "legend": one.legend,
                    "places": {place.code: [place.shade, place.text] for place in one.places},
                }
                for one in self.measures
            },
            "steps": [column.noted for column in self.columns],
            "days": [self.asked.between(column.start, column.last) for column in self.columns],
            "query": self.asked.query(),
            "rated": shapes.RATED,
            "totals": [self._total(column) for column in self.columns],
            "time": shapes.over_time(self.sheet) if self.sheet.children else None,
            "heat": reverse("frontend:dashboard_heat", args=[*self.place, self.question.layer.name])
            + self.asked.query(),
        }

    @property
    def metres(self) -> int:
        """About how wide a square of the heat map is."""
        square = board.square(self.question.territory, board.HOT)
        return square.metres if square else 0

    def _total(self, column: shapes.Column) -> str:
        value, happened = column.values[0], self.question.board.happened
        return happened(self.trend[0].name, value) if happened else column.texts[0]

    @property
    def all_of_them(self) -> str:
        """The list behind the first figure: where each lies is said there."""
        return lists.address(self.asked, self.question.board.indicators[0])

    @property
    def place(self) -> list[str]:
        """The territory in addresses."""
        return [self.question.territory.level.code, self.question.territory.code]

    def here(self, **changes: str) -> str:
        """This page, but for `changes`."""
        return reverse("frontend:dashboard", args=self.place) + self.asked.query(**changes)

    def of(self, territory: Territory) -> str:
        """The same of a child, whose level is not asked for again."""
        return reverse("frontend:dashboard", args=[territory.level.code, territory.code]) + self.asked.query()

    @property
    def without_kind(self) -> str:
        """This page of all kinds."""
        return self.here(categorie="")

    @property
    def export(self) -> str:
        """The query string of the file with what was reported."""
        return lists.export_query(self.asked, self.question.board.indicators[0])
