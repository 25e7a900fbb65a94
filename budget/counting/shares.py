"""The Method of Equal Shares, one run, exactly (Peters, Pierczyński, Skowron, 2021; equalshares.net).

Every voter gets the same amount. A project is affordable if its supporters together have its cost. Each pays in
proportion to their points, or all they have left if that is less; rho is what the others pay for a unit of utility.
Again and again the project with the lowest rho is bought, until none is affordable.

Why floats decide nothing here. Prices are exact (`money`), and what a voter has left is kept as a float besides, made
by taking off at most L rounded prices (L the longest ballot), so it is off by less than (3L + 2) units of rounding of
the start. A candidate's rho comes from such floats with a bound on its error (`_estimate`). Where bounds leave no
doubt, the float's answer is the exact one. Where they leave any (who of the supporters is short, whether the money
suffices, which of two rhos is lower), whole numbers decide.
"""

import heapq
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from .election import Ballots, Election
from .money import Money
from .ties import Ties

# Half a unit in the last place of 1, with a little to spare for the bounds' own rounding.
ROUNDING = 2.0**-53 * (1 + 2.0**-20)
COST, CARDINALITY, POINTS, POINTS_COST = "cost", "cardinality", "points", "points-cost"
ALONE = np.ones(1, np.int64)
UTILITIES = (COST, CARDINALITY, POINTS, POINTS_COST)


@dataclass(frozen=True, eq=False)
class Market:
    """An election as Equal Shares sees it, for one utility.

    cost           a project is worth its cost to each who supports it (pabutools' Cost_Sat)
    cardinality    … is worth 1 (Cardinality_Sat)
    points         … is worth the points given to it (Additive_Cardinal_Sat)
    points-cost    … is worth points times cost (equalshares.net for scores)
    """

    costs: tuple[int, ...]
    ballots: Ballots
    rows: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]
    points: tuple[np.ndarray, ...]
    worth: tuple[int, ...]
    longest: int
    free: tuple[int, ...]
    candidates: tuple[int, ...]

    @classmethod
    def of(cls, election: Election, utility: str = COST, threshold: int = 0) -> "Market":
        """`threshold` is the fewest votes that a project needs."""
        if utility not in UTILITIES:
            raise ValueError(f"unknown utility {utility}")
        behind = election.supporters
        by_points = utility in (POINTS, POINTS_COST)
        by_cost = utility in (COST, POINTS_COST)
        open_to = [
            position
            for position, (project, own) in enumerate(zip(election.projects, behind, strict=True))
            if own.voters and not project.withdrawn and election.votes[position] >= threshold
        ]
        ballots = election.ballots
        if not by_points:
            ballots = replace(ballots, points=(ballots.points > 0).astype(np.int64))
        return cls(
            election.costs,
            ballots,
            tuple(own.rows for own in behind),
            tuple(own.weights for own in behind),
            tuple(own.points if by_points else np.ones(len(own.rows), np.int64) for own in behind),
            tuple(cost if by_cost else 1 for cost in election.costs),
            int(np.diff(ballots.starts).max(initial=0)),
            tuple(one for one in open_to if not election.costs[one]),
            tuple(one for one in open_to if election.costs[one]),
        )


@dataclass(frozen=True)
class Purchase:
    """A project bought: exact price for each point, exact rho, and the projects that had the same rho (itself too)."""

    project: int
    price: Fraction
    rho: Fraction
    tied: tuple[int, ...]


