"""What a count gives: the winners in order, and for each project why it won or lost."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction

TAKEN = "taken"
OVER_BUDGET = "over the budget"
BELOW_THRESHOLD = "below the threshold"
STOPPED = "stopped"
UNSUPPORTED = "no votes"
SHORT_OF_MONEY = "its supporters have too little left"
WITHDRAWN = "withdrawn"
REJECTED = "more points against it than for it"


@dataclass(frozen=True)
class Step:
    """What was decided about one project. Amounts in minor units.

    `value` is what decided, exactly, as text ("12", "3/7"), and `measure` what it is: votes, score, grades, load or
    rho; `rho` is what the supporters pay for each unit of utility, lower is better, and `price` the most that a
    voter pays for each point (for the project, where votes carry no points). `missing` is what lacked: money, or votes
    below the threshold. `tied` were equal by `value`; `tie_broken` says by what the first was chosen: cost, votes, lot
    or order.
    """

    round: int
    project: str
    verdict: str
    votes: int
    measure: str
    value: str
    cost: int
    left_before: int
    left_after: int
    missing: int | str = 0
    price: str = ""
    tied: tuple[str, ...] = ()
    tie_broken: str = ""

    @property
    def taken(self) -> bool:
        return self.verdict == TAKEN


@dataclass(frozen=True)
class Result:
    """The outcome of one count. `winners` are ids in order of selection; `steps` one for each project, in order.

    `notes` says what else decided: the voter budget that Add1 ended with, the comparison's two numbers.
    """

    rule: str
    options: Mapping[str, object]
    winners: tuple[str, ...]
    cost: int
    budget: int
    scale: int
    steps: tuple[Step, ...]
    notes: Mapping[str, object]

    def why(self, project: str) -> Step:
        """The step that decided about a project. KeyError if it is not in the election."""
        for step in self.steps:
            if step.project == project:
                return step
        raise KeyError(project)

    @property
    def hash(self) -> str:
        """SHA-256 over rule, options, winners and amounts: the same on any machine."""
        said = {
            "rule": self.rule,
            "options": dict(self.options),
            "winners": list(self.winners),
            "cost": str(Fraction(self.cost, self.scale)),
            "budget": str(Fraction(self.budget, self.scale)),
        }
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def as_data(self) -> dict:
        """All of it for JSON, amounts in the unit of money: whole numbers where they are whole."""
        money = ("cost", "left_before", "left_after")
        steps = []
        for step in self.steps:
            said = asdict(step)
            said |= {name: in_units(said[name], self.scale) for name in money}
            if isinstance(step.missing, int) and step.verdict != BELOW_THRESHOLD:
                said["missing"] = in_units(step.missing, self.scale)
            steps.append(said)
        return {
            "winners": list(self.winners),
            "cost": in_units(self.cost, self.scale),
            "budget": in_units(self.budget, self.scale),
            "rule": self.rule,
            "options": dict(self.options),
            "hash": self.hash,
            "notes": dict(self.notes),
            "steps": steps,
        }


def in_units(amount: int, scale: int) -> int | float:
    """An amount of minor units as people write it."""
    return amount // scale if amount % scale == 0 else amount / scale


def text(value: Fraction | int) -> str:
    """An exact number as text, "7" or "22/7"."""
    return str(Fraction(value))
