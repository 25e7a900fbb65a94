"""Values in a few classes, from pale to dark. Plain Python, no Django."""

from collections.abc import Hashable, Mapping

MOST = 5


def classed(values: Mapping[Hashable, float | None], most: int = MOST) -> tuple[dict, list[tuple[float, float]]]:
    """({key: class from 0, None without a value}, [(lowest, highest) value in each class]).

    About as many different values in each class; the same value is never in two.
    """
    distinct = sorted({value for value in values.values() if value is not None})
    count = min(most, len(distinct))
    groups = [distinct[len(distinct) * at // count : len(distinct) * (at + 1) // count] for at in range(count)]
    place = {value: at for at, group in enumerate(groups) for value in group}
    return {key: place.get(value) for key, value in values.items()}, [(group[0], group[-1]) for group in groups]
