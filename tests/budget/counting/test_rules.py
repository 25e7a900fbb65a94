"""Each rule on elections small enough to count by hand, and what holds for all of them."""

import os
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget.counting import RULES, Election, Project, count
from budget.counting.ties import lot
from tests.budget.counting.elections import small

ROOT = Path(__file__).parents[3]


def election(costs: dict[str, int], votes, budget, kind="approval", **options) -> Election:
    projects = [Project(one, cost) for one, cost in costs.items()]
    said = [(list(vote), list(vote.values()) if isinstance(vote, dict) else None) for vote in votes]
    return Election.of(projects, said, budget, kind, **options)


def said(result):
    return [(step.project, step.verdict, step.missing) for step in result.steps]


STREET = {"park": 60, "bench": 50, "tree": 30, "lamp": 10}
VOTES = ["park", "bench"], ["park", "tree"], ["park"], ["bench", "lamp"], ["bench"], ["tree"], ["lamp", "park"]


def test_greedy_passes_over_what_no_longer_fits():
    result = count(election(STREET, VOTES, 100))
    assert said(result) == [
        ("park", "taken", 0),
        ("bench", "over the budget", 10),
        ("lamp", "taken", 0),
        ("tree", "taken", 0),
    ]
    assert (result.winners, result.cost) == (("park", "lamp", "tree"), 100)
    assert (result.why("bench").left_before, result.why("lamp").left_after) == (40, 30)


def test_no_skip_ends_with_the_first_that_does_not_fit():
    result = count(election(STREET, VOTES, 100), "greedy-no-skip")
    assert [step.verdict for step in result.steps] == ["taken", "over the budget", "stopped", "stopped"]


def test_a_withdrawn_project_ends_nothing():
    town = election(STREET, VOTES, 100)
    projects = tuple(Project(one.id, one.cost, withdrawn=one.id == "bench") for one in town.projects)
    town = Election(projects, town.ballots, town.budget)
    for rule in RULES:
        result = count(town, rule)
        assert "bench" not in result.winners
        assert result.why("bench").verdict == "withdrawn"
    assert count(town, "greedy-no-skip").winners == ("park", "lamp", "tree")


@pytest.mark.parametrize("rule", [one for one in RULES if one != "majority-judgment"])
def test_below_the_threshold_nothing_wins(rule):
    result = count(election(STREET, VOTES, 100), rule, threshold=3)
    assert set(result.winners) <= {"park", "bench"}
    assert result.why("tree").verdict == "below the threshold"
    assert result.why("tree").missing == 1


def test_points_decide_where_votes_carry_points():
    votes = {"park": 1}, {"park": 1}, {"bench": 5}
    result = count(election(STREET, votes, 60, "cumulative"))
    assert [(step.project, step.measure, step.value) for step in result.steps][:2] == [
        ("bench", "score", "5"),
        ("park", "score", "2"),
    ]


def test_equals_are_told_apart_by_cost_then_votes_then_lot():
    costs = {"a": 20, "b": 20, "c": 10, "d": 20}
    votes = [{"a": 2}, {"b": 1}, {"b": 1}, {"c": 2}, {"d": 2}]
    town = election(costs, votes, 70, "scoring")
    plain = count(town)
    assert plain.winners == ("c", "b", "a", "d")
    assert [step.tie_broken for step in plain.steps] == ["cost", "votes", "order", ""]
    seeds = {count(town, seed=seed).winners for seed in "12345678"}
    assert seeds == {("c", "b", "a", "d"), ("c", "b", "d", "a")}
    for seed in "123":
        drawn = count(town, seed=seed)
        assert drawn.winners[2:] == tuple(sorted("ad", key=lambda one, seed=seed: lot(seed, one)))
        assert drawn.why(drawn.winners[2]).tie_broken == "lot"
        shares = count(town, "equal-shares-add1", utility="points", seed=seed)
        assert [one for one in shares.winners if one in "ad"] == list(drawn.winners[2:])


def test_phragmen_buys_where_the_load_is_lowest():
    """Three for a, two for b and c: after a each of its three carries 10; then b for 30 / 2, c for (10 + 30) / 2."""
    votes = ["a"], ["a"], ["a", "c"], ["b"], ["b"], ["c"]
    result = count(election({"a": 30, "b": 30, "c": 30}, votes, 80), "phragmen")
    assert [(step.project, step.value) for step in result.steps] == [("a", "10"), ("b", "15"), ("c", "20")]
    assert said(result)[-1] == ("c", "over the budget", 10)


def test_majority_judgment_goes_by_the_middle_grade():
    """Five voters; a and b have the middle grade 2; without it a has 2 next, b 1. c was graded by two of five."""
    grades = {"a": [3, 2, 2, 2, 0], "b": [3, 3, 2, 1, 1], "c": [4, 4]}
    votes = [{one: own[voter] for one, own in grades.items() if voter < len(own)} for voter in range(5)]
    result = count(election({"a": 1, "b": 1, "c": 1}, votes, 1, "grades"), "majority-judgment")
    assert [(step.project, step.value) for step in result.steps] == [("a", "2"), ("b", "2"), ("c", "0")]
    assert result.winners == ("a",)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=9))
