"""How often one caller may do one thing, counted in Redis over a sliding pair of windows."""

import time

from django.core.cache import cache


def exceeded(key: str, *, limit: int, seconds: int) -> bool:
    """Count one act under `key`; True when it is more than `limit` within about `seconds`.

    Two fixed windows weighted by time: close to a sliding log, at two keys a caller. Where Redis is away
    (common.cache) the act is allowed: a city's residents matter more than a limit.
    """
    now = time.time()
    window, share = int(now // seconds), (now % seconds) / seconds
    current, previous = f"rate:{key}:{window}", f"rate:{key}:{window - 1}"
    cache.add(current, 0, timeout=2 * seconds)
    try:
        count = cache.incr(current)
    except ValueError:  # the key went between the two: at the limit of Redis's memory
        count = 1
    return count + (cache.get(previous) or 0) * (1 - share) > limit
