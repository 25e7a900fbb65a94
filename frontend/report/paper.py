"""The report on paper: a PDF that screen readers can follow (PDF/UA-1), set by Typst from plain data.

Words reach the template as data and are never read as markup. Only the fonts inside Typst are used, so that every
machine makes the same pages.
"""

import json
import logging
from pathlib import Path

import typst
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from frontend.report import tables
from frontend.report.content import Report, Section, Stock
from frontend.report.tables import Picture, Table
from geo.dashboards.declare import Asks
from geo.dashboards.drawing import writable

log = logging.getLogger(__name__)
TEMPLATE = Path(__file__).with_name("report.typ")
ASKED = 2  # items of each thing that waits, on the first page


def pdf(report: Report, *, form: str = "pdf", ppi: int = 110) -> bytes | list[bytes]:
    """The report as PDF; with `form="png"`, its pages as pictures."""
    said = json.dumps(_said(report), ensure_ascii=False)
    options = {"sys_inputs": {"report": said}, "ignore_system_fonts": True, "root": TEMPLATE.parent, "format": form}
    if form != "pdf":
        return typst.compile(TEMPLATE, ppi=ppi, **options)
    try:
        return typst.compile(TEMPLATE, pdf_standards="ua-1", **options)
    except typst.TypstError as problem:
        # A name in a script that the fonts do not have: its letters cannot be read out, the rest can.
        log.warning("report of territory %s is tagged, but not PDF/UA-1: %s", report.territory.pk, problem)
        return typst.compile(TEMPLATE, **options)


def _said(report: Report) -> dict:
    choice = report.choice
    return _written(
        {
            "lang": (get_language() or settings.LANGUAGE_CODE).split("-")[0],
            "site": settings.SITE_NAME,
            "address": settings.BASE_URL,
            "title": f"{report.territory}, {choice.title()}",
            "territory": report.territory.name,
            "level": capfirst(report.territory.level.name),
            "town": report.town,
            "period": capfirst(choice.title()),
            "against": choice.compared(),
            "made": _("Made on %(made)s by %(site_name)s.") % {"made": report.made, "site_name": settings.SITE_NAME},
            "words": _words() | {"waits": report.waits, "all": _("Of all categories.") if choice.kind else ""},
            "sections": [_section(report, section, f"s{place}") for place, section in enumerate(report.sections)],
        }
    )


def _written(value):
    """The same without what no document may hold."""
    if isinstance(value, dict):
        return {key: _written(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_written(one) for one in value]
    return writable(value) if isinstance(value, str) else value


def _words() -> dict[str, str]:
    return {
        "essentials": _("the essentials"),
        "most": _("Most frequent"),
        "nothing": _("Nothing waits."),
        "where": _("On the map"),
        "over_time": _("Over time"),
        "page": _("page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        "counted": _("How these figures are counted"),
        "small": _(
            "Counts under five that hold what is not public are not said, so that they tell nothing of single people. "
            "What waits is as of the day this report was made."
        ),
    }


def _section(report: Report, section: Section, key: str) -> dict:
    trend, months = tables.trend(section, f"{key}-trend")
    pictures = {
        "dots": tables.dots(report, section, f"{key}-dots"),
        "shades": tables.shades(report, section, f"{key}-shades"),
        "trend": trend,
    }
    return {
        "title": str(section.layer.title),
        "figures": [
            {
                "title": str(one.indicator.title),
                "text": one.text,
                "notes": tables.notes(section, one),
                "explained": str(one.indicator.explained),
            }
            for one in section.sheet.figures
        ],
        "top": [{"title": one.title, "text": one.text, "share": one.share} for one in tables.top(section)],
        "asks": [_ask(one) for one in (*section.asks, *section.wanted) if one.count],
        **{name: picture and _picture(picture) for name, picture in pictures.items()},
        "months": _table(months),
        "tables": [_table(one) for one in tables.of_section(report, section)],
        "stocks": [_stock(one) for one in section.stocks if one.total],
    }


def _ask(group: Asks) -> dict:
    items = [{"title": one.title, "detail": one.detail} for one in group.items[:ASKED]]
    return {"title": str(group.title), "count": group.count, "items": items, "more": _more(group.count - len(items))}


def _more(count: int) -> str:
    if count <= 0:
        return ""
    return ngettext("and %(count)d other", "and %(count)d others", count) % {"count": count}


def _picture(picture: Picture) -> dict:
    return {"svg": str(picture.svg), "title": picture.title, "text": picture.alt, "shown": picture.text}


def _table(table: Table) -> dict:
    rows = [{"title": one.title, "cells": one.cells, "own": one.own} for one in table.rows]
    return {"title": table.title, "first": table.first, "columns": table.columns, "rows": rows}


def _stock(stock: Stock) -> dict:
    rows = [{"title": one.title, "cells": cells, "own": False} for one, cells in tables.listed(stock, stock.on_paper)]
    return {
        "title": f"{stock.title} ({stock.figure.text})",
        "first": tables.what(),
        "columns": tables.listed_by(stock),
        "rows": rows,
        "more": _more(stock.left_out_on_paper),
    }
