"""Markdown to HTML that is safe to show on a public page."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
# What people say to each other: a new line is one, and a number sign makes no heading of the page.
_talk = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["heading", "lheading", "code", "hr"])
_TAGS = {
    "p",
    "br",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "code",
    "pre",
    "blockquote",
    "a",
    "hr",
}
_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}


def render(source: str) -> SafeString:
    """HTML of `source`; raw HTML, images and scripts never pass."""
    return _clean(_parser.render(source))


def render_talk(source: str) -> SafeString:
    """HTML of a comment: as `render`, without headings, with each new line kept."""
    return _clean(_talk.render(source))


def _clean(html: str) -> SafeString:
    html = nh3.clean(
        html,
        tags=_TAGS | _TABLE,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener",
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just cleaned it
