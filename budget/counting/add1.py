"""Add1: Equal Shares again and again, each time with one unit of money more for each voter.

Equal Shares alone leaves money unspent. Two published ways to stop, both with the outcome before the first that costs
more than the budget at the latest:
exhaustive   at the first outcome to which no further project with votes could be added (pabutools)
overshoot    at the last outcome before one costs more than the budget, exhaustive or not (the towns so far)
"""

from collections.abc import Iterator
from fractions import Fraction

from .many import outcomes
from .shares import Market
from .ties import Ties

EXHAUSTIVE, OVERSHOOT = "exhaustive", "overshoot"
STOPS = (EXHAUSTIVE, OVERSHOOT)


def last_start(market: Market, ties: Ties, budget: int, voters: int, scale: int, stop: str) -> Fraction:
    """The amount for each voter, in minor units, with which Add1 ends."""
    first = Fraction(budget, voters)
    everything = set(market.candidates)
    free = set(market.free)
    before = first
    for added, winners in enumerate(_runs(market, ties, first, scale)):
        spent = sum(market.costs[one] for one in winners)
        if spent > budget:
            return before
        before = first + added * scale
        rest = everything - winners - free
        if not rest or (stop == EXHAUSTIVE and all(spent + market.costs[one] > budget for one in rest)):
            return before
    raise AssertionError("unreachable: the runs have no end")


def _runs(market: Market, ties: Ties, first: Fraction, scale: int) -> Iterator[set[int]]:
    """The winners with each amount, without end."""
    added, width = 0, 1
    while True:
        yield from outcomes(market, ties, first, scale, range(added, added + width))
        added += width
        width = min(width * 4, 1024)
