"""The cache as what it is: something we can do without."""

import logging
import time

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
# Seconds during which an absent Redis is not asked again: a visitor waits for it once, not at every key.
REST = 5


class ForgivingRedisCache(RedisCache):
    """Redis, or nothing where Redis is away: reads find nothing, writes are dropped, and the log says so."""

    _resting_until = 0.0

    def _ask(self, name, default, *args, **kwargs):
        if time.monotonic() < ForgivingRedisCache._resting_until:
            return default
        try:
            return getattr(super(), name)(*args, **kwargs)
        except RedisError:
            ForgivingRedisCache._resting_until = time.monotonic() + REST
            log.warning("Redis is away: the cache is off for %d s", REST, exc_info=True)
            return default

    def add(self, *args, **kwargs):
        return self._ask("add", True, *args, **kwargs)

    def get(self, key, default=None, version=None):
        return self._ask("get", default, key, default, version)

    def set(self, *args, **kwargs):
        return self._ask("set", None, *args, **kwargs)

    def touch(self, *args, **kwargs):
        return self._ask("touch", False, *args, **kwargs)

    def delete(self, *args, **kwargs):
        return self._ask("delete", False, *args, **kwargs)

    def get_many(self, *args, **kwargs):
        return self._ask("get_many", {}, *args, **kwargs)

    def set_many(self, data, *args, **kwargs):
        return self._ask("set_many", list(data), data, *args, **kwargs)

    def has_key(self, *args, **kwargs):
        return self._ask("has_key", False, *args, **kwargs)

    def incr(self, *args, **kwargs):
        return self._ask("incr", 1, *args, **kwargs)
