"""Taking the projects in order until the money is spent.

The order is that of votes, of points where votes carry points, or of majority judgment; ties by the published rule.
greedy             a project that no longer fits is passed over
greedy-no-skip     the first that does not fit ends the count
greedy-threshold   as greedy, among projects with at least so many votes or points

A project whose points together are below zero is never bought.
"""

from collections.abc import Sequence
from fractions import Fraction

from .election import WITHOUT_POINTS, Election
from .result import BELOW_THRESHOLD, OVER_BUDGET, REJECTED, STOPPED, TAKEN, WITHDRAWN, Step, text
from .ties import Ties


def by_score(election: Election) -> tuple[str, list, list[str]]:
    """(measure, a value for each project that sorts the best first, the value as text)."""
    measure = "votes" if election.vote_type in WITHOUT_POINTS else "score"
    score, scale = (election.votes, 1) if measure == "votes" else (election.score, election.points_scale)
    return measure, [-one for one in score], [text(Fraction(one, scale)) for one in score]


def greedy(
    election: Election,
    ties: Ties,
    order: tuple[str, Sequence, Sequence[str]],
    *,
    skip: bool = True,
    threshold: int = 0,
    taken: Sequence[int] = (),
    left: int | None = None,
) -> list[Step]:
    """One step for each project that is not in `taken` yet, spending at most `left` (by default the whole budget)."""
    measure, values, texts = order
    left = election.budget if left is None else left
    points_scale = election.points_scale if measure == "score" else 1
    equals: dict = {}
    for position, value in enumerate(values):
        equals.setdefault(value, []).append(position)
    steps: list[Step] = []
    stopped = False
    for value in sorted(equals):
        group = sorted(equals[value], key=ties.rank.__getitem__)
        for place, position in enumerate(group):
            if position in taken:
                continue
            project = election.projects[position]
            enough = -value if measure == "score" else election.votes[position]
            before, missing = left, 0
            if project.withdrawn:
                verdict = WITHDRAWN
            elif enough < 0:
                verdict = REJECTED
            elif enough < threshold * points_scale:
                verdict, missing = BELOW_THRESHOLD, threshold - enough // points_scale
            elif stopped:
                verdict, missing = STOPPED, max(project.cost - left, 0)
            elif project.cost > left:
                verdict, missing = OVER_BUDGET, project.cost - left
                stopped = not skip
            else:
                verdict = TAKEN
                left -= project.cost
            behind = group[place:]
            steps.append(
                Step(
                    round=len(steps) + 1,
                    project=project.id,
                    verdict=verdict,
                    votes=election.votes[position],
                    measure=measure,
                    value=texts[position],
                    cost=project.cost,
                    left_before=before,
                    left_after=left,
                    missing=missing,
                    tied=tuple(election.projects[other].id for other in behind) if len(behind) > 1 else (),
                    tie_broken=ties.broken_by(position, behind),
                )
            )
    return steps
