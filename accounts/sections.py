"""Parts of the account page that rooms above this one add: what a person follows, reported, signed.

An app calls `register` in its `AppConfig.ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Section:
    """A template and what it is given; `context(request)` is asked once a page."""

    template: str
    context: Callable[[HttpRequest], dict]


_sections: list[Section] = []


def register(template: str, context: Callable[[HttpRequest], dict]) -> None:
    """Show `template` on the account page, with `section` set to what `context` returns."""
    _sections.append(Section(template, context))


def for_page(request: HttpRequest) -> list[tuple[str, dict]]:
    """(template, its context) of each section, in the order of registration."""
    return [(section.template, section.context(request)) for section in _sections]
