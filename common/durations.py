"""Durations as people say them."""

import datetime as dt

from django.utils.translation import ngettext

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def in_words(span: dt.timedelta | None) -> str:
    """A duration as people say it, in its one telling unit; empty where there is none."""
    if span is None:
        return ""
    count, unit = _telling(span)
    words = {
        MINUTE: ngettext("%(count)d minute", "%(count)d minutes", count),
        HOUR: ngettext("%(count)d hour", "%(count)d hours", count),
        DAY: ngettext("%(count)d day", "%(count)d days", count),
    }
    return words[unit] % {"count": count}


def as_said(span: dt.timedelta) -> dt.timedelta:
    """The duration that `in_words` says: differences of these are those a reader finds."""
    count, unit = _telling(span)
    return count * unit


def _telling(span: dt.timedelta) -> tuple[int, dt.timedelta]:
    if span < HOUR:
        return max(1, round(span / MINUTE)), MINUTE
    if span < 23.5 * HOUR:
        return round(span / HOUR), HOUR
    return round(span / DAY), DAY
