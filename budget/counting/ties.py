"""Who comes first among equals, by one published rule that every way of counting uses.

Lowest cost, then most votes, then a lot. The lot of a project is the SHA-256 of the seed and its id, the lowest
first; the seed is published before the vote, and the lots stand for the whole count, all runs of Add1 included.
Without a seed the order of the ballot paper decides instead of a lot.
"""

import hashlib
from collections.abc import Iterable

from .election import Election


class Ties:
    """The one order among equals: `rank[p]` for the project at position p, lower first."""

    def __init__(self, election: Election, seed: str = ""):
        lots = [lot(seed, one.id) if seed else "" for one in election.projects]
        self._keys = [
            (cost, -votes, own) for cost, votes, own in zip(election.costs, election.votes, lots, strict=True)
        ]
        order = sorted(range(len(lots)), key=lambda position: (self._keys[position], position))
        self.rank = [0] * len(order)
        for rank, position in enumerate(order):
            self.rank[position] = rank

    def first(self, tied: Iterable[int]) -> int:
        """The position that comes first."""
        return min(tied, key=self.rank.__getitem__)

    def broken_by(self, first: int, tied: Iterable[int]) -> str:
        """What set the first apart from the next of the tied: cost, votes, lot or order; "" if it stands alone."""
        others = [other for other in tied if other != first]
        if not others:
            return ""
        second = self._keys[self.first(others)]
        names = ("cost", "votes", "lot")
        return next((name for name, a, b in zip(names, self._keys[first], second, strict=True) if a != b), "order")


def lot(seed: str, project: str) -> str:
    """The lot of a project, 64 hexadecimal digits, the lowest first."""
    return hashlib.sha256(f"{seed}\n{project}".encode()).hexdigest()
