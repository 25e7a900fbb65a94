"""Parts of the pages of a budget, an envelope and a proposal that rooms above these add: the vote, results, works.

An app calls `register` in its `AppConfig.ready()`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest

PAGES = ("budget", "envelope", "proposal")


@dataclass(frozen=True)
class Section:
    """A template and what it is given; `context(request, thing)` is asked once a page, None leaves the part out.

    While one of `phases` is open the part comes first, and its context's "action" (url, words) stands under "now".
    """

    template: str
    context: Callable[[HttpRequest, object], dict | None]
    order: int
    phases: tuple[str, ...] = ()


_sections: dict[str, list[Section]] = {page: [] for page in PAGES}


def register(
    page: str,
    template: str,
    context: Callable[[HttpRequest, object], dict | None],
    *,
    order: int = 0,
    phases: tuple[str, ...] = (),
) -> None:
    """Show `template`, with `section` set to what `context` returns, on a page of PAGES; small `order` first."""
    _sections[page].append(Section(template, context, order, phases))
    _sections[page].sort(key=lambda one: one.order)


def for_page(page: str, request: HttpRequest, thing, open_now: Iterable[str] = ()) -> list[tuple[str, dict]]:
    """(template, its context) of each part that this thing has, those of the phases open now first."""
    open_now = set(open_now)
    ordered = sorted(_sections[page], key=lambda one: open_now.isdisjoint(one.phases))
    found = [(one, one.context(request, thing)) for one in ordered]
    return [
        (one.template, context | {"leads": not open_now.isdisjoint(one.phases)})
        for one, context in found
        if context is not None
    ]
