"""Run by .venv's Python, unlike the rest of this package: does the service at this URL answer?"""

import os
import sys

# As a script, this folder would come first, and our own redis.py before the library.
sys.path.pop(0)


def database(url):
    import environ
    import psycopg

    given = environ.Env.db_url_config(url)
    names = {"HOST": "host", "PORT": "port", "NAME": "dbname", "USER": "user", "PASSWORD": "password"}
    options = {ours: given[theirs] for theirs, ours in names.items() if given.get(theirs)}
    options |= given.get("OPTIONS", {}) | {"connect_timeout": 5}
    with psycopg.connect(**options) as connection:
        query = "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'"
        if not connection.execute(query).fetchone()[0]:
            sys.exit("PostGIS n'est pas installé sur ce serveur")


def redis(url):
    import redis as client

    client.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5).ping()


if __name__ == "__main__":
    name = sys.argv[1]
    try:
        {"DATABASE_URL": database, "REDIS_URL": redis}[name](os.environ[name])
    except Exception as error:
        # The last line says it; the traceback would only hide it.
        sys.exit(" ".join(str(error).split()) or type(error).__name__)
