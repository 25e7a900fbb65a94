"""Sums to the cent, and what each phase allows: pure rules."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget.participatory.phases import KINDS, ORDER, Window, allowed, mistakes
from budget.participatory.shares import share

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WEIGHTS = st.lists(st.fractions(min_value=0, max_value=10**7), min_size=1, max_size=40).filter(sum)


@given(st.integers(0, 10**12), WEIGHTS)
def test_shares_add_up_and_are_the_exact_ones_to_the_cent(total, weights):
    parts = share(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * Fraction(weight) / sum(weights)) < 1


def test_the_cents_left_over_go_to_the_largest_remainders_then_to_the_first():
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(10, [6, 3, 2]) == [5, 3, 2], "5.45, 2.73, 1.82: both cents go to the larger remainders"
    for wrong in ([0, 0], [1, -1], []):
        with pytest.raises(ValueError, match="weights"):
            share(1, wrong)


def test_a_phase_opens_at_its_first_moment_and_is_over_at_its_last():
    vote = Window("voting", NOON, NOON + DAY)
    moments = (NOON - DAY / 86400, NOON, NOON + DAY - DAY / 86400, NOON + DAY)
    assert ["vote" in allowed([vote], moment) for moment in moments] == [False, True, True, False]
    works = Window("delivering", NOON, None)
    assert "deliver" in allowed([works, vote], NOON + 900 * DAY)


def test_every_act_is_open_in_some_phase_and_a_calendar_in_order_is_sound():
    windows = [Window(kind, NOON + at * DAY, NOON + (at + 1) * DAY) for at, kind in enumerate(ORDER)]
    assert mistakes(windows) == []
    assert {act for kind in KINDS.values() for act in kind.allows} == {
        act for window in windows for act in allowed(windows, window.opens_at)
    }


@pytest.mark.parametrize(
    ("kind", "opens", "closes"),
    [
        ("collecting", 0, 11),  # proposals while people vote
        ("publishing", 0, None),
        ("voting", 10, None),
        ("counting", 11, 20),  # before the vote is closed
        ("informing", 3, 3),
    ],
)
def test_a_calendar_that_would_make_a_vote_unfair_is_refused(kind, opens, closes):
    sound = {"voting": (10, 12), kind: (opens, closes)}
    windows = [Window(k, NOON + a * DAY, None if b is None else NOON + b * DAY) for k, (a, b) in sound.items()]
    assert [wrong for wrong, _message in mistakes(windows)] == [kind]
