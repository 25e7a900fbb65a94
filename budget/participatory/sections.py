"""Parts of the pages of a budget, an envelope and a proposal that rooms above these add: the vote, results, works.

An app calls `register` in its `AppConfig.ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

PAGES = ("budget", "envelope", "proposal")


@dataclass(frozen=True)
class Section:
    """A template and what it is given; `context(request, thing)` is asked once a page, None leaves the part out."""

    template: str
    context: Callable[[HttpRequest, object], dict | None]
    order: int


_sections: dict[str, list[Section]] = {page: [] for page in PAGES}


def register(
    page: str, template: str, context: Callable[[HttpRequest, object], dict | None], *, order: int = 0
) -> None:
    """Show `template`, with `section` set to what `context` returns, on a page of PAGES; small `order` first.

    An "order" in what it returns takes the place of that one: a part stands lower while its time has not come.
    """
    _sections[page].append(Section(template, context, order))
    _sections[page].sort(key=lambda one: one.order)


def for_page(page: str, request: HttpRequest, thing) -> list[tuple[str, dict]]:
    """(template, its context) of each part that this thing has, in their order."""
    found = [(one, one.context(request, thing)) for one in _sections[page]]
    shown = [(one, context) for one, context in found if context is not None]
    shown.sort(key=lambda part: part[1].get("order", part[0].order))
    return [(one.template, context) for one, context in shown]
