"""What is counted: projects with costs, and ballots grouped by what they say."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

APPROVAL, CHOOSE_1, ORDINAL = "approval", "choose-1", "ordinal"
CUMULATIVE, SCORING, GRADES = "cumulative", "scoring", "grades"
VOTE_TYPES = (APPROVAL, CHOOSE_1, ORDINAL, CUMULATIVE, SCORING, GRADES)
# A vote of these types says only which projects; the others say how much for each.
WITHOUT_POINTS = (APPROVAL, CHOOSE_1)
# Floats of whole numbers stay exact below twice this.
MOST_POINTS = 2**52
# Bytes of a project and its points in `Ballots.packed`.
PAIR = 16


@dataclass(frozen=True)
class Project:
    """A project on the ballot paper. `cost` in minor units; a withdrawn one stays in the list and cannot win."""

    id: str
    cost: int
    name: str = ""
    withdrawn: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        if self.cost < 0:
            raise ValueError(f"project {self.id} has a negative cost")


@dataclass(frozen=True, eq=False)
class Ballots:
    """Distinct ballots in compressed rows: ballot d names `projects[starts[d]:starts[d + 1]]`.

    `projects` holds positions in the election's list, ascending within a ballot; `points` what the ballot gives to
    each (1 where votes carry no points); `weights` how many voters cast it. Rows stand in one order whatever the order
    of the votes was. An empty ballot is a row too: its voters count when a budget is shared among all.
    """

    starts: np.ndarray
    projects: np.ndarray
    points: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, ids: Sequence[str], votes: Iterable[tuple[Sequence[str], Sequence[int] | None]]) -> "Ballots":
        """Group votes, each (project ids, points or None). ValueError for a project that is unknown or named twice."""
        positions = {one: position for position, one in enumerate(ids)}
        groups: Counter = Counter()
        for named, points in votes:
            points = (1,) * len(named) if points is None else points
            try:
                row = sorted(zip((positions[one] for one in named), points, strict=True))
            except KeyError as unknown:
                raise ValueError(f"a vote names the unknown project {unknown.args[0]}") from None
            if len({position for position, _points in row}) != len(row):
                raise ValueError("a vote names a project twice")
            groups[tuple(row)] += 1
        return cls.grouped(groups)

    @classmethod
    def grouped(cls, groups: Mapping[tuple[tuple[int, int], ...], int]) -> "Ballots":
        """From {((position, points), …): number of voters}, each row ascending by position."""
        entries = [entry for row in groups for entry in row]
        projects, points = zip(*entries, strict=True) if entries else ((), ())
        return cls.packed([len(row) for row in groups], projects, points, list(groups.values()))

    @classmethod
    def packed(
        cls, lengths: Sequence[int], projects: Sequence[int], points: Sequence[int] | None, weights: Sequence[int]
    ) -> "Ballots":
        """From ballots one behind the other: how many projects each names, those of all, their points, its voters.

        `points` None gives one to each. Equal ballots become one. ValueError or OverflowError for sums of points that
        cannot be kept exactly.
        """
        lengths = np.array(lengths, np.int64)
        starts = np.concatenate(([0], np.cumsum(lengths)))
        owners = np.repeat(np.arange(len(lengths)), lengths)
        projects = np.array(projects, np.int64)
        points = np.ones(len(projects), np.int64) if points is None else np.array(points, np.int64)
        order = np.lexsort((projects, owners))
        # Bytes of one ballot, in which equal ones are equal, and which sort as their projects do.
        text = np.column_stack((projects[order], points[order])).astype(">i8").tobytes()
        groups: Counter = Counter()
        for first, last, voters in zip(starts[:-1].tolist(), starts[1:].tolist(), weights, strict=True):
            groups[text[first * PAIR : last * PAIR]] += voters
        rows = sorted(groups)
        entries = np.frombuffer(b"".join(rows), ">i8").astype(np.int64).reshape(-1, 2)
        lengths = np.fromiter((len(row) // PAIR for row in rows), np.int64, len(rows))
        weights = np.fromiter((groups[row] for row in rows), np.int64, len(rows))
        starts = np.concatenate(([0], np.cumsum(lengths)))
        if float(np.abs(entries[:, 1].astype(float)) @ np.repeat(weights, lengths)) >= MOST_POINTS:
            raise ValueError("the points of all votes together are too many to count exactly")
        return cls(starts, entries[:, 0].copy(), entries[:, 1].copy(), weights)

    @cached_property
    def voters(self) -> int:
        """All voters, those with an empty ballot too."""
        return int(self.weights.sum())

    @cached_property
    def owners(self) -> np.ndarray:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.weights)), np.diff(self.starts))

    def entries_of(self, rows: np.ndarray) -> np.ndarray:
        """Positions of the entries of some rows, in one array."""
        firsts, lengths = self.starts[rows], self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(lengths)
        if not len(ends):
            return np.zeros(0, np.int64)
        return np.arange(ends[-1]) + np.repeat(firsts - ends + lengths, lengths)


@dataclass(frozen=True)
class Election:
    """Everything a count needs. Amounts are whole numbers of minor units, `scale` of which make one unit of money.

    `points_scale` likewise for points (2.5 points are 25 tenths).
    """

    projects: tuple[Project, ...]
    ballots: Ballots
    budget: int
    vote_type: str = APPROVAL
    scale: int = 1
    points_scale: int = 1

    def __post_init__(self):
        if self.vote_type not in VOTE_TYPES:
            raise ValueError(f"unknown vote type {self.vote_type}")
        if self.budget < 0:
            raise ValueError("the budget is negative")
        if len({one.id for one in self.projects}) != len(self.projects):
            raise ValueError("two projects share an id")

    @classmethod
    def of(
        cls,
        projects: Iterable[Project],
        votes: Iterable[tuple[Sequence[str], Sequence[int] | None]],
        budget: int,
        vote_type: str = APPROVAL,
        **options,
    ) -> "Election":
        """From projects and votes, each (project ids, points or None)."""
        projects = tuple(projects)
        return cls(projects, Ballots.of([one.id for one in projects], votes), budget, vote_type, **options)

    @cached_property
    def costs(self) -> tuple[int, ...]:
        return tuple(one.cost for one in self.projects)

    @cached_property
    def votes(self) -> tuple[int, ...]:
        """Voters who named each project."""
        ballots = self.ballots
        return self._sum(ballots.weights[ballots.owners])

    @cached_property
    def score(self) -> tuple[int, ...]:
        """Points of each project; its votes where votes carry no points."""
        ballots = self.ballots
        return self._sum(ballots.weights[ballots.owners] * ballots.points)

    def _sum(self, worth: np.ndarray) -> tuple[int, ...]:
        sums = np.bincount(self.ballots.projects, weights=worth, minlength=len(self.projects))
        return tuple(int(one) for one in sums)

    @cached_property
    def supporters(self) -> tuple["Supporters", ...]:
        """Who is behind each project: the ballots that give it more than no points."""
        ballots = self.ballots
        behind = np.flatnonzero(ballots.points > 0)
        order = behind[np.argsort(ballots.projects[behind], kind="stable")]
        bounds = np.searchsorted(ballots.projects[order], np.arange(len(self.projects) + 1))
        rows, points = ballots.owners[order], ballots.points[order]
        return tuple(
            Supporters(rows[first:last], ballots.weights[rows[first:last]], points[first:last])
            for first, last in pairwise(bounds.tolist())
        )


@dataclass(frozen=True, eq=False)
class Supporters:
    """Ballots behind one project: their rows, how many voters each, and the points of each (whole, above 0)."""

    rows: np.ndarray
    weights: np.ndarray
    points: np.ndarray

    @cached_property
    def voters(self) -> int:
        return int(self.weights.sum())
