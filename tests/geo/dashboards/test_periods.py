"""Periods, what they are compared with, and the steps of curves: plain dates."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.dashboards import periods
from geo.dashboards.periods import Span

TODAY = dt.date(2026, 11, 23)  # a Monday
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1))


@pytest.mark.parametrize(
    ("name", "since"),
    [("4-semaines", dt.date(2026, 10, 27)), ("3-mois", dt.date(2026, 8, 25)), ("12-mois", dt.date(2025, 11, 24))],
)
def test_a_named_period_ends_with_today(name, since):
    span = periods.named(name, TODAY)
    assert (span.since, span.last) == (since, TODAY)
    assert span.days == periods.DAYS[name]


def test_everything_has_nothing_before_it():
    span = periods.named("tout", TODAY)
    assert span.is_everything
    assert span.before() is None
    assert span.year_before() is None


@given(DAYS, st.integers(1, 800))
def test_the_period_before_is_as_long_and_ends_where_this_one_begins(since, days):
    span = Span(since, since + dt.timedelta(days=days))
    assert span.before().days == days
    assert span.before().until == since


def test_a_year_earlier_the_29th_of_february_is_the_28th():
    assert Span(dt.date(2028, 2, 29), dt.date(2028, 3, 2)).year_before() == Span(
        dt.date(2027, 2, 28), dt.date(2027, 3, 2)
    )


def test_the_month_before_is_whole():
    assert periods.month_before(dt.date(2026, 1, 31)) == Span(dt.date(2025, 12, 1), dt.date(2026, 1, 1))


@given(DAYS, st.integers(1, 2500))
def test_steps_are_whole_weeks_or_months_that_hold_the_span(since, days):
    span = Span(since, since + dt.timedelta(days=days))
    steps = periods.steps(span)
    assert steps.starts[-1] <= span.last < steps.until
    if steps.unit == "week":
        assert steps.starts[0] <= span.since
        assert len(steps.starts) >= periods.FEWEST_WEEKS
        assert all(later - one == dt.timedelta(weeks=1) for one, later in itertools.pairwise(steps.starts))
        assert {one.weekday() for one in steps.starts} == {0}
    else:
        assert steps.starts[0] <= span.since or len(steps.starts) == periods.MOST_MONTHS
        assert {one.day for one in steps.starts} == {1}


def test_an_empty_past_is_left_out():
    steps = periods.steps(periods.named("tout", TODAY), first=dt.date(2026, 9, 30))
    assert steps.starts == (dt.date(2026, 9, 1), dt.date(2026, 10, 1), dt.date(2026, 11, 1))