def test_majority_judgment_takes_middles_away_one_by_one(rows):
    def middles(grades):
        grades = sorted(grades)
        while grades:
            yield -grades.pop((len(grades) - 1) // 2)

    ids = "abcd"
    votes = [dict(zip(ids, row, strict=True)) for row in rows]
    town = election(dict.fromkeys(ids, 1), votes, 4, "grades")
    order = [step.project for step in count(town, "majority-judgment").steps]
    values = [list(middles([vote[one] for vote in votes])) for one in order]
    assert values == sorted(values)


def test_the_comparison_step_asks_the_voters():
    """Equal Shares buys three small projects for four voters; six of ten prefer the large one that greedy takes."""
    costs = {"large": 90, "s1": 10, "s2": 10, "s3": 10}
    votes = [["large"]] * 6 + [["s1", "s2", "s3"]] * 4
    town = election(costs, votes, 90)
    assert set(count(town, "equal-shares").winners) == {"s1", "s2", "s3"}
    result = count(town, "equal-shares", comparison=True)
    assert result.winners == ("large",)
    assert result.notes["kept"] == "greedy"
    assert (result.notes["prefer_equal_shares"], result.notes["prefer_greedy"]) == (4, 6)


def test_names_of_nothing_are_refused():
    town = election(STREET, VOTES, 100)
    for wrong in ({"rule": "best"}, {"utility": "joy"}, {"stop": "never"}, {"rule": "phragmen", "comparison": True}):
        with pytest.raises(ValueError, match=r"unknown|comparison"):
            count(town, **wrong)
    with pytest.raises(ValueError, match="unknown project z"):
        election(STREET, [["z"]], 5)
    with pytest.raises(ValueError, match="twice"):
        Election.of([Project("a", 1)], [(["a", "a"], None)], 5)
    with pytest.raises(ValueError, match="negative"):
        Project("a", -1)


@pytest.mark.parametrize("rule", RULES)
def test_an_election_without_votes_or_money_has_an_end(rule):
    assert count(Election.of([], [], 0), rule).winners == ()
    unvoted = count(election(STREET, [[], []], 100), rule)
    assert len(unvoted.steps) == 4
    assert count(election(STREET, VOTES, 0), rule).winners == ()


SEEDS = st.integers(0, 10**6)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_changes_nothing_and_no_rule_overspends(seed, rule, dice):
    town = small(random.Random(seed), points=seed % 2 == 0)
    votes = []
    ballots = town.ballots
    for row, weight in enumerate(ballots.weights.tolist()):
        span = slice(ballots.starts[row], ballots.starts[row + 1])
        ids = [town.projects[one].id for one in ballots.projects[span]]
        votes += [(ids, ballots.points[span].tolist())] * weight
    dice.shuffle(votes)
    again = Election.of(town.projects, votes, town.budget, town.vote_type, scale=town.scale)
    result = count(town, rule, seed="s")
    assert count(again, rule, seed="s") == result
    assert result.cost <= town.budget
    assert sorted(step.project for step in result.steps) == sorted(one.id for one in town.projects)
    assert [step.project for step in result.steps if step.taken] == list(result.winners)
    left = town.budget
    for step in result.steps:
        assert step.left_before == left
        left -= step.cost if step.taken else 0
        assert step.left_after == left


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 50))
def test_with_more_money_nobody_loses_where_the_rule_stops_at_the_first_that_does_not_fit(seed, more):
    """So for greedy without skipping, and for Phragmén once no project costs more than the budget.

    It does not hold for the others: greedy that skips, and Equal Shares, can drop a winner when the budget grows.
    """
    town = small(random.Random(seed))
    budget = max(town.budget, max(town.costs))
    for rule, start in (("greedy-no-skip", town.budget), ("phragmen", budget)):
        less, rich = (count(Election(town.projects, town.ballots, one), rule).winners for one in (start, start + more))
        assert rich[: len(less)] == less


def test_the_rules_that_are_not_monotone_are_not():
    votes = [["dear"]] * 3 + [["cheap"]] * 2
    costs = {"dear": 10, "cheap": 5}
    less, more = (count(election(costs, votes, budget)).winners for budget in (9, 10))
    assert (less, more) == (("cheap",), ("dear",))


HASH = """
import random
from budget.counting import RULES, count
from tests.budget.counting.elections import medium
print([count(medium(random.Random(7)), rule, seed="x").hash for rule in RULES])
"""


def test_a_count_that_is_made_again_elsewhere_has_the_same_hash():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", HASH],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    hashes = next(iter(outputs))
    assert len(set(hashes.strip("[]\n").split(", "))) == len(RULES)


def test_the_hash_says_money_not_units():
    votes = [(["a"], None)]
    euros, cents = (Election.of([Project("a", 3 * one)], votes, 5 * one, scale=one) for one in (1, 100))
    assert count(euros).hash == count(cents).hash
    assert count(euros).hash != count(euros, "equal-shares").hash
    assert count(cents).as_data()["cost"] == 3
    assert Fraction(count(cents).cost, cents.scale) == 3
