"""The answers for one territory put together, for a page or a paper: one statement a table, kept for some minutes."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.core.cache import cache
from django.db.models import Min
from django.utils import timezone

from geo.dashboards import count, disclosure, periods
from geo.dashboards.declare import Indicator
from geo.dashboards.figure import Figure
from geo.dashboards.periods import Span, Steps
from geo.layers import Choice, Layer
from geo.models import Boundary, Territory

KEPT = 600  # seconds for which everybody is given the same count
# All territories of the same parent are neighbours, unless they are more than this: then those that touch.
MOST_SIBLINGS = 24
MOST_CHILDREN = 400
SQUARES = 26  # across a territory, where they are read
HOT = 12  # the same where squares are looked at, not read: most hold more than one
DEGREE = 111_320  # metres of a degree of latitude


@dataclass(frozen=True)
class Question:
    """What a dashboard is about. `against` is what it is compared with; `kind` a value of the layer's breakdown."""

    layer: Layer
    territory: Territory
    span: Span
    against: Span | None = None
    kind: str = ""

    @property
    def board(self):
        """What the layer declares."""
        return self.layer.board

    def rows(self):
        """All that is counted, of any time."""
        return self.narrowed(self.board.rows(self.territory))

    def narrowed(self, rows):
        """Those of the kind chosen."""
        return rows.filter(**{self.board.kind: self.kind}) if self.kind else rows

    def spans(self) -> list[Span]:
        """Now, and before where there is one."""
        return [self.span, *([self.against] if self.against else [])]


@dataclass(frozen=True)
class Line:
    """A line of a table: a territory, or a value of the breakdown, with its figures by name; `known` says whether
    there ever was anything to count."""

    title: str
    figures: dict[str, Figure]
    territory: Territory | None = None
    choice: Choice | None = None
    known: bool = True

    def __getitem__(self, name: str) -> Figure:
        return self.figures[name]


@dataclass(frozen=True)
class Sheet:
    """A territory's dashboard for one layer.

    `figures` in the order of declaration. `kinds` by the first indicator, most first. `children` and `neighbours` by
    name; `neighbours` hold the territory itself, and have the figures that are compared. `curves` are the two counts
    of the board's trend, one value a step; `by_child` the first of them for each child, by id.
    """

    question: Question
    figures: list[Figure]
    kinds: list[Line]
    children: list[Line]
    neighbours: list[Line]
    steps: Steps
    curves: tuple[list, list]
    by_child: dict[int, list]

    @cached_property
    def by_name(self) -> dict[str, Figure]:
        """The figures by the name of their indicator."""
        return {one.indicator.name: one for one in self.figures}

    @property
    def unlisted(self) -> bool:
        """Whether there is anything that not everybody may see, now or before."""
        return any(cell.base for one in self.figures if not one.indicator.public for cell in one.cells)

    @property
    def is_all_unlisted(self) -> bool:
        """Whether there is nothing else."""
        return self.unlisted and not any(
            cell.base for one in self.figures if one.indicator.public for cell in one.cells
        )

    @property
    def compared(self) -> list[Indicator]:
        """The indicators by which neighbours are compared."""
        return [one for one in self.question.board.indicators if one.compared]


@dataclass(frozen=True)
class Square:
    """How large a square on the ground is; `size` is its width and height in degrees."""

    size: tuple[float, float]

    @property
    def metres(self) -> int:
        """About how many metres that is, in one figure."""
        return int(float(f"{self.size[1] * DEGREE:.1g}"))


def sheet(question: Question) -> Sheet:
    """The dashboard's answers; the counting is shared by all who ask the same for KEPT seconds."""
    territory, board = question.territory, question.board
    children = list(territory.children.current().select_related("level").order_by("name", "pk")[:MOST_CHILDREN])
    neighbours = _neighbours(territory)
    here = [territory, *children]
    counted = _counted(question, [one.pk for one in here], [one.pk for one in neighbours])
    own = counted["territories"][territory.pk]
    return Sheet(
        question,
        figures=list(_figures(board.indicators, own, territory.population, _own_unsaid(question, own)).values()),
        kinds=_kinds(question, counted["kinds"]),
        children=_lines(board.indicators, children, counted["territories"], counted["known"]),
        neighbours=_lines(
            [one for one in board.indicators if one.compared], neighbours, counted["neighbours"], counted["known"]
        ),
        steps=counted["steps"],
        curves=counted["trend"][territory.pk],
        by_child={one.pk: counted["trend"][one.pk][0] for one in children},
    )


