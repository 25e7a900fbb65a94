"""Is the platform well? One cheap page for people, load balancers and containers, that never hangs.

Four parts, each told from the others' failures:

- database, redis: asked directly, with short time limits and outside the pools, which could be full;
- worker: its main loop writes a key every few seconds (signal `heartbeat_sent`);
- beat: writes a key itself each time it sends the heartbeat task (signal `after_task_publish`), so that a
  dead worker does not make it look dead.

The heartbeat task, run by a worker, closes the round: a worker whose main loop lives but that has finished no
task for ten minutes, while beat kept sending, is stuck.
"""

import contextlib
import os
import sys
import threading
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

WORKER, BEAT, ROUND = (f"parvis:health:{name}" for name in ("worker", "beat", "round"))
# Seconds after which silence means trouble: beat's comes every 10 s (settings), the worker's every 5.
SECONDS = {WORKER: 30, BEAT: 35, ROUND: 600}
LIMIT = 2
FRESH = 1  # a flood of requests asks the services once a second, not more


def healthz(request):
    """`{"status": "ok", "database": "ok", …}`: 200 when all is well, else 503. Nothing secret, no version."""
    from django.http import JsonResponse

    state = _latest()
    well = all(value == "ok" for value in state.values())
    body = {"status": "ok" if well else "down"} | state
    return JsonResponse(body, status=200 if well else 503, headers={"Cache-Control": "no-store"})


def beat_key(key):
    """Write that this part is alive. Never raises: health must not break what it watches."""
    with contextlib.suppress(redis.RedisError, OSError):
        client().set(key, int(time.time()), ex=SECONDS[key])


def client():
    from django.conf import settings

    return _client(settings.REDIS_URL)


def _client(url):
    limits = {"socket_timeout": LIMIT, "socket_connect_timeout": LIMIT}
    return redis.Redis.from_url(url, **limits, retry=Retry(NoBackoff(), 0))


# --- the four answers ----------------------------------------------------------------------------


def database():
    """`ok` if the database answers a new connection within the limit."""
    import psycopg

    try:
        with psycopg.connect(**connection_parameters()) as asked:
            asked.execute("SELECT 1")
    except psycopg.Error:
        return "down"
    return "ok"


def connection_parameters():
    """Django's own, for a plain connection that gives up soon."""
    from django.db import connection

    parameters = connection.get_connection_params()
    for django_only in ("pool", "cursor_factory", "context", "prepare_threshold"):
        parameters.pop(django_only, None)
    return parameters | {"connect_timeout": LIMIT}


def queue():
    """`redis`, `worker` and `beat`, in one exchange with Redis."""
    try:
        with contextlib.closing(client()) as asked:
            worker, beat, finished = asked.mget(WORKER, BEAT, ROUND)
    except (redis.RedisError, OSError):
        return {"redis": "down", "worker": "unknown", "beat": "unknown"}
    stuck = worker and beat and not finished
    return {
        "redis": "ok",
        "worker": "stuck" if stuck else "ok" if worker else "down",
        "beat": "ok" if beat else "down",
    }


class _Probe:
    """Asks in a thread of its own, one at a time: a service that hangs costs one thread and no request."""

    def __init__(self, ask, fallback):
        self.ask = ask
        self.fallback = fallback
        self.lock = threading.Lock()
        self.thread = None
        self.answer, self.answered = fallback, float("-inf")

    def latest(self):
        with self.lock:
            if time.monotonic() - self.answered < FRESH:
                return self.answer
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._run, daemon=True)
                self.thread.start()
            thread = self.thread
        thread.join(LIMIT + 1)
        return self.fallback if thread.is_alive() else self.answer

    def _run(self):
        try:
            answer = self.ask()
        except Exception:
            # Whatever it is, a health page must say it, not fall over it.
            answer = self.fallback
        self.answer, self.answered = answer, time.monotonic()


_database = _Probe(database, "down")
_queue = _Probe(queue, {"redis": "down", "worker": "unknown", "beat": "unknown"})


def _latest():
    return {"database": _database.latest()} | _queue.latest()


# --- for containers ---------------------------------------------------------------------------------


def main(part):
    """`python -m common.health web|beat`: exit code 0 when this container does its work."""
    if part == "beat":
        return 0 if _client(os.environ["REDIS_URL"]).get(BEAT) else 1
    import http.client
    import json

    # Straight to the server in this container, as if the proxy asked.
    hosts = os.environ.get("ALLOWED_HOSTS", "").split(",")
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=8)
    connection.request("GET", "/healthz", headers={"Host": hosts[0].lstrip(".") or "localhost"})
    state = json.loads(connection.getresponse().read())
    # A stopped worker is not the web server's illness: restarting this container would not heal it.
    return 0 if state["database"] == state["redis"] == "ok" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
