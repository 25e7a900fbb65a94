"""The comparison step: Equal Shares against plain greedy, decided by the voters.

A voter prefers the outcome with more projects that they named. Greedy replaces Equal Shares only if more voters prefer
it (equalshares.net; Wieliczka 2023).
"""

from collections.abc import Iterable

import numpy as np

from .election import Election


def prefer(election: Election, one: Iterable[int], other: Iterable[int]) -> tuple[int, int]:
    """How many voters prefer the one outcome, and how many the other; projects by position."""
    difference = np.zeros(len(election.ballots.weights), np.int64)
    for projects, sign in ((one, 1), (other, -1)):
        for project in projects:
            difference[election.supporters[project].rows] += sign
    weights = election.ballots.weights
    return int(weights[difference > 0].sum()), int(weights[difference < 0].sum())
