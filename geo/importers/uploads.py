"""Reading what a visitor sent: never in this process, never with a driver that opens other files or addresses.

A process of its own (geo.importers.sandbox) does it, with limits of time and memory, an environment without secrets
and a network that leads nowhere.
"""

import functools
import json
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyogrio
from django.conf import settings
from django.utils.translation import gettext as _

from geo.importers import ImportRefused, sandbox
from geo.importers.sources import Table, check_fields, first_line, unreadable

log = logging.getLogger(__name__)
ENDINGS = (".zip", *sandbox.ENDINGS)
SECONDS = 120
MEMORY = 4_000_000_000  # of addresses, much of which is never touched
# Bytes of all rows: who asked for them holds them several times over.
ROWS = 250_000_000
MAX_ROWS = 500_000
# A zip may unpack to so many times what may be sent.
UNPACKED = 10
DEAD = "http://127.0.0.1:9"


def describe(path: Path) -> list[dict]:
    """The layers of the file that have a geometry: {member, name, rows, geometry, crs, fields: [{name, samples}]}.

    Raises ImportRefused.
    """
    layers = _ask(path, act="describe", unpacked=UNPACKED * settings.IMPORT_MAX_BYTES)["layers"]
    if not layers:
        raise ImportRefused(_said("no_layer", ""))
    return layers


def reader(member: str):
    """A `read` for the importers: like sources.read, of an uploaded file or of that member of an uploaded zip."""
    return functools.partial(_read, member)


def _read(member: str, source: str, *, fields: list[str], layer: str = "", others: bool = False) -> Table:
    path = Path(source)
    with tempfile.TemporaryDirectory(prefix="parvis-import-") as folder:
        out = Path(folder) / "rows.arrow"
        columns = None if others else fields
        answer = _ask(path, act="read", member=member, layer=layer, columns=columns, rows=MAX_ROWS, out=str(out))
        check_fields(fields, answer["fields"])
        table = pyarrow.feather.read_table(out, memory_map=False)
    if not len(table):
        raise ImportRefused(_("The file is empty: it has no object."))
    shapes, *values = table.columns
    columns = {name: _column(one) for name, one in zip(answer["fields"], values, strict=True)}
    return Table(answer["crs"], columns, np.array(shapes.to_pylist(), dtype=object), first_line(member or source))


def _column(column: pa.ChunkedArray) -> np.ndarray:
    # Whole numbers among which some are missing would become floats.
    if column.null_count:
        return np.array(column.to_pylist(), dtype=object)
    return column.to_numpy()


def _ask(path: Path, **request) -> dict:
    """The sandbox's answer. Raises ImportRefused."""
    request |= {"path": str(path), "seconds": SECONDS, "memory": MEMORY, "disk": ROWS}
    try:
        done = subprocess.run(  # noqa: S603 - our own file, and nothing of the visitor's in the arguments
            [sys.executable, "-I", sandbox.__file__],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=SECONDS * 1.5,
            env=_environment(),
            cwd=path.parent,
        )
    except subprocess.TimeoutExpired as error:
        raise ImportRefused(_said("slow", "")) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        log.warning(
            "reading an upload ended with %d: %s", done.returncode, done.stderr.decode(errors="replace")[-500:]
        )
        answer = {"problem": "slow" if done.returncode in (-24, -9) else "crashed", "detail": ""}
    if code := answer.get("problem"):
        log.warning("an upload was not read: %s %s", code, answer["detail"])
        raise ImportRefused(_said(code, answer["detail"]))
    return answer


@functools.cache
def _environment() -> dict[str, str]:
    """GDAL with a few drivers, no network, no other file than the one named."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "OGR_SKIP": ",".join(sorted(set(pyogrio.list_drivers()) - sandbox.DRIVERS)),
        "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
        "CPL_VSIL_CURL_ALLOWED_FILENAME": "/nothing",
        "GDAL_HTTP_PROXY": DEAD,
        "GDAL_HTTPS_PROXY": DEAD,
        "http_proxy": DEAD,
        "https_proxy": DEAD,
        "ALL_PROXY": DEAD,
        "GML_DOWNLOAD_SCHEMA": "NO",
        "GML_SKIP_RESOLVE_ELEMS": "ALL",
        "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
        "SPATIALITE_SECURITY": "strict",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _said(code: str, detail: str) -> str:
    match code:
        case "bomb":
            return _("This zip unpacks to far more than may be sent: send the layer alone, as a GeoPackage.")
        case "encrypted":
            return _("This zip has a password: send it without one.")
        case "empty_zip":
            return _(
                "This zip holds no file with a layer: a Shapefile (.shp, .dbf, .shx and .prj together), a GeoPackage, "
                "GeoJSON, FlatGeobuf, KML, GML or CSV."
            )
        case "no_layer":
            return _("This file has no layer with a geometry. A table (CSV) needs columns lon and lat.")
        case "too_many":
            return _("This layer has %(count)s rows, and at most %(most)d are taken: cut it in parts.") % {
                "count": detail,
                "most": MAX_ROWS,
            }
        case "too_large":
            return _(
                "The rows of this layer hold more than %(most)s MB of texts and outlines: leave out long columns, "
                "simplify the outlines, or cut it in parts."
            ) % {"most": detail}
        case "slow" | "memory":
            return _("This file takes too much time or memory to read: simplify it, or send it as a GeoPackage.")
        case "unreadable":
            return unreadable(detail)
        case _:
            return _("This file could not be read: save it as a GeoPackage in QGIS and send that.")
