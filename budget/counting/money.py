"""Exact amounts of one run of Equal Shares, all over one common denominator.

A voter starts with `start` and pays, for each project bought that they support, its price times their points, or all
that they have left. So what a voter has who was never short is `start` less a sum of prices with whole factors, and
every amount of the run is a whole number over the product of a few numbers of voters.
"""

from fractions import Fraction
from math import gcd

import numpy as np

from .election import Ballots


class Money:
    """Prices of the projects bought, in order; `prices[p]` over `unit`."""

    def __init__(self, ballots: Ballots, start: Fraction):
        self.ballots = ballots
        self.unit = start.denominator
        self.start = start.numerator
        self.prices: dict[int, int] = {}

    def add(self, project: int, top: int, points: int) -> None:
        """A price of `top` (over `unit`) shared by so many points."""
        common = gcd(top, points)
        top, points = top // common, points // common
        if points > 1:
            self.unit *= points
            self.start *= points
            self.prices = {one: price * points for one, price in self.prices.items()}
        self.prices[project] = top

    def price(self, project: int) -> Fraction:
        return Fraction(self.prices[project], self.unit)

    def of(self, rows: np.ndarray, weights: np.ndarray) -> int:
        """What the voters of some rows have left together, over `unit`; none of them was ever short."""
        if not len(rows):
            return 0
        ballots = self.ballots
        entries = ballots.entries_of(rows)
        worth = np.repeat(weights, ballots.starts[rows + 1] - ballots.starts[rows]) * ballots.points[entries]
        behind = ballots.points[entries] > 0
        paid = np.bincount(ballots.projects[entries][behind], weights=worth[behind])
        total = int(weights.sum()) * self.start
        for project in np.flatnonzero(paid).tolist():
            if project in self.prices:
                total -= int(paid[project]) * self.prices[project]
        return total
