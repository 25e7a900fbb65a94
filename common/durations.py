"""Durations as people say them."""

import datetime as dt

from django.utils.translation import ngettext


def in_words(span: dt.timedelta | None) -> str:
    """A duration as people say it, in its one telling unit; empty where there is none."""
    if span is None:
        return ""
    hours = span.total_seconds() / 3600
    if hours < 1:
        minutes = max(1, round(hours * 60))
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if hours < 23.5:
        whole = round(hours)
        return ngettext("%(count)d hour", "%(count)d hours", whole) % {"count": whole}
    days = round(hours / 24)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
