"""Majority judgment: the project with the best majority grade first (Balinski & Laraki, 2007).

The majority grade of a project is the middle one of its grades, the lower of two middles. Among equal ones a voter of
that grade is taken away from each and the middles are compared again, until they differ. A voter who gave no grade
gave the lowest.
"""

import numpy as np

from .election import Election
from .result import text


def by_grades(election: Election) -> tuple[str, list, list[str]]:
    """(measure, a value for each project that sorts the best first, its majority grade as text).

    Taking the lower middle away again and again visits the sorted grades from the middle outwards, one after the other
    on both sides; the grades in that order compare like the words of a dictionary.
    """
    ballots = election.ballots
    voters = ballots.voters
    worth = ballots.weights[ballots.owners]
    levels, grade = np.unique(np.concatenate((ballots.points, [0])), return_inverse=True)
    grade = grade[:-1]
    lowest = int(np.searchsorted(levels, min(0, int(levels[0]))))
    counts = np.zeros((len(election.projects), len(levels)), np.int64)
    np.add.at(counts, (ballots.projects, grade), worth)
    counts[:, lowest] += voters - counts.sum(axis=1)
    middle = (voters - 1) // 2
    outwards = _outwards(voters, middle)
    values, texts = [], []
    # Big-endian, so that bytes sort as the numbers do.
    narrow = np.min_scalar_type(len(levels)).newbyteorder(">")
    for row in counts:
        grades = np.repeat(np.arange(len(levels), dtype=narrow), row)
        values.append((len(levels) - 1 - grades[outwards]).astype(narrow).tobytes())
        texts.append(text(int(levels[grades[middle]])) if voters else "0")
    return "grades", values, texts


def _outwards(voters: int, middle: int) -> np.ndarray:
    """Positions in the order in which lower middles are taken away."""
    down, up = np.arange(middle, -1, -1), np.arange(middle + 1, voters)
    first, second = (down, up) if voters % 2 == 0 else (down[1:], up)
    order = np.empty(voters, np.int64)
    if voters % 2 == 0:
        order[0::2], order[1::2] = first, second
    else:
        order[0], order[1::2], order[2::2] = middle, first, second
    return order
