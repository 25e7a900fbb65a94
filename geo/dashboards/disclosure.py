"""Small counts that would speak of single people. Plain Python, no Django.

A count under FEWEST that holds anything not everybody may see is not said. As the sum of a table is said elsewhere,
one count left unsaid alone could be computed from the others: then the smallest of those goes with it (primary and
secondary suppression, as in the Handbook on Statistical Disclosure Control, 4.2).
"""

from collections.abc import Hashable, Mapping, Sequence

FEWEST = 5


def unsaid(counts: Mapping[Hashable, tuple[int, int]]) -> set:
    """Which counts of a table with a sum may not be said: {key: (all, those of them not everybody may see)}."""
    return _completed(counts, {key for key, cell in counts.items() if is_small(*cell)})


def unsaid_grid(counts: Mapping[Hashable, Sequence[tuple[int, int]]]) -> dict[Hashable, set[int]]:
    """The same for a table with sums of its lines and of its columns: {line: columns that may not be said}."""
    width = len(next(iter(counts.values()), ()))
    found: dict[Hashable, set[int]] = {
        key: {at for at, cell in enumerate(cells) if is_small(*cell)} for key, cells in counts.items()
    }
    before = None
    while before != (before := sum(map(len, found.values()))):
        for at in range(width):
            column = {key: cells[at] for key, cells in counts.items()}
            for key in _completed(column, {key for key in counts if at in found[key]}):
                found[key].add(at)
        for key, cells in counts.items():
            found[key] |= _completed(dict(enumerate(cells)), found[key])
    return found


def _completed(counts: Mapping, hidden: set) -> set:
    """`hidden`, with the smallest of the others where it is alone."""
    others = [(total, str(key), key) for key, (total, _hidden) in counts.items() if key not in hidden and total]
    return hidden | {min(others)[2]} if len(hidden) == 1 and others else hidden


def is_small(total: int, hidden: int) -> bool:
    """Whether a count that stands alone may not be said."""
    return hidden > 0 and total < FEWEST
