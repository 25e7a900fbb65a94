"""Many runs of Equal Shares at once, one for each amount that Add1 tries, side by side in arrays.

Each column is a run of its own. What a voter has left is a float with a bound on its error, and a candidate's rho a
pair of bounds; a run goes on only where these leave no doubt about who is short, what is affordable and which rho is
the lowest. A rho is plain if every supporter pays the full price or has nothing left at all. It is a fraction of two
whole numbers of which the float is the nearest, and as long as their product stays below 2^48 different fractions are
different floats by far, so plain ones compare exactly and equal ones are told apart by the rule for ties. A run that
meets any doubt is given up and made again by `shares.Run`, which decides it in whole numbers.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

import numpy as np

from .shares import ROUNDING, Market, Run
from .ties import Ties

# Numbers in one array, 10 MB; more runs side by side gain nothing.
MOST = 1_250_000
# Few runs first, because many elections end soon.
WIDEST, GROWTH = 8192, 8
NEVER = np.inf


def outcomes(market: Market, ties: Ties, first: Fraction, step: int) -> Iterator[frozenset[int]]:
    """The winners of Equal Shares with `first` for each voter, `first + step`, and so on without end.

    Amounts in minor units. Free projects, which everybody can have, are not among the winners.
    """
    shared = SideBySide(market, ties)
    widest = max(1, min(WIDEST, MOST // max(1, len(market.ballots.weights))))
    number, width = 0, 1
    while True:
        yield from shared.run([first + (number + place) * step for place in range(width)])
        number, width = number + width, min(width * GROWTH, widest)


class SideBySide:
    """What the runs of one market share."""

    def __init__(self, market: Market, ties: Ties):
        self.market, self.ties, self.doubts = market, ties, 0
        self.projects = sorted(market.candidates, key=ties.rank.__getitem__)
        self.offers = [_Offer(market, project) for project in self.projects]
        self.first_rho = np.array([offer.top / offer.all_shares for offer in self.offers])
        most_shares = max((offer.all_shares for offer in self.offers), default=0)
        self.too_near = max((offer.top for offer in self.offers), default=0) * most_shares >= 2**48

    @cached_property
    def rivals(self) -> list[np.ndarray]:
        """For each project those that share a voter with it."""
        named = np.zeros((len(self.projects), len(self.market.ballots.weights)), bool)
        for place, offer in enumerate(self.offers):
            named[place, offer.rows] = True
        named = named.astype(np.float32)
        together = named @ named.T > 0
        np.fill_diagonal(together, False)
        return [np.flatnonzero(row) for row in together]

    def run(self, starts: list[Fraction]) -> list[frozenset[int]]:
        """The winners with each start."""
        if self.too_near or len(starts) == 1 or not self.projects:
            return [self._alone(start) for start in starts]
        columns = _Columns(self, np.array(list(map(float, starts))))
        columns.go()
        self.doubts += int(columns.doubt.sum())
        kinds, which = np.unique(columns.bought, axis=1, return_inverse=True)
        winners = [frozenset(self.projects[place] for place in np.flatnonzero(kind)) for kind in kinds.T]
        return [
            self._alone(start) if doubt else winners[kind]
            for start, doubt, kind in zip(starts, columns.doubt.tolist(), which.tolist(), strict=True)
        ]

    def _alone(self, start: Fraction) -> frozenset[int]:
        return frozenset(purchase.project for purchase in Run(self.market, self.ties, start).purchases)


class _Offer:
    """One project in floats."""

    def __init__(self, market: Market, project: int):
        self.rows = market.rows[project]
        self.weights = market.weights[project].astype(float)
        points = market.points[project]
        self.points = None if (points == 1).all() else points.astype(float)[:, None]
        self.shares = (market.weights[project] * points).astype(float)
        self.all_shares = int(self.shares.sum())
        self.cost = float(market.costs[project])
        self.worth = float(market.worth[project])
        self.top = market.costs[project] // market.worth[project]


class _Columns:
    """The state of the runs: a row for each ballot or project, a column for each run."""

    def __init__(self, shared: SideBySide, starts: np.ndarray):
        self.shared, self.starts = shared, starts
        ballots, projects, runs = len(shared.market.ballots.weights), len(shared.projects), len(starts)
        self.left = np.repeat(starts[None, :], ballots, axis=0)
        self.off = np.repeat(2 * ROUNDING * starts[None, :], ballots, axis=0)
        self.low = np.repeat(shared.first_rho[:, None], runs, axis=1)
        self.high = self.low.copy()
        self.fresh = np.zeros((projects, runs), bool)
        self.plain = np.zeros((projects, runs), bool)
        self.price = np.zeros((projects, runs))
        self.price_off = np.zeros((projects, runs))
        self.bought = np.zeros((projects, runs), bool)
        self.doubt = np.zeros(runs, bool)
        self.first = self.low.min(axis=1, initial=NEVER)

    def go(self) -> None:
        """Visit the project that may be the lowest anywhere, in all runs at once, until nothing is left to buy.

        A project may be bought as soon as none that shares a voter with it can come before: purchases of the others
        change nothing for its supporters. So runs in which strangers swap their turns stay side by side.
        """
        while len(self.first):
            place = int(self.first.argmin())
            if self.first[place] == NEVER:
                return
            self._visit(place)

    def _visit(self, place: int) -> None:
        rivals = self.shared.rivals[place]
        rivals = rivals[self.first[rivals] < NEVER]
        least = self.low[rivals].min(axis=0) if len(rivals) else np.full(len(self.starts), NEVER)
        due = (self.low[place] <= least) & (self.low[place] < NEVER)
        self._look(place, np.flatnonzero(due & ~self.fresh[place]))
        due &= (self.low[place] <= least) & (self.low[place] < NEVER)
        clear = due & (self.high[place] < least)
        columns = np.flatnonzero(due & ~clear)
        if len(columns):
            cells = rivals[:, None], columns
            before = self.low[cells] <= self.high[place, columns]
            seen = self.fresh[cells]
            same = before & seen & self.plain[cells] & self.plain[place, columns]
            wait = (same & (rivals < place)[:, None]).any(axis=0)
            before &= ~same
            unseen = before & ~seen
            look = unseen.any(axis=0)
            self._give_up(columns[before.any(axis=0) & ~look])
            clear[columns[~before.any(axis=0) & ~wait]] = True
            self._each(rivals[unseen.argmax(axis=0)], columns, look)
        self._buy(place, np.flatnonzero(clear))

    def _each(self, places: np.ndarray, columns: np.ndarray, some: np.ndarray) -> None:
        """Look at one project in some of the columns, each at its own."""
        for place in np.unique(places[some]).tolist():
            self._look(place, columns[some & (places == place)])

    def _give_up(self, columns: np.ndarray) -> None:
        if len(columns):
            self.doubt[columns] = True
            self.low[:, columns] = NEVER
            self.first = self.low.min(axis=1, initial=NEVER)

    def _look(self, place: int, columns: np.ndarray) -> None:
        """Bounds on the rho of one project, or its end if its supporters cannot pay.

        With the supporters who are short at some price, the price that the others would pay is nearer from below, and
        more may be short then; it is found when no more are (Newton on a concave function).
        """
        if not len(columns):
            return
        offer = self.shared.offers[place]
        cells = offer.rows[:, None], columns
        left, off = self.left[cells], self.off[cells]
        total = offer.weights @ left
        rounding = (len(offer.rows) + 4) * ROUNDING
        sure = np.abs(total - offer.cost) > 2 * (rounding * total + offer.weights @ off)
        able = sure & (total > offer.cost)
        if not able.all():
            self.low[place, columns[~able]] = NEVER
            self._give_up(columns[~sure])
            columns, left, off = columns[able], left[:, able], off[:, able]
        each = left if offer.points is None else left / offer.points
        price = np.full(len(columns), offer.cost / offer.all_shares)
        shares, taken_off = np.full(len(columns), float(offer.all_shares)), 0.0
        short = each < price
        while short.any():
            shares = np.maximum(offer.shares @ ~short, 0.5)
            price = (offer.cost - offer.weights @ (left * short)) / shares
            more = short | (each < price)
            if (more == short).all():
                taken_off = offer.weights @ (off * short)
                break
            short = more
        price_off = (rounding * offer.cost + taken_off) / shares * 1.001 + 8 * ROUNDING * price
        unsure = (np.abs(each - price) <= price_off + off).any(axis=0) | (shares < 1)
        plain = ~(short & (left > 0)).any(axis=0)
        exactly = offer.top / shares
        self.low[place, columns] = np.where(plain, exactly, (price - price_off) / offer.worth * (1 - 8 * ROUNDING))
        self.high[place, columns] = np.where(plain, exactly, (price + price_off) / offer.worth * (1 + 8 * ROUNDING))
        self.price[place, columns] = price
        self.price_off[place, columns] = price_off
        self.plain[place, columns] = plain
        self.fresh[place, columns] = True
        self.first[place] = self.low[place].min()
        self._give_up(columns[unsure])

    def _buy(self, place: int, columns: np.ndarray) -> None:
        if not len(columns):
            return
        offer = self.shared.offers[place]
        cells = offer.rows[:, None], columns
        price, off = self.price[place, columns], self.price_off[place, columns]
        if offer.points is not None:
            price, off = price * offer.points, off * offer.points
        after = self.left[cells] - price
        after_off = self.off[cells] + (off + 2 * ROUNDING * self.starts[columns])
        short = after < 0
        if short.any():
            after[short] = after_off[short] = 0.0
        self.left[cells], self.off[cells] = after, after_off
        self.bought[place, columns] = True
        self.low[place, columns] = NEVER
        self.first[place] = self.low[place].min()
        self.fresh[self.shared.rivals[place][:, None], columns] = False
