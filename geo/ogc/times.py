"""Instants, days and intervals as CQL2 and `datetime` write them, and how they stand to each other.

A day without an hour is the whole day here, from its first to its last microsecond. Imports no ORM.
"""

import datetime as dt
import operator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

BEFORE_ALL, AFTER_ALL = "-infinity", "infinity"
OPEN = ("..", "")
TICK = dt.timedelta(microseconds=1)
FIRST, LAST = dt.date(1, 1, 3), dt.date(9999, 12, 29)

# CQL2's temporal functions (OGC 21-065r2, 7.8): what must hold between start and end of a and of b.
RELATIONS = {
    "t_after": ("a.start > b.end",),
    "t_before": ("a.end < b.start",),
    "t_contains": ("a.start < b.start", "a.end > b.end"),
    "t_during": ("a.start > b.start", "a.end < b.end"),
    "t_equals": ("a.start = b.start", "a.end = b.end"),
    "t_finishedby": ("a.start < b.start", "a.end = b.end"),
    "t_finishes": ("a.start > b.start", "a.end = b.end"),
    "t_intersects": ("a.start <= b.end", "a.end >= b.start"),
    "t_meets": ("a.end = b.start",),
    "t_metby": ("a.start = b.end",),
    "t_overlappedby": ("a.start > b.start", "a.start < b.end", "a.end > b.end"),
    "t_overlaps": ("a.start < b.start", "a.end > b.start", "a.end < b.end"),
    "t_startedby": ("a.start = b.start", "a.end > b.end"),
    "t_starts": ("a.start = b.start", "a.end < b.end"),
}
COMPARE = {"=": operator.eq, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Span:
    """From `start` to `end`, both included: datetimes, expressions of the database, BEFORE_ALL or AFTER_ALL."""

    start: object
    end: object


def span(text: str) -> Span:
    """An RFC 3339 instant, or a day; what names no zone is the town's. Raises ValueError."""
    # GDAL 3.6 sends a day as "2026-06-01T".
    text = text.strip().removesuffix("T")
    try:
        if instant := parse_datetime(text.replace(" ", "T") if len(text) > 10 else text + "T"):
            instant = instant if timezone.is_aware(instant) else timezone.make_aware(instant)
            instant.astimezone(dt.UTC)
            return Span(instant, instant)
        if day := parse_date(text):
            # As an open end many write the last day there is, which has no next.
            day = min(max(day, FIRST), LAST)
            midnight = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
            following = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
            return Span(midnight, following - TICK)
    except OverflowError as error:
        raise ValueError(text) from error
    raise ValueError(text)


def interval(start: str, end: str) -> Span:
    """From the beginning of `start` to the end of `end`; ".." or nothing is open. Raises ValueError."""
    found = Span(
        BEFORE_ALL if start in OPEN else span(start).start,
        AFTER_ALL if end in OPEN else span(end).end,
    )
    if found.start != BEFORE_ALL and found.end != AFTER_ALL and found.start > found.end:
        raise ValueError(f"{start}/{end}")
    return found


def parts(relation: str) -> list[tuple[str, str, str]]:
    """[("a.start", ">", "b.end"), …] of a key of RELATIONS; all of them must hold."""
    return [tuple(one.split()) for one in RELATIONS[relation]]


def known(left, sign: str, right) -> bool | None:
    """What `left sign right` is where an end is open or both are known; None where the database must say."""
    ends = {BEFORE_ALL: -1, AFTER_ALL: 1}
    if left in ends or right in ends:
        return COMPARE[sign](ends.get(left, 0), ends.get(right, 0))
    if isinstance(left, dt.datetime) and isinstance(right, dt.datetime):
        return COMPARE[sign](left, right)
    return None
