"""Counts of made-up elections, beside pabutools. PARVIS_COUNTING_RUNS=5000 tries more of them."""

import os
import random

import pytest

from budget.counting import count
from budget.counting.phragmen import Phragmen
from budget.counting.ties import Ties
from tests.budget.counting.elections import Oracle, medium, small

RUNS = int(os.environ.get("PARVIS_COUNTING_RUNS", "120"))
BLOCKS = 4


def dice_of(block: int):
    return [(seed, random.Random(seed)) for seed in range(block, RUNS, BLOCKS)]


def bought(election, winners):
    """Without the free ones, which pabutools takes in an order of its own."""
    free = {one.id for one in election.projects if not one.cost}
    return [one for one in winners if one not in free]


@pytest.mark.parametrize("block", range(BLOCKS))
def test_equal_shares_buys_what_pabutools_buys_in_the_same_order(block):
    for seed, dice in dice_of(block):
        election = small(dice, points=block == 0)
        oracle = Oracle(election, str(seed))
        for utility in ("cost", "cardinality", *(["points"] if block == 0 else [])):
            ours = count(election, "equal-shares", utility=utility, seed=str(seed))
            assert bought(election, ours.winners) == bought(election, oracle.shares(utility)), seed


@pytest.mark.parametrize("block", range(BLOCKS))
def test_add1_ends_where_pabutools_ends(block):
    for seed, dice in dice_of(block):
        election = small(dice, points=block == 0)
        oracle = Oracle(election)
        utility = dice.choice(["cost", "cardinality", *(["points"] if block == 0 else [])])
        ours = count(election, "equal-shares-add1", utility=utility)
        assert bought(election, ours.winners) == bought(election, oracle.add1(utility)), seed
        if seed % 3 == 0:
            ours = count(election, "equal-shares-add1", utility=utility, stop="overshoot")
            # Where everything is bought in the end, pabutools goes on and may buy it in another order.
            assert sorted(bought(election, ours.winners)) == sorted(
                bought(election, oracle.add1(utility, "overshoot"))
            )


def test_add1_agrees_on_larger_ones_too():
    for seed in range(max(4, RUNS // 25)):
        election = medium(random.Random(seed))
        assert list(count(election, "equal-shares-add1").winners) == Oracle(election).add1(), seed


def test_greedy_takes_what_pabutools_takes():
    for seed in range(RUNS):
        election = small(random.Random(seed))
        assert set(count(election, "greedy").winners) == set(Oracle(election).greedy()), seed


def test_phragmen_takes_what_pabutools_takes():
    compared = 0
    for seed in range(RUNS):
        election = small(random.Random(seed))
        if not all(election.votes) or _differs_by_definition(election):
            continue
        compared += 1
        assert set(count(election, "phragmen").winners) == set(Oracle(election).phragmen()), seed
    assert compared > RUNS // 5


def _differs_by_definition(election) -> bool:
    """pabutools ends when any of several equal ones does not fit; we ask the first of them by the rule for ties."""
    left = election.budget
    for turn in Phragmen(election, Ties(election)).turns:
        if any(election.costs[one] > left for one in turn.tied) and len(turn.tied) > 1:
            return True
        left -= election.costs[turn.project]
    return False
