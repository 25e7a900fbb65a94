"""The rules by name, and `count`, which every caller uses."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from . import add1
from .comparison import prefer
from .election import Election
from .greedy import by_score, greedy
from .judgment import by_grades
from .phragmen import Phragmen
from .result import (
    BELOW_THRESHOLD,
    OVER_BUDGET,
    SHORT_OF_MONEY,
    STOPPED,
    TAKEN,
    UNSUPPORTED,
    WITHDRAWN,
    Result,
    Step,
    text,
)
from .shares import COST, POINTS_COST, UTILITIES, Market, Run
from .ties import Ties

GREEDY = ("greedy", "greedy-no-skip", "greedy-threshold")
# Equal Shares: (Add1 first?, greedy with what is left?).
SHARES = {
    "equal-shares": (False, False),
    "equal-shares-add1": (True, False),
    "equal-shares-greedy": (False, True),
    "equal-shares-add1u": (True, True),
}
RULES = (*GREEDY, *SHARES, "phragmen", "majority-judgment")


def count(
    election: Election,
    rule: str = "greedy",
    *,
    utility: str = COST,
    stop: str = add1.EXHAUSTIVE,
    comparison: bool = False,
    seed: str = "",
    threshold: int = 0,
) -> Result:
    """Count an election by a rule of RULES.

    `utility`, `stop` and `comparison` are for Equal Shares (`shares`, `add1`, `comparison` say what they are), `seed`
    for ties (`ties`). `threshold` is the fewest votes, or points where greedy goes by points, that a project needs.
    ValueError for a name that is none of these.
    """
    if rule not in RULES or utility not in UTILITIES or stop not in add1.STOPS:
        raise ValueError(f"unknown rule, utility or stop: {rule}, {utility}, {stop}")
    if comparison and rule not in SHARES:
        raise ValueError("the comparison step is for Equal Shares")
    ties = Ties(election, seed)
    options: dict[str, object] = {"seed": seed, "threshold": threshold}
    if rule in SHARES:
        options |= {"utility": utility, "comparison": comparison}
        if SHARES[rule][0]:
            options["stop"] = stop
        steps, notes = _shares(election, ties, rule, utility, stop, threshold)
        if comparison:
            steps, notes = _compared(election, ties, steps, notes, threshold)
    elif rule == "phragmen":
        steps, notes = _phragmen(election, ties, threshold), {}
    else:
        order = by_grades(election) if rule == "majority-judgment" else by_score(election)
        steps = greedy(election, ties, order, skip=rule != "greedy-no-skip", threshold=threshold)
        notes = {}
    winners = tuple(step.project for step in steps if step.taken)
    cost = sum(step.cost for step in steps if step.taken)
    return Result(rule, options, winners, cost, election.budget, election.scale, tuple(steps), notes)


def _shares(election, ties, rule, utility, stop, threshold) -> tuple[list[Step], dict]:
    """Equal Shares with its completion. Without voters there is nobody to share the money among."""
    with_add1, then_greedy = SHARES[rule]
    voters, scale = election.ballots.voters, election.scale
    market = Market.of(election, utility, threshold)
    if not voters:
        return _others(election, [], threshold), {}
    start = Fraction(election.budget, voters)
    if with_add1:
        start = add1.last_start(market, ties, election.budget, voters, scale, stop)
    run = Run(market, ties, start)
    left, steps = election.budget, []
    for project in sorted(market.free, key=ties.rank.__getitem__):
        steps.append(_step(election, len(steps) + 1, project, TAKEN, "rho", "0", left, left, price="0"))
    for bought in run.purchases:
        before, left = left, left - election.costs[bought.project]
        rho = bought.rho if utility in (COST, POINTS_COST) else bought.rho / scale
        steps.append(
            _step(
                election,
                len(steps) + 1,
                bought.project,
                TAKEN,
                "rho",
                text(rho),
                before,
                left,
                price=text(bought.price / scale),
                **_tie(election, ties, bought.project, bought.tied),
            )
        )
    notes = {"voter_budget": text(start / scale)}
    if then_greedy:
        done = {*market.free, *(bought.project for bought in run.purchases)}
        steps += greedy(election, ties, by_score(election), threshold=threshold, taken=done, left=left)
        return _numbered(steps), notes
    missing = {one: -(-(election.costs[one] - run.left_behind(one)) // 1) for one in market.candidates}
    return _others(election, steps, threshold, SHORT_OF_MONEY, missing), notes


def _compared(election, ties, steps, notes, threshold) -> tuple[list[Step], dict]:
    plain = greedy(election, ties, by_score(election), threshold=threshold)
    positions = {one.id: position for position, one in enumerate(election.projects)}
    outcomes = [[positions[step.project] for step in some if step.taken] for some in (steps, plain)]
    shares, other = prefer(election, *outcomes)
    kept = other <= shares
    notes = notes | {
        "prefer_equal_shares": shares,
        "prefer_greedy": other,
        "kept": "equal-shares" if kept else "greedy",
    }
    return (steps if kept else plain), notes


def _phragmen(election, ties, threshold) -> list[Step]:
    left, steps = election.budget, []
    for turn in Phragmen(election, ties, threshold).turns:
        before, cost = left, election.costs[turn.project]
        left -= cost if turn.fits else 0
        verdict, missing = (TAKEN, 0) if turn.fits else (OVER_BUDGET, cost - left)
        steps.append(
            _step(
                election,
                len(steps) + 1,
                turn.project,
                verdict,
                "load",
                text(turn.load / election.scale),
                before,
                left,
                missing=missing,
                **_tie(election, ties, turn.project, turn.tied),
            )
        )
    return _others(election, steps, threshold, STOPPED)


def _others(election, steps, threshold, verdict=UNSUPPORTED, missing=None) -> list[Step]:
    """Add a step for each project that was never chosen, most votes first."""
    done = {step.project for step in steps}
    left = steps[-1].left_after if steps else election.budget
    rest = [position for position, one in enumerate(election.projects) if one.id not in done]
    for position in sorted(rest, key=lambda one: (-election.votes[one], one)):
        project, lacking = election.projects[position], 0
        if project.withdrawn:
            own = WITHDRAWN
        elif election.votes[position] < threshold:
            own, lacking = BELOW_THRESHOLD, threshold - election.votes[position]
        elif not election.supporters[position].voters:
            own = UNSUPPORTED
        elif missing is None and project.cost > left:
            own, lacking = OVER_BUDGET, project.cost - left
        else:
            own, lacking = verdict, int((missing or {}).get(position, 0))
        measure, value = "votes", text(election.votes[position])
        steps.append(_step(election, len(steps) + 1, position, own, measure, value, left, left, missing=lacking))
    return steps


def _step(election: Election, number: int, position: int, verdict: str, measure, value, before, after, **more) -> Step:
    project = election.projects[position]
    votes = election.votes[position]
    return Step(number, project.id, verdict, votes, measure, value, project.cost, before, after, **more)


def _tie(election: Election, ties: Ties, first: int, tied: Iterable[int]) -> dict:
    tied = tuple(tied)
    if len(tied) < 2:
        return {}
    return {"tied": tuple(election.projects[one].id for one in tied), "tie_broken": ties.broken_by(first, tied)}


def _numbered(steps: list[Step]) -> list[Step]:
    return [replace(step, round=number) for number, step in enumerate(steps, 1)]
