"""Where the task queues are."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from redis.connection import parse_url


def broker_url(redis_url):
    """Celery's address of the Redis database after this one, so that emptying the cache leaves the queues alone.

    >>> broker_url("redis://redis:6379/0")
    'redis://redis:6379/1'
    """
    number = parse_url(redis_url).get("db", 0) + 1
    url = urlsplit(redis_url)
    query = [(name, value) for name, value in parse_qsl(url.query) if name != "db"]
    if url.scheme == "unix":
        query.append(("virtual_host", number))
        return f"redis+socket://{url.netloc}{url.path}?{urlencode(query)}"
    return url._replace(path=f"/{number}", query=urlencode(query)).geturl()
