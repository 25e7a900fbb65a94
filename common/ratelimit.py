"""How often one caller may do one thing, counted in Redis over a sliding pair of windows."""

import math
import time

from django.core.cache import cache


def exceeded(key: str, *, limit: int, seconds: int) -> bool:
    """Count one act under `key`; True when it is more than `limit` within about `seconds`.

    Where Redis is away (common.cache) the act is allowed: a city's residents matter more than a limit.
    """
    return count(key, seconds=seconds) > limit


def count(key: str, *, seconds: int) -> int:
    """Count one act under `key` and return how many there were within about `seconds`, this one included.

    Two fixed windows weighted by time: close to a sliding log, at two keys a caller.
    """
    current, previous, share = _windows(key, seconds)
    cache.add(current, 0, timeout=2 * seconds)
    try:
        now = cache.incr(current)
    except ValueError:  # the key went between the two: at the limit of Redis's memory
        now = 1
    return now + _rest(previous, share)


def amount(key: str, *, seconds: int) -> int:
    """How many acts were counted under `key` within about `seconds`. Counts nothing itself."""
    current, previous, share = _windows(key, seconds)
    return (cache.get(current) or 0) + _rest(previous, share)


def _rest(previous: str, share: float) -> int:
    """What the window before still counts for: rounded up, or a limit reached would be free again where one begins."""
    return math.ceil((cache.get(previous) or 0) * (1 - share))


def _windows(key: str, seconds: int) -> tuple[str, str, float]:
    """The keys of this window and of the one before, and how much of this one has passed."""
    now = time.time()
    window = int(now // seconds)
    return f"rate:{key}:{window}", f"rate:{key}:{window - 1}", (now % seconds) / seconds
