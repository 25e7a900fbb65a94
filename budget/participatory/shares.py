"""How a total is shared out between envelopes, to the cent. Pure: imports no Django."""

from collections.abc import Sequence
from fractions import Fraction


def share(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """`total` (cents) in proportion to `weights`, by largest remainders; the sum is `total` exactly.

    Equal remainders: the earlier envelope first. Raises ValueError where a weight is negative or all are nothing.
    """
    weights = [Fraction(weight) for weight in weights]
    if any(weight < 0 for weight in weights) or not sum(weights):
        raise ValueError("weights are positive, and one at least is not nothing")
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [part.numerator // part.denominator for part in exact]
    left = total - sum(parts)
    first = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in first[:left]:
        parts[at] += 1
    return parts
