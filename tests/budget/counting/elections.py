"""Elections made up for tests, and pabutools, which counts them its own way."""

import random
from fractions import Fraction

from gmpy2 import mpq
from pabutools.election import (
    Additive_Cardinal_Sat,
    ApprovalBallot,
    ApprovalProfile,
    CardinalBallot,
    Cardinality_Sat,
    CardinalProfile,
    Cost_Sat,
    Instance,
)
from pabutools.election import Project as TheirProject
from pabutools.rules import (
    exhaustion_by_budget_increase,
    greedy_utilitarian_welfare,
    method_of_equal_shares,
    sequential_phragmen,
)
from pabutools.tiebreaking import TieBreakingRule

from budget.counting import Election, Project
from budget.counting.ties import Ties

SATISFACTION = {"cost": Cost_Sat, "cardinality": Cardinality_Sat, "points": Additive_Cardinal_Sat}


def small(dice: random.Random, *, points: bool = False) -> Election:
    """A small election in which much is equal: few costs, copied ballots, now and then a free or a dear project."""
    scale = dice.choice([1, 1, 1, 100])
    count, voters = dice.randint(1, 9), dice.randint(1, 14)
    costs = dice.choice([[2, 3, 4, 6], [10], [10, 20, 30], [1, 7, 13, 29, 31], [0, 5, 5, 12, 1000], [6, 12, 18, 24]])
    projects = [Project(f"p{number}", dice.choice(costs) * dice.choice([1, scale])) for number in range(count)]
    kinds = dice.choice([2, 3, voters])
    ids = [one.id for one in projects]
    pool = [dice.sample(ids, dice.randint(0, min(count, dice.choice([2, 3, 9])))) for _kind in range(kinds)]
    votes = []
    for _voter in range(voters):
        named = dice.choice(pool)
        votes.append((named, [dice.choice([1, 1, 2, 3, 5]) for _one in named] if points else None))
    budget = dice.choice([sum(one.cost for one in projects) // 2, dice.randint(1, 60) * scale, voters * 6 * scale])
    kind = "scoring" if points else "approval"
    return Election.of(projects, votes, budget, kind, scale=scale)


def medium(dice: random.Random) -> Election:
    """A town's district: votes for few of many projects, costs of all sizes, some of them equal."""
    count, voters = dice.randint(10, 30), dice.randint(20, 80)
    projects = [
        Project(f"p{number}", dice.choice([500, 1000, 1500, dice.randint(20, 4000)])) for number in range(count)
    ]
    ids = [one.id for one in projects]
    votes = [(dice.sample(ids, min(count, dice.choice([1, 2, 3, 3, 5, 8]))), None) for _voter in range(voters)]
    return Election.of(projects, votes, dice.randint(2, 6) * 2500)


class Oracle:
    """pabutools with our rule for ties."""

    def __init__(self, election: Election, seed: str = ""):
        self.election = election
        unit = election.scale
        self.theirs = [TheirProject(one.id, mpq(one.cost, unit)) for one in election.projects]
        self.instance = Instance(self.theirs, budget_limit=mpq(election.budget, unit))
        ballots, self.ballots = election.ballots, []
        points = election.vote_type not in ("approval", "choose-1")
        for row, weight in enumerate(ballots.weights.tolist()):
            span = slice(ballots.starts[row], ballots.starts[row + 1])
            named = [self.theirs[position] for position in ballots.projects[span]]
            said = dict(zip(named, ballots.points[span].tolist(), strict=True)) if points else named
            self.ballots += [(CardinalBallot if points else ApprovalBallot)(said) for _voter in range(weight)]
        self.profile = (CardinalProfile if points else ApprovalProfile)(self.ballots)
        rank = dict(zip((one.id for one in election.projects), Ties(election, seed).rank, strict=True))
        self.ties = TieBreakingRule(lambda _instance, _profile, project: rank[project.name])

    def shares(self, utility: str = "cost") -> list[str]:
        said = method_of_equal_shares(
            self.instance, self.profile, sat_class=SATISFACTION[utility], tie_breaking=self.ties
        )
        return [one.name for one in said]

    def add1(self, utility: str = "cost", stop: str = "exhaustive") -> list[str]:
        if stop == "exhaustive":
            said = method_of_equal_shares(
                self.instance,
                self.profile,
                sat_class=SATISFACTION[utility],
                tie_breaking=self.ties,
                voter_budget_increment=1,
            )
        else:
            voters = len(self.ballots)
            said = exhaustion_by_budget_increase(
                self.instance,
                self.profile,
                method_of_equal_shares,
                {"sat_class": SATISFACTION[utility], "tie_breaking": self.ties},
                exhaustive_stop=False,
                budget_step=voters,
                budget_bound=(sum(one.cost for one in self.theirs) + 2) * voters + self.instance.budget_limit,
            )
        return [one.name for one in said]

    def greedy(self) -> list[str]:
        """By votes: worth its cost to each who names it, a project's worth for its cost is its votes."""
        said = greedy_utilitarian_welfare(self.instance, self.profile, sat_class=Cost_Sat, tie_breaking=self.ties)
        return [one.name for one in said]

    def phragmen(self) -> list[str]:
        return [one.name for one in sequential_phragmen(self.instance, self.profile, tie_breaking=self.ties)]


def exact_shares(election: Election, start: Fraction, ties: Ties) -> tuple[list[int], list[dict[int, Fraction]]]:
    """Equal Shares with cost utilities as the definition says it, voter by voter: (winners, what each voter paid)."""
    voters = []
    ballots = election.ballots
    for row, weight in enumerate(ballots.weights.tolist()):
        named = set(ballots.projects[ballots.starts[row] : ballots.starts[row + 1]].tolist())
        voters += [named] * weight
    left, winners, paid = [start] * len(voters), [], []
    while True:
        offers = {}
        for project, cost in enumerate(election.costs):
            behind = sorted((voter for voter, named in enumerate(voters) if project in named), key=left.__getitem__)
            if (
                project in winners
                or not cost
                or sum((left[voter] for voter in behind), Fraction(0)) < cost
                or not behind
            ):
                continue
            rest = Fraction(cost)
            for place, voter in enumerate(behind):
                price = rest / (len(behind) - place)
                if price <= left[voter]:
                    break
                rest -= left[voter]
            offers[project] = (price / cost, ties.rank[project], price, behind)
        if not offers:
            return winners, paid
        project = min(offers, key=lambda one: offers[one][:2])
        _rho, _rank, price, behind = offers[project]
        payments = {voter: min(left[voter], price) for voter in behind}
        for voter, payment in payments.items():
            left[voter] -= payment
        winners.append(project)
        paid.append(payments)