def news(question: Question) -> list[Figure]:
    """The board's news of the question's span: what happened meanwhile."""
    territory, board = question.territory.pk, question.board

    def answer():
        return count.count(question.rows(), board, [territory], question.spans(), board.news).by_territory([territory])

    own = _kept("news", question, answer)[territory]
    return list(_figures(board.news, own, None, _alone(own)).values())


def overview(layer: Layer, territories: Sequence[Territory], span: Span) -> list[Line]:
    """A line of the counts that are compared for each of these territories, whatever they are to each other."""
    places, board = {one.pk: one for one in territories}, layer.board
    chosen = [one for one in board.indicators if one.compared and one.kind == "count"]
    counted = _kept(
        "overview",
        Question(layer, territories[0], span),
        lambda: count.count(board.rows(None), board, places, [span], chosen).by_territory(list(places)),
        list(places),
    )
    return [
        Line(one.name, _figures(chosen, counted[pk], one.population, _alone(counted[pk])), territory=one)
        for pk, one in places.items()
    ]


def square(territory: Territory, across: int = SQUARES) -> Square | None:
    """Squares, so many across that territory; None where it has no outline today."""
    outline = Boundary.objects.valid().filter(territory=territory).first()
    if outline is None:
        return None
    west, south, east, north = outline.geometry.extent
    shrink = math.cos(math.radians((south + north) / 2))
    height = max((east - west) * shrink, north - south) / across
    return Square((height / shrink, height))


def heat(question: Question, steps: Steps) -> tuple[list, list]:
    """The squares of its territory (EPSG:4326).

    First those of the question's span, (lon, lat, how many); then of each step, which may reach out of that span:
    (lon, lat, step, how many).
    """
    squares = square(question.territory, HOT)
    if squares is None:
        return [], []
    rows = question.rows()

    def answer():
        asked = Steps((question.span.since,), question.span.until, steps.unit)
        whole, parts = (
            count.cells(rows, question.board, question.layer.geometry, each, squares.size) for each in (asked, steps)
        )
        return [(lon, lat, total) for lon, lat, _step, total in whole], parts

    return _kept("heat", question, answer)


def figure(question: Question, one: Indicator) -> Figure:
    """That figure of the question's territory alone, as its dashboard says it."""
    territory = question.territory.pk

    def answer():
        return count.count(question.rows(), question.board, [territory], question.spans(), [one]).by_territory(
            [territory]
        )

    own = _kept(f"figure-{one.name}", question, answer)[territory]
    return _figures([one], own, question.territory.population, _own_unsaid(question, own))[one.name]


def _kept(name: str, question: Question, answer: Callable, places: Sequence[int] = ()):
    """The answer to that question about these places, shared by all who ask it for KEPT seconds."""
    parts = (name, question.layer.name, question.territory.pk, question.span, question.against, question.kind, places)
    return cache.get_or_set(f"board:{hashlib.sha256(repr(parts).encode()).hexdigest()}", answer, KEPT)


def _counted(question: Question, here: list[int], neighbours: list[int]) -> dict:
    def answer():
        board, rows, spans = question.board, question.rows(), question.spans()
        first = rows.aggregate(first=Min("created_at"))["first"] if question.span.is_everything else None
        steps = periods.steps(question.span, first and timezone.localdate(first))
        counted = count.count(question.narrowed(board.rows(None)), board, {*here, *neighbours}, spans)
        return {
            "territories": counted.by_territory(here),
            "kinds": counted.by_kind(question.territory.pk),
            "neighbours": counted.by_territory(neighbours, public=True),
            "known": count.known(board, {*here, *neighbours}),
            "steps": steps,
            "trend": count.trend(rows, board, here, steps),
        }

    return _kept("sheet", question, answer, [*here, *neighbours])


