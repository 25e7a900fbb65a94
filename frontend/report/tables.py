"""The tables of a report and what stands beside its pictures: plain texts, the same in the file and on paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.dates import long_date
from frontend.dashboard import chart
from frontend.report.content import Point, Report, Section, Stock
from geo.dashboards import drawing
from geo.dashboards.board import Line
from geo.dashboards.figure import Figure, no_data, number

TOP = 6


@dataclass(frozen=True)
class Row:
    """A line of a table; `own`: of the report's own territory."""

    title: str
    cells: list[str]
    own: bool = False


@dataclass(frozen=True)
class Table:
    """A table: its title, the heading of its first column, of the others, its rows."""

    title: str
    first: str
    columns: list[str]
    rows: list[Row]


@dataclass(frozen=True)
class Picture:
    """A drawing, with the words under it; `said` adds to them what only who sees it would know."""

    svg: SafeString | str
    title: str
    text: str
    said: str = ""

    @property
    def alt(self) -> str:
        """For who cannot see it."""
        return f"{self.title}. {self.text} {self.said}".strip()


@dataclass(frozen=True)
class Bar:
    """One of the first lines of a ranking; `share` of the longest, from 0 to 1."""

    title: str
    text: str
    share: float


def change(figure: Figure) -> str:
    """How a figure changed, in words: "+12 (30 before)"; empty where nothing is before."""
    if not figure.before_text:
        return ""
    if figure.change_text in ("", "="):
        return _("before: %(value)s") % {"value": figure.before_text}
    return _("%(change)s (before: %(value)s)") % {"change": figure.change_text, "value": figure.before_text}


def notes(section: Section, figure: Figure) -> list[str]:
    """What stands under a figure: the day it is of, where it is not of the whole period, its change, its rate."""
    stock = next((one for one in section.stocks if one.indicator == figure.indicator), None)
    rate = _("%(rate)s per 1,000 inhabitants") % {"rate": figure.rate_text} if figure.rate_text else ""
    day = _("as of %(day)s") % {"day": long_date(stock.day)} if stock else ""
    return [said for said in (day, change(figure), rate) if said]


def what() -> str:
    """The heading of the first column of a list."""
    return pgettext("column", "What")


def listed_by(stock: Stock) -> list[str]:
    """The headings of the other columns of the list of what a figure counts."""
    return [_("Place"), _("State today"), _("Received on"), *([_("Due on")] if stock.is_due else [])]


def listed(stock: Stock, points: Sequence[Point]) -> Iterator[tuple[Point, list[str]]]:
    """Each of these points of it with its cells."""
    for one in points:
        yield one, [one.where, one.state, one.since_text, *([one.due_text] if stock.is_due else [])]


def top(section: Section) -> list[Bar]:
    """The kinds that count most by the main figure; none in a report of one of them."""
    name = section.main.name
    if section.sheet.question.kind:
        return []
    chosen = [line for line in section.sheet.kinds if line[name].value][:TOP]
    most = max((line[name].value for line in chosen), default=1)
    return [Bar(line.title, line[name].text, line[name].value / most) for line in chosen]


def of_section(report: Report, section: Section) -> list[Table]:
    """By kind, by territory inside, and beside the neighbours; those that have any line."""
    sheet, own = section.sheet, report.territory.pk
    breakdown = next(one for one in section.layer.filters if one.name == section.layer.board.breakdown)
    level = sheet.children[0].territory.level.name if sheet.children else ""
    title = _("By %(breakdown)s") % {"breakdown": str(breakdown.title).lower()}
    tables = [
        _table(section, title, str(breakdown.title), [] if report.choice.kind else sheet.kinds, own),
        _table(section, _("Inside the territory"), level, sheet.children, own, rated=True),
        _table(section, _("Beside its neighbours"), report.territory.level.name, sheet.neighbours, own, rated=True),
    ]
    return [one for one in tables if one.rows]


def _table(section: Section, title: str, first: str, lines: Sequence[Line], own: int, *, rated: bool = False) -> Table:
    compared = section.sheet.compared
    columns = [str(one.title) for one in compared]
    rated = rated and any(line[section.main.name].rate_text for line in lines)
    if rated:
        columns.insert(1, _("per 1,000 inhab."))
    rows = []
    for line in lines:
        cells = [line[one.name].text for one in compared]
        if rated:
            cells.insert(1, line[section.main.name].rate_text or "–")
        if not line.known:
            cells = [no_data(), *("–" for _cell in cells[1:])]
        rows.append(Row(line.title, cells, own=line.territory is not None and line.territory.pk == own))
    return Table(title, capfirst(first), columns, rows)


def trend(section: Section, name: str) -> tuple[Picture, Table]:
    """The curve and its table."""
    sheet = section.sheet
    board = section.layer.board
    titles = [str(board.indicator(one).title) for one in board.trend]
    first = _("Week of") if sheet.steps.unit == "week" else _("Month")
    rows = [
        Row(
            chart.step_title(sheet.steps, place, "j F Y" if sheet.steps.unit == "week" else "F Y"),
            [number(value) for value in pair],
        )
        for place, pair in enumerate(zip(*sheet.curves, strict=True))
    ]
    title = _("%(first)s and %(second)s over time") % {"first": titles[0], "second": titles[1].lower()}
    text = f"{chart.described(sheet.steps)} " + _("Full bars: %(first)s. Hatched bars: %(second)s.") % {
        "first": titles[0].lower(),
        "second": titles[1].lower(),
    }
    if sheet.steps.starts[0] < sheet.question.span.since:
        text += " " + _("The curves begin before the period, to show what led to it.")
    svg = chart.trend(sheet.steps, sheet.curves, titles, name=name, title=title, text=text)
    return Picture(svg, title, text), Table(title, first, titles, rows)


def dots(report: Report, section: Section, name: str) -> Picture | None:
    """Where the objects of the period are; None where the territory has no outline."""
    total = sum(count for _lon, _lat, count in section.cells)
    title = _("%(figure)s: where") % {"figure": section.main.title}
    text = ngettext(
        "%(count)d in all. The larger a dot, the more there are around it; a number says how many.",
        "%(count)d in all. The larger a dot, the more there are around it; a number says how many.",
        total,
    ) % {"count": total}
    svg = drawing.dot_map(territory=report.territory.pk, cells=section.cells, title=title, description=text, name=name)
    return Picture(svg, title, text) if svg else None


def shades(report: Report, section: Section, name: str) -> Picture | None:
    """The territories inside, or the neighbours, by the main figure; None where there is nothing to compare."""
    places = section.shades()
    title = section.shaded_title
    inside = bool(section.sheet.children)
    text = (
        _("Each territory inside, the darker the more; the value stands on each.")
        if inside
        else _("This territory, thickly outlined, and its neighbours: the darker the more; the value stands on each.")
    )
    own = None if inside else report.territory.pk
    values = "; ".join(f"{one.name}, {one.text}" for one in places.values())
    alt = f"{text} {values}"
    svg = places and drawing.shaded_map(territories=places, own=own, title=title, description=alt, name=name)
    return Picture(svg, title, text, values) if svg else None
