"""What is left unsaid cannot be computed from what is said, the sums included."""

from hypothesis import given
from hypothesis import strategies as st

from geo.dashboards.disclosure import FEWEST, is_small, unsaid, unsaid_grid

CELL = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda pair: (max(pair), min(pair)))
TABLES = st.lists(CELL, max_size=8).map(lambda cells: dict(enumerate(cells)))
GRIDS = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=6).map(
        lambda lines: dict(enumerate(lines))
    )
)


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


@given(GRIDS)
def test_in_a_table_with_sums_on_both_sides_neither_side_gives_one_away(counts):
    found = unsaid_grid(counts)
    keys = list(counts)
    for key in keys:
        assert {at for at, cell in enumerate(counts[key]) if is_small(*cell)} <= found[key]
        assert sound(counts[key], found[key])
    for at in range(len(next(iter(counts.values()), ()))):
        column = [counts[key][at] for key in keys]
        assert sound(column, {row for row, key in enumerate(keys) if at in found[key]})


def test_what_everybody_may_see_is_always_said():
    assert unsaid({"a": (1, 0), "b": (4, 0)}) == set()
    assert not is_small(FEWEST, FEWEST)
    assert is_small(FEWEST - 1, 1)


def test_the_smallest_of_the_others_goes_with_a_lone_one():
    assert unsaid({"a": (2, 1), "b": (9, 0), "c": (7, 0), "d": (0, 0)}) == {"a", "c"}
