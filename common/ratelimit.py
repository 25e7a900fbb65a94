"""How often one caller may do one thing, counted in Redis over a sliding pair of windows."""

import logging
import time

from django.core.cache import cache

log = logging.getLogger(__name__)


def exceeded(key: str, *, limit: int, seconds: int) -> bool:
    """Count one act under `key`; True when it is more than `limit` within about `seconds`.

    Two fixed windows weighted by time: close to a sliding log, at two keys a caller. Where Redis is away
    the act is allowed: a city's residents matter more than a limit.
    """
    now = time.time()
    window, share = int(now // seconds), (now % seconds) / seconds
    current, previous = f"rate:{key}:{window}", f"rate:{key}:{window - 1}"
    try:
        cache.add(current, 0, timeout=2 * seconds)
        count = cache.incr(current)
        return count + (cache.get(previous) or 0) * (1 - share) > limit
    except Exception:
        log.exception("rate limit %s not counted", key)
        return False
