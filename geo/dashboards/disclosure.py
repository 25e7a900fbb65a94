"""Small counts that would speak of single people. Plain Python, no Django.

A count under FEWEST that holds anything not everybody may see is not said. As the sum of a table is said elsewhere,
one count left unsaid alone could be computed from the others: then the smallest of those goes with it (primary and
secondary suppression, as in the Handbook on Statistical Disclosure Control, 4.2).
"""

from collections.abc import Hashable, Mapping

FEWEST = 5


def unsaid(counts: Mapping[Hashable, tuple[int, int]]) -> set:
    """Which counts of a table with a sum may not be said: {key: (all, those of them not everybody may see)}."""
    return _completed(counts, {key for key, cell in counts.items() if is_small(*cell)})


def _completed(counts: Mapping, hidden: set) -> set:
    """`hidden`, with the smallest of the others where it is alone."""
    others = [(total, str(key), key) for key, (total, _hidden) in counts.items() if key not in hidden and total]
    return hidden | {min(others)[2]} if len(hidden) == 1 and others else hidden


def is_small(total: int, hidden: int) -> bool:
    """Whether a count that stands alone may not be said."""
    return hidden > 0 and total < FEWEST
