"""pygeoapi and tipg, each in its own server, on a table made for them: no joins, a primary key, a spatial index."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.db.models import F

from alerts.layers import ALERTS
from benchmarks import server

LOCK = Path(__file__).parent.parent / "requirements" / "bench.txt"
SCHEMA, TABLE = "bench", "alerts"
LIMIT = 10_000


def environment() -> Path:
    """A virtual environment of their own with requirements/bench.txt, made once; gives its folder of programs."""
    home = Path(settings.DATA_DIR) / "others"
    stamp = home / "lock.txt"
    if not (stamp.exists() and stamp.read_bytes() == LOCK.read_bytes()):
        print("Installing pygeoapi and tipg in an environment of their own…", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        pip = [home / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        subprocess.run([*pip, "--require-hashes", "-r", LOCK], check=True)
        stamp.write_bytes(LOCK.read_bytes())
    return home / "bin"


def table() -> int:
    """Copy what the layer of alerts shows everybody into a table of plain columns; gives the number of rows."""
    from django.contrib.auth.models import AnonymousUser

    fields = {f"of_{one.name}": one.expression for one in ALERTS.fields}
    rows = ALERTS.queryset(AnonymousUser()).order_by().values(of_id=F("pk"), of_geom=F("point"), **fields)
    sql, parameters = rows.query.sql_with_params()
    columns = ", ".join(f"{name} AS {name.removeprefix('of_')}" for name in ("of_id", "of_geom", *fields))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        cursor.execute(f"CREATE TABLE {SCHEMA}.{TABLE} AS SELECT {columns} FROM ({sql}) r ORDER BY 1", parameters)
        cursor.execute(f"ALTER TABLE {SCHEMA}.{TABLE} ADD PRIMARY KEY (id)")
        cursor.execute(f"CREATE INDEX ON {SCHEMA}.{TABLE} USING gist (geom)")
        cursor.execute(f"ALTER TABLE {SCHEMA}.{TABLE} ALTER geom TYPE geometry(Point, 4326)")
        cursor.execute(f"SELECT count(*) FROM {SCHEMA}.{TABLE}")
        (count,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {SCHEMA}.{TABLE}")
    return count


@contextmanager
def tipg(workers: int = 1, tile: int = 10**7):
    """Its server; `tile` is the most features in a tile, by default all of them. Gives (client, collection)."""
    env = {
        "DATABASE_URL": _url(),
        "TIPG_DB_SCHEMAS": json.dumps([SCHEMA]),
        "TIPG_MAX_FEATURES_PER_QUERY": str(LIMIT),
        "TIPG_MAX_FEATURES_PER_TILE": str(tile),
        "TIPG_DB_DATETIME_EXTENT": "false",
    }
    command = [environment() / "uvicorn", "tipg.main:app", "--log-level", "error", "--workers", str(workers)]
    path = f"/collections/{SCHEMA}.{TABLE}"
    with server.started([str(one) for one in command], os.environ | env, path) as client:
        yield client, path


@contextmanager
def pygeoapi(folder: Path, workers: int = 1):
    """Its server, with its files in `folder`. Gives (client, collection)."""
    config, described = folder / "pygeoapi.json", folder / "openapi.json"
    config.write_text(json.dumps(_pygeoapi_config()))
    env = os.environ | {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(described)}
    programs = environment()
    generate = [programs / "pygeoapi", "openapi", "generate", config, "--format", "json", "--output-file", described]
    subprocess.run(generate, check=True, env=env, stdout=subprocess.DEVNULL)
    command = [programs / "uvicorn", "pygeoapi.starlette_app:APP", "--log-level", "error", "--workers", str(workers)]
    path = f"/collections/{TABLE}"
    with server.started([str(one) for one in command], env, path) as client:
        yield client, path


def _database() -> dict:
    own = connection.get_connection_params()
    return {
        "host": own.get("host") or "localhost",
        "port": int(own.get("port") or 5432),
        "dbname": own["dbname"],
        "user": own["user"],
        "password": own.get("password") or "none",
    }


def _url() -> str:
    """As asyncpg reads it; a socket's folder stands quoted in the place of the host."""
    own = {name: quote(str(value), safe="") for name, value in _database().items()}
    return "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**own)


def _pygeoapi_config() -> dict:
    text = {"en": "bench"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 5000},
            "url": "http://127.0.0.1:5000",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": LIMIT},
            "map": {"url": "https://localhost/{z}/{x}/{y}.png", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": text,
                "description": text,
                "keywords": {"en": ["bench"]},
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": "https://localhost",
            },
            "license": {"name": "none", "url": "https://localhost"},
            "provider": {"name": "bench", "url": "https://localhost"},
            "contact": {"name": "bench", "email": "bench@localhost", "url": "https://localhost"},
        },
        "resources": {
            TABLE: {
                "type": "collection",
                "title": text,
                "description": text,
                "keywords": {"en": ["bench"]},
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
                "providers": [
                    {
                        "type": "feature",
                        "name": "PostgreSQL",
                        "data": _database() | {"search_path": [SCHEMA, "public"]},
                        "id_field": "id",
                        "table": TABLE,
                        "geom_field": "geom",
                    }
                ],
            }
        },
    }
