"""The order in which to walk to places. Imports no Django."""

import math
from itertools import pairwise

Place = tuple[float, float]
# Metres in a degree of latitude (WGS 84, 45° north).
DEGREE = 111_132


def walk(places: list[Place], start: Place | None = None) -> list[int]:
    """Positions of `places` (longitude, latitude in degrees) in the order of a short walk, from `start` where given.

    Nearest neighbour, then 2-opt, and 2-opt on the order given: the shorter of both, so the walk is never longer than
    the given order. The same places give the same walk. It does not come back, and without `start` it begins where it
    is shortest.
    """
    metres = _plane([*([start] if start else []), *places])
    offset = 1 if start else 0
    steps = list(range(len(metres)))
    walks = [_two_opt(order, metres, offset) for order in (_nearest(metres), steps)]
    best = min(walks, key=lambda order: round(_length(order, metres), 6)) if metres else []
    return [position - offset for position in best[offset:]]


def length(places: list[Place], start: Place | None = None) -> float:
    """Metres of the walk through `places` as they are given, as the crow flies."""
    metres = _plane([*([start] if start else []), *places])
    return _length(list(range(len(metres))), metres)


def _plane(places: list[Place]) -> list[Place]:
    """Metres east and north of the first place: true within 0.1 % in a town."""
    if not places:
        return []
    lon, lat = places[0]
    across = DEGREE * math.cos(math.radians(lat))
    return [((x - lon) * across, (y - lat) * DEGREE) for x, y in places]


def _length(order: list[int], metres: list[Place]) -> float:
    return sum(math.dist(metres[one], metres[other]) for one, other in pairwise(order))


def _nearest(metres: list[Place]) -> list[int]:
    left = list(range(1, len(metres)))
    order = [0] if metres else []
    while left:
        here = metres[order[-1]]
        closest = min(left, key=lambda one: (math.dist(here, metres[one]), one))
        left.remove(closest)
        order.append(closest)
    return order


def _two_opt(order: list[int], metres: list[Place], fixed: int) -> list[int]:
    """Turn parts of the walk round for as long as that shortens it; the first `fixed` places stay."""
    order, better = list(order), True
    while better:
        better = False
        for first in range(fixed, len(order) - 1):
            for last in range(first + 1, len(order)):
                one, other, gain = metres[order[first]], metres[order[last]], 0.0
                if first:
                    before = metres[order[first - 1]]
                    gain += math.dist(before, one) - math.dist(before, other)
                if last + 1 < len(order):
                    after = metres[order[last + 1]]
                    gain += math.dist(other, after) - math.dist(one, after)
                if gain > 1e-6:
                    order[first : last + 1] = reversed(order[first : last + 1])
                    better = True
    return order
