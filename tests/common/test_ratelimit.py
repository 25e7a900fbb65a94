"""A limit holds where one window ends and the next begins."""

from types import SimpleNamespace

import pytest

from common import ratelimit

WINDOW = 600
EDGE = 1_800_000_000 // WINDOW * WINDOW  # where a window begins


def clock(now: float):
    return SimpleNamespace(time=lambda: now)


@pytest.mark.parametrize("after", [-1, 0.001, 1, 30])
def test_what_was_counted_just_before_counts_whole_just_after(monkeypatch, after):
    monkeypatch.setattr(ratelimit, "time", clock(EDGE - 2))
    for _time in range(3):
        ratelimit.count("limit", seconds=WINDOW)
    monkeypatch.setattr(ratelimit, "time", clock(EDGE + after))
    assert ratelimit.amount("limit", seconds=WINDOW) == 3
    assert ratelimit.exceeded("limit", limit=3, seconds=WINDOW)


def test_it_is_forgotten_by_and_by(monkeypatch):
    monkeypatch.setattr(ratelimit, "time", clock(EDGE - 2))
    for _time in range(6):
        ratelimit.count("limit", seconds=WINDOW)
    left = []
    for share in (0, 0.5, 0.9, 1):
        monkeypatch.setattr(ratelimit, "time", clock(EDGE + share * WINDOW))
        left.append(ratelimit.amount("limit", seconds=WINDOW))
    assert left == [6, 3, 1, 0]
