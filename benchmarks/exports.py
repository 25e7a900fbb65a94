"""1,000,000 alerts as a GeoPackage: our worker's way against ogr2ogr from PostGIS, on the same rows and fields.

Each in a process of its own; of ours the peak memory is what the system counted for it.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict

from benchmarks import data
from benchmarks.report import Report, in_turn
from geo import layers
from geo.exports.wanted import Wanted, wanted

ROUNDS = 3
SRID = 2154
NAME = "alerts"
MAX_MB = 400


def run(report: Report) -> None:
    """Seconds of both, and the peak memory of ours, start of Python and of Django included."""
    data.prepare()
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as folder:
        ours, theirs = Path(folder) / "ours.gpkg", Path(folder) / "theirs.gpkg"
        sql = _sql()
        megabytes = []
        made = []

        def write_ours(_number):
            ours.unlink(missing_ok=True)
            command = [sys.executable, "-m", "benchmarks.export_once", str(ours)]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            made.append(float(said[0]))
            megabytes.append(int(said[1]) / 1024)

        def write_theirs(_number):
            theirs.unlink(missing_ok=True)
            subprocess.run(_ogr2ogr(theirs, sql), check=True, capture_output=True)

        if not shutil.which("ogr2ogr"):
            write_ours(0)
            print(f"ogr2ogr is not on this machine (gdal-bin): nothing to compare with; ours took {made[-1]:.1f} s")
        else:
            whole, other = map(statistics.median, in_turn(ROUNDS, write_ours, write_theirs))
            report.at_most(
                "GeoPackage of 1,000,000 alerts: seconds / those of ogr2ogr from PostGIS",
                statistics.median(made[1:]) / other,
                1.5,
                f"{statistics.median(made[1:]):.1f} s ({whole:.1f} s with the start of Django) / {other:.1f} s",
            )
            same = ours.stat().st_size / theirs.stat().st_size
            report.say(
                "GeoPackage of 1,000,000 alerts: size / that of ogr2ogr", same, f"{ours.stat().st_size:,} bytes"
            )
        report.at_most(
            "GeoPackage of 1,000,000 alerts: peak memory / 400 MB",
            max(megabytes) / MAX_MB,
            1,
            f"{max(megabytes):.0f} MB",
        )


def asked() -> tuple[Wanted, list]:
    """What is exported, and its rows."""
    chosen = wanted(AnonymousUser(), NAME, "gpkg", QueryDict(f"crs=EPSG:{SRID}"))
    return chosen, chosen.select(AnonymousUser())


def _sql() -> str:
    """The same rows and fields, as a person would write them for ogr2ogr."""
    layer = layers.get(NAME)
    columns = {f"{one.name}_": one.expression for one in layer.fields}
    ((_layer, rows),) = asked()[1]
    query = rows.order_by().annotate(**columns).values_list(*columns, layer.geometry).query
    with connection.cursor() as cursor:
        return cursor.cursor.mogrify(*query.sql_with_params())


def _ogr2ogr(path: Path, sql: str) -> list[str]:
    given = connection.get_connection_params()
    names = {"dbname": "dbname", "host": "host", "port": "port", "user": "user", "password": "password"}
    source = "PG:" + " ".join(f"{name}='{given[key]}'" for key, name in names.items() if given.get(key))
    target = ["-f", "GPKG", str(path), source, "-t_srs", f"EPSG:{SRID}", "-nln", NAME, "-nlt", "POINT"]
    return ["ogr2ogr", *target, "-gt", "65536", "--config", "OGR_SQLITE_SYNCHRONOUS", "OFF", "-sql", sql]
