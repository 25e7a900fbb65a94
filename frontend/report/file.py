"""The report as one HTML file that opens without a network."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from frontend.report import tables, webmap
from frontend.report.content import Report, Section, Stock, whole
from frontend.report.tables import Bar, Picture, Table
from geo.dashboards.declare import Asks


@dataclass(frozen=True)
class Shown:
    """A section as its template shows it. `key` begins its ids."""

    key: str
    section: Section
    figures: list[tuple]
    top: list[Bar]
    dots: Picture | None
    shades: Picture | None
    trend: Picture
    trend_table: Table
    tables: list[Table]
    asks: list[Asks]
    lists: list[tuple[Stock, list[str], list]]


def html(report: Report) -> str:
    """The whole file. It holds no link but those to pages of this site, each said to need a network."""
    home = reverse("frontend:dashboard", args=[report.territory.level.code, report.territory.code])
    context = {
        "report": report,
        "map": webmap.parts(report),
        "shown": [_shown(report, section, f"s{place}") for place, section in enumerate(report.sections)],
        "what": tables.what(),
        "language": get_language() or settings.LANGUAGE_CODE,
        "site_name": settings.SITE_NAME,
        "base_url": settings.BASE_URL,
        "online": whole(home),
    }
    return render_to_string("frontend/report/file.html", context)


def _shown(report: Report, section: Section, key: str) -> Shown:
    picture, table = tables.trend(section, f"{key}-trend")
    return Shown(
        key,
        section,
        [(figure, tables.notes(section, figure)) for figure in section.sheet.figures],
        tables.top(section),
        tables.dots(report, section, f"{key}-dots"),
        tables.shades(report, section, f"{key}-shades"),
        picture,
        table,
        tables.of_section(report, section),
        [*section.asks, *[one for one in section.wanted if one.count]],
        [(one, tables.listed_by(one), list(tables.listed(one, one.points))) for one in section.stocks if one.total],
    )
