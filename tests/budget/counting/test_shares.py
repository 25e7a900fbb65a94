"""Equal Shares: exact money, and the fast way against the careful way against the definition."""

import random
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from budget.counting import Election, Project, count
from budget.counting.many import SideBySide
from budget.counting.shares import Market, Run
from budget.counting.ties import Ties
from tests.budget.counting.elections import exact_shares, medium, small


def run_of(election, start, utility="cost", **ties):
    return Run(Market.of(election, utility), Ties(election, **ties), Fraction(start))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.fractions(1, 60, max_denominator=7))
def test_a_run_is_the_definition_voter_by_voter(seed, start):
    election = small(random.Random(seed))
    winners, paid = exact_shares(election, start, Ties(election))
    run = run_of(election, start)
    assert [one.project for one in run.purchases] == winners
    for purchase, payments in zip(run.purchases, paid, strict=True):
        assert purchase.price == max(payments.values())
        assert sum(payments.values()) == election.costs[purchase.project]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["cost", "cardinality", "points", "points-cost"]))
def test_what_is_paid_is_exactly_what_it_costs(seed, utility):
    election = medium(random.Random(seed))
    start = Fraction(election.budget, election.ballots.voters)
    run = run_of(election, start, utility)
    kept = np.flatnonzero(run.left > 0)
    left = Fraction(run.money.of(kept, election.ballots.weights[kept]), run.money.unit)
    spent = sum(election.costs[one.project] for one in run.purchases)
    assert left + spent == start * election.ballots.voters


def test_side_by_side_is_one_by_one():
    doubts = 0
    for seed in range(40):
        dice = random.Random(seed)
        election = medium(dice) if seed % 2 else small(dice, points=seed % 4 == 0)
        market = Market.of(election, dice.choice(["cost", "cardinality", "points", "points-cost"]))
        shared = SideBySide(market, Ties(election))
        starts = [Fraction(election.budget, election.ballots.voters) + more * election.scale for more in range(30)]
        for start, winners in zip(starts, shared.run(starts), strict=True):
            assert winners == {one.project for one in Run(market, Ties(election), start).purchases}, (seed, start)
        doubts += shared.doubts
    assert doubts, "no run left any doubt, so that nothing was shown about those that do"


def test_the_floats_are_never_off_by_more_than_they_say():
    election = medium(random.Random(4))
    run = run_of(election, Fraction(election.budget, election.ballots.voters) * 2)
    one = np.ones(1, np.int64)
    for row in np.flatnonzero(run.left > 0):
        exact = Fraction(run.money.of(np.array([row]), one), run.money.unit)
        assert abs(Fraction(float(run.left[row])) - exact) <= Fraction(run.slack)


def test_who_can_just_pay_pays():
    """Three voters with 10 each and a project of 30; then one with exactly the same left as the price."""
    projects = [Project("all", 30), Project("half", 15)]
    election = Election.of(projects, [(["all", "half"], None)] * 3, 30)
    assert [one.project for one in run_of(election, 10).purchases] == [1]
    assert [one.project for one in run_of(election, 15).purchases] == [1, 0]
    assert [one.project for one in run_of(election, Fraction(149, 10)).purchases] == [1]


def test_equal_costs_at_the_edge_of_floats_are_told_apart():
    """Costs that differ in the sixteenth digit: floats see one rho, whole numbers see two."""
    huge = 10**15
    projects = [Project("later", huge + 1), Project("first", huge), Project("x", 3)]
    election = Election.of(projects, [(["later"], None), (["first"], None), (["x"], None)], 6 * huge)
    run = run_of(election, 2 * huge, "cardinality")
    assert [one.project for one in run.purchases] == [2, 1, 0]
    assert count(election, "equal-shares-add1", utility="cardinality").winners == ("x", "first", "later")


def test_add1_names_its_last_voter_budget():
    projects = [Project("a", 600), Project("b", 500), Project("c", 400)]
    votes = [(["a"], None)] * 5 + [(["b"], None)] * 4 + [(["c"], None)] * 3
    election = Election.of(projects, votes, 1200)
    first = count(election, "equal-shares-add1")
    assert (first.winners, first.notes["voter_budget"]) == (("a", "b"), "125")
    assert count(election, "equal-shares-add1", stop="overshoot").notes["voter_budget"] == "133"
    assert count(election, "equal-shares").winners == ()
    assert count(election, "equal-shares-greedy").winners == ("a", "b")


def test_add1u_spends_what_add1_leaves():
    projects = [Project("dear", 100), Project("cheap", 30), Project("nobody", 10)]
    votes = [(["dear"], None)] * 9 + [(["cheap"], None)] * 2
    election = Election.of(projects, votes, 145)
    plain, completed = (count(election, rule).winners for rule in ("equal-shares-add1", "equal-shares-add1u"))
    assert plain == ("dear", "cheap")
    assert completed == ("dear", "cheap", "nobody")


def test_free_projects_with_votes_are_taken_first():
    projects = [Project("a", 10), Project("free", 0), Project("unknown", 0)]
    result = count(Election.of(projects, [(["a", "free"], None), ([], None)], 20), "equal-shares")
    assert result.winners == ("free", "a")
    assert result.why("unknown").verdict == "no votes"


def test_what_lacked_is_said_in_money():
    projects = [Project("a", 90), Project("b", 50)]
    election = Election.of(projects, [(["a", "b"], None)] * 2 + [(["b"], None)] * 2, 100)
    result = count(election, "equal-shares")
    assert result.why("b").price == "25/2"
    step = result.why("a")
    # Each of the two has 25 less 12.50 left.
    assert (step.verdict, step.missing) == ("its supporters have too little left", 90 - 25)
