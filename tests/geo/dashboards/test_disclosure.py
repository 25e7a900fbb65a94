"""What is left unsaid cannot be computed from what is said, the sums included."""

from hypothesis import given
from hypothesis import strategies as st

from geo.dashboards.disclosure import FEWEST, is_small, unsaid

CELL = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda pair: (max(pair), min(pair)))
TABLES = st.lists(CELL, max_size=8).map(lambda cells: dict(enumerate(cells)))


def sound(counts: list[tuple[int, int]], hidden: set[int]) -> bool:
    """No count of a line follows from its sum and the others: none is left out, several are, or nothing else is."""
    said = [total for at, (total, _hidden) in enumerate(counts) if at not in hidden]
    # Alone among zeros it is the sum, which is small itself and said nowhere.
    return len(hidden) != 1 or not any(said)


@given(TABLES)
def test_no_unsaid_count_follows_from_the_sum(counts):
    found = unsaid(counts)
    keys = list(counts)
    assert {key for key, cell in counts.items() if is_small(*cell)} <= found
    assert sound([counts[key] for key in keys], {keys.index(key) for key in found})


@given(TABLES)
def test_only_one_more_than_needed_is_left_out(counts):
    small = {key for key, cell in counts.items() if is_small(*cell)}
    assert len(unsaid(counts) - small) <= (len(small) == 1)


def test_what_everybody_may_see_is_always_said():
    assert unsaid({"a": (1, 0), "b": (4, 0)}) == set()
    assert not is_small(FEWEST, FEWEST)
    assert is_small(FEWEST - 1, 1)


def test_the_smallest_of_the_others_goes_with_a_lone_one():
    assert unsaid({"a": (2, 1), "b": (9, 0), "c": (7, 0), "d": (0, 0)}) == {"a", "c"}