class Run:
    """One run from one start; `purchases` in order. `start` is what each voter gets, in minor units."""

    def __init__(self, market: Market, ties: Ties, start: Fraction):
        self.market, self.ties = market, ties
        self.costs = market.costs
        self.money = Money(market.ballots, start)
        self.left = np.full(len(market.ballots.weights), float(start))
        self.slack = (3 * market.longest + 2) * ROUNDING * float(start)
        self.purchases: list[Purchase] = []
        self._go()

    def _go(self) -> None:
        market = self.market
        heap = []
        for project in market.candidates:
            full = int((market.weights[project] * market.points[project]).sum()) * market.worth[project]
            heap.append((self.costs[project] / full * (1 - 4 * ROUNDING), project))
        heapq.heapify(heap)
        fresh: dict[int, _Estimate] = {}
        while heap:
            _low, project = heapq.heappop(heap)
            if project not in fresh:
                self._look(project, fresh, heap)
                continue
            rivals, most = [project], fresh[project].high
            while heap and heap[0][0] <= most:
                _low, other = heapq.heappop(heap)
                if other in fresh:
                    rivals.append(other)
                    most = min(most, fresh[other].high)
                elif self._look(other, fresh, heap):
                    most = min(most, fresh[other].high)
            winner, tied = self._lowest(rivals, fresh)
            for other in rivals:
                if other != winner:
                    heapq.heappush(heap, (fresh[other].low, other))
            self._buy(winner, fresh[winner], tied)
            fresh.clear()

    def _look(self, project: int, fresh: dict, heap: list) -> bool:
        """Estimate a candidate at the present state; drop it for good if its supporters cannot pay."""
        estimate = self._estimate(project)
        if estimate is None:
            return False
        fresh[project] = estimate
        heapq.heappush(heap, (estimate.low, project))
        return True

    def _estimate(self, project: int) -> "_Estimate | None":
        """Bounds on rho now, or None if the project is not affordable.

        Of the supporters sorted by what they have for each point, the first k are short. With their money T taken,
        the price for each point is (cost - T) / (points of the rest). T is a sum of at most N floats, each off by
        `slack` for each voter, so it is off by less than N units of rounding of the cost and the voters' slacks.
        """
        market = self.market
        rows, weights, points = market.rows[project], market.weights[project], market.points[project]
        cost, slack = self.costs[project], self.slack
        left = self.left[rows]
        money = left * weights
        total, voters = float(money.sum()), int(weights.sum())
        if abs(total - cost) <= 2 * (len(rows) * ROUNDING * total + voters * slack):
            if self._behind(project) < cost * self.money.unit:
                return None
        elif total < cost:
            return None
        each = left / points
        order = np.argsort(each, kind="stable")
        each, money = each[order], money[order]
        taken = np.concatenate(([0.0], np.cumsum(money)[:-1]))
        shares = np.concatenate(([0], np.cumsum((weights * points)[order])))
        shares = shares[-1] - shares[:-1]
        prices = (cost - taken) / shares
        short = int(np.argmax(prices <= each)) if (prices <= each).any() else len(rows) - 1
        price = float(prices[short])
        poor = int(weights[order[:short]].sum())
        off = ((len(rows) + 4) * ROUNDING * cost + poor * slack) / float(shares[short]) + 4 * ROUNDING * price
        edge = off + slack + 4 * ROUNDING * price
        if (short and each[short - 1] >= price - edge) or each[short] < price + edge:
            return self._decide(project)
        worth = market.worth[project]
        low, high = (price - off) / worth * (1 - 4 * ROUNDING), (price + off) / worth * (1 + 4 * ROUNDING)
        poor_rows = order[:short]
        return _Estimate(low, high, rows[poor_rows], weights[poor_rows], int(shares[short]))

    def _decide(self, project: int) -> "_Estimate":
        """As `_estimate`, in whole numbers throughout."""
        market = self.market
        rows, weights, points = market.rows[project], market.weights[project], market.points[project]
        unit, levels = self.money.unit, {}
        kept = self.left[rows] > 0
        for place in np.flatnonzero(kept).tolist():
            levels[place] = Fraction(self.money.of(rows[place : place + 1], ALONE), int(points[place]))
        order = sorted(levels, key=levels.__getitem__)
        rest = self.costs[project] * unit
        shares = sum(int(weights[place] * points[place]) for place in order)
        short = np.flatnonzero(~kept).tolist()
        for place in order:
            if rest <= levels[place] * shares:
                break
            rest -= int(levels[place] * int(points[place]) * int(weights[place]))
            shares -= int(weights[place] * points[place])
            short.append(place)
        rho = Fraction(rest, unit * shares * market.worth[project])
        low, high = float(rho) * (1 - 2 * ROUNDING), float(rho) * (1 + 2 * ROUNDING)
        poor = np.array(sorted(short), np.int64)
        return _Estimate(low, high, rows[poor], weights[poor], shares)

    def _behind(self, project: int) -> int:
        """What its supporters have left together, over the unit."""
        rows, weights = self.market.rows[project], self.market.weights[project]
        kept = self.left[rows] > 0
        return self.money.of(rows[kept], weights[kept])

    def _top(self, project: int, estimate: "_Estimate") -> int:
        """The exact price times its points, over the unit."""
        kept = self.left[estimate.poor] > 0
        return self.costs[project] * self.money.unit - self.money.of(estimate.poor[kept], estimate.weights[kept])

    def _lowest(self, rivals: list[int], fresh: dict) -> tuple[int, tuple[int, ...]]:
        """Of candidates whose bounds overlap, the one with the lowest rho, and all that have the same."""
        least = min(fresh[one].high for one in rivals)
        rivals = [one for one in rivals if fresh[one].low <= least]
        if len(rivals) == 1:
            return rivals[0], tuple(rivals)
        rhos = {
            one: Fraction(self._top(one, fresh[one]), fresh[one].shares * self.market.worth[one]) for one in rivals
        }
        lowest = min(rhos.values())
        tied = tuple(sorted(one for one in rivals if rhos[one] == lowest))
        return self.ties.first(tied), tied

    def _buy(self, project: int, estimate: "_Estimate", tied: tuple[int, ...]) -> None:
        market = self.market
        top = self._top(project, estimate)
        self.money.add(project, top, estimate.shares)
        price = self.money.price(project)
        rows = market.rows[project]
        self.left[rows] -= float(price) * market.points[project]
        self.left[estimate.poor] = 0.0
        for row in rows[np.abs(self.left[rows]) <= 2 * self.slack]:
            if self.left[row]:
                self.left[row] = self.money.of(np.array([row]), ALONE) / self.money.unit
        self.purchases.append(Purchase(project, price, price / market.worth[project], tied))

    def left_behind(self, project: int) -> Fraction:
        """What the supporters of a project have left together at the end."""
        return Fraction(self._behind(project), self.money.unit)


@dataclass(frozen=True, eq=False)
class _Estimate:
    """Bounds on a candidate's rho; who is short, and the points of those who are not."""

    low: float
    high: float
    poor: np.ndarray
    weights: np.ndarray
    shares: int
