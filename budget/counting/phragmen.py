"""Sequential Phragmén: buying on credit, and the one who would owe least next.

A project's cost is a load that its supporters carry, and carry equally: after it is bought each has the same load,
what they all carried before and its cost, divided by their number. The project with the lowest such load is bought
next; the first that does not fit into the budget ends the count (Brill, Freeman, Janson, Lackner, 2017; pabutools).

Loads only grow, so a load once computed is a bound from below. Each is an exact fraction; comparing them as floats is
safe where they differ by more than the rounding of a sum of positive numbers, and fractions decide the rest.
"""

import heapq
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .election import Election
from .shares import ROUNDING
from .ties import Ties


@dataclass(frozen=True)
class Turn:
    """A project whose turn came: its supporters' load with it, who had the same, and whether it fitted."""

    project: int
    load: Fraction
    tied: tuple[int, ...]
    fits: bool


class Phragmen:
    """One count; `turns` in order, the last one not fitting unless all projects were bought."""

    def __init__(self, election: Election, ties: Ties, threshold: int = 0):
        self.election, self.ties = election, ties
        self.turns: list[Turn] = []
        self._loads: list[Fraction] = [Fraction(0)]
        self._floats = np.zeros(1)
        self._last = np.zeros(len(election.ballots.weights), np.int64)
        self._go(threshold)

    def _go(self, threshold: int) -> None:
        election, left = self.election, self.election.budget
        heap = [
            (election.costs[position] / own.voters * (1 - 2 * ROUNDING), position)
            for position, own in enumerate(election.supporters)
            if own.voters
            and election.costs[position] <= election.budget
            and election.votes[position] >= threshold
            and not election.projects[position].withdrawn
        ]
        heapq.heapify(heap)
        while heap:
            fresh: dict[int, tuple[float, float]] = {}
            most = float("inf")
            while heap and heap[0][0] <= most:
                _low, project = heapq.heappop(heap)
                fresh[project] = self._bounds(project)
                most = min(most, fresh[project][1])
            rivals = [project for project, (low, _high) in fresh.items() if low <= most]
            loads = {project: self._load(project) for project in rivals}
            least = min(loads.values())
            tied = tuple(sorted(project for project in rivals if loads[project] == least))
            winner = self.ties.first(tied)
            fits = election.costs[winner] <= left
            self.turns.append(Turn(winner, least, tied, fits))
            if not fits:
                return
            left -= election.costs[winner]
            self._last[election.supporters[winner].rows] = len(self._loads)
            self._loads.append(least)
            self._floats = np.array([*self._floats, float(least)])
            for project, (low, _high) in fresh.items():
                if project != winner:
                    heapq.heappush(heap, (low, project))

    def _behind(self, project: int) -> np.ndarray:
        """How many of its supporters carry each of the loads."""
        own = self.election.supporters[project]
        return np.bincount(self._last[own.rows], weights=own.weights, minlength=len(self._loads))

    def _bounds(self, project: int) -> tuple[float, float]:
        own = self.election.supporters[project]
        load = (float(self._behind(project) @ self._floats) + self.election.costs[project]) / own.voters
        off = 2 * (len(self._loads) + 8) * ROUNDING
        return load * (1 - off), load * (1 + off)

    def _load(self, project: int) -> Fraction:
        behind = self._behind(project)
        carried = sum((int(behind[one]) * self._loads[one] for one in np.flatnonzero(behind).tolist()), Fraction(0))
        return (carried + self.election.costs[project]) / self.election.supporters[project].voters
