"""Add1: Equal Shares again and again, each time with one unit of money more for each voter.

Equal Shares alone leaves money unspent. Two published ways to stop, both with the outcome before the first that costs
more than the budget at the latest:
exhaustive   at the first outcome to which no further project with votes could be added (pabutools)
overshoot    at the last outcome before one costs more than the budget, exhaustive or not (the towns so far)
"""

from fractions import Fraction

from .many import outcomes
from .shares import Market
from .ties import Ties

EXHAUSTIVE, OVERSHOOT = "exhaustive", "overshoot"
STOPS = (EXHAUSTIVE, OVERSHOOT)
MOST_STEPS = 10_000_000


class TooLong(ValueError):
    """So few voters share so much money that one unit more for each changes nothing for millions of steps."""


def last_start(market: Market, ties: Ties, budget: int, voters: int, scale: int, stop: str) -> Fraction:
    """The amount for each voter, in minor units, with which Add1 ends.

    Where all projects with votes are bought within the budget it ends too. TooLong after MOST_STEPS.
    """
    first = before = Fraction(budget, voters)
    seen, spent, ends = None, 0, False
    for added, winners in zip(range(MOST_STEPS), outcomes(market, ties, first, scale), strict=False):
        if winners is not seen:
            seen, spent = winners, sum(market.costs[one] for one in winners)
            rest = [market.costs[one] for one in market.candidates if one not in winners]
            ends = not rest or (stop == EXHAUSTIVE and spent + min(rest) > budget)
        if spent > budget:
            return before
        before = first + added * scale
        if ends:
            return before
    raise TooLong(f"Add1 does not end within {MOST_STEPS:,} steps; count in a larger unit of money")