def _neighbours(territory: Territory) -> list[Territory]:
    """Those it is compared with, itself among them, by name."""
    same = Territory.objects.current().filter(level=territory.level_id).select_related("level")
    siblings = same.filter(parent=territory.parent_id) if territory.parent_id else same
    found = list(siblings.order_by("name", "pk")[: MOST_SIBLINGS + 1])
    if len(found) > MOST_SIBLINGS:
        outline = Boundary.objects.valid().filter(territory=territory).values("geometry")[:1]
        valid = Boundary.objects.valid().filter(territory__level=territory.level_id, geometry__intersects=outline)
        found = list(same.filter(pk__in=valid.values("territory")).order_by("name", "pk")[:MOST_SIBLINGS])
    return found if len(found) > 1 else []


def _figures(indicators, spans: list[count.Figures], population: int | None, unsaid: dict[str, set]) -> dict:
    return {
        one.name: Figure(
            one,
            tuple(figures[one.name] for figures in spans),
            population,
            frozenset(unsaid.get(one.name, ())),
        )
        for one in indicators
    }


def _own_unsaid(question: Question, spans: list[count.Figures]) -> dict[str, set]:
    """As `_alone`; and what the table of all kinds does not say is not said of one kind looked at by itself."""
    found = _alone(spans)
    if question.kind:
        whole = replace(question, kind="")
        kinds = _kept("kinds", whole, lambda: _by_kind(whole))
        for name, places in _unsaid(kinds, question.board.indicators).get(question.kind, {}).items():
            found.setdefault(name, set()).update(places)
    return found


def _by_kind(question: Question) -> dict[str, list[count.Figures]]:
    own = [question.territory.pk]
    return count.count(question.rows(), question.board, own, question.spans()).by_kind(*own)


def _alone(spans: list[count.Figures]) -> dict[str, set]:
    """{indicator: places} whose count stands alone and is too small to be said."""
    found: dict[str, set] = {}
    for place, figures in enumerate(spans):
        for name, cell in figures.items():
            if disclosure.is_small(cell.base, cell.hidden):
                found.setdefault(name, set()).add(place)
    return found


def _unsaid(table: dict, indicators: Sequence[Indicator]) -> dict:
    """{key: {indicator: places}} of the counts of a table that may not be said."""
    found: dict = {key: {} for key in table}
    for one in indicators:
        if one.kind != "count":
            continue
        for place in range(len(next(iter(table.values()), ()))):
            cells = {key: (spans[place][one.name].base, spans[place][one.name].hidden) for key, spans in table.items()}
            for key in disclosure.unsaid(cells):
                found[key].setdefault(one.name, set()).add(place)
    return found


def _lines(indicators: Sequence[Indicator], places: list[Territory], counted: dict, known: set[int]) -> list[Line]:
    table = {one.pk: counted[one.pk] for one in places}
    unsaid = _unsaid(table, indicators)
    return [
        Line(
            one.name,
            _figures(indicators, table[one.pk], one.population, unsaid[one.pk]),
            territory=one,
            known=one.pk in known,
        )
        for one in places
    ]


def _kinds(question: Question, counted: dict) -> list[Line]:
    """A line for each value that has any public row; those the layer no longer names keep their code as title."""
    board = question.board
    names = next(one for one in question.layer.filters if one.name == board.breakdown)
    choices = {choice.value: choice for choice in names.choices()}
    unsaid, first = _unsaid(counted, board.indicators), board.indicators[0].name
    lines = [
        Line(
            str(choices[key].title) if key in choices else str(key),
            _figures(board.indicators, spans, None, unsaid[key]),
            choice=choices.get(key, Choice(str(key), str(key))),
        )
        for key, spans in counted.items()
        if any(figures[one.name].base for figures in spans for one in board.indicators if one.public)
    ]
    return sorted(lines, key=lambda line: (-line[first].cells[0].base, line.title))
