"""Files of all public layers as of one moment: written beside the present ones, swapped whole, yesterday's kept.

A snapshot is a folder of settings.OPENDATA_ROOT named by its moment, with the files and `manifest.json`:
{"made": ISO moment, "layers": {name: {"rows", "issued", "modified", "bbox", "since", "files": {format: {"size",
"sha256", "srid"}}}}}.
"""

import datetime as dt
import hashlib
import json
import logging
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db.models import Extent
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from geo import layers
from geo.exports import locks, writers
from geo.layers import Layer

log = logging.getLogger(__name__)
# Format of each file and the system it is in.
FILES = {"gpkg": 2154, "geojson": 4326, "csv": 4326}
KEPT = 2
# Of the night, local time.
AT = dt.time(2, 40)
MANIFEST = "manifest.json"
BEGUN = "new-"
ABANDONED = 24 * 3600  # seconds after which an unfinished one is nobody's


def is_due(now: dt.datetime | None = None) -> bool:
    """Whether there is none, or none since the last time that AT struck: a missed night is caught up by day."""
    now = timezone.localtime(now)
    struck = now.replace(hour=AT.hour, minute=AT.minute, second=0, microsecond=0)
    if struck > now:
        struck -= dt.timedelta(days=1)
    last = manifest()
    return last is None or dt.datetime.fromisoformat(last["made"]) < struck


def make_due(now: dt.datetime | None = None) -> Path | None:
    """Write a snapshot where one is due, and nobody else is at it; returns its folder."""
    if not is_due(now):
        return None
    with locks.alone("snapshot") as mine:
        # Somebody else may have just finished one.
        return make() if mine and is_due(now) else None


def make() -> Path:
    """Write a snapshot of today; returns its folder. Two at once each write their own, and the later one counts."""
    root = Path(settings.OPENDATA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    before = manifest() or {"layers": {}}
    made = timezone.now()
    folder = Path(tempfile.mkdtemp(prefix=BEGUN, dir=root))
    try:
        with one_moment():
            found = {
                layer.name: _write(layer, folder, made.isoformat(), before["layers"].get(layer.name))
                for layer in layers.open_to(AnonymousUser())
            }
        (folder / MANIFEST).write_text(json.dumps({"made": made.isoformat(), "layers": found}), encoding="utf-8")
        folder.chmod(0o755)
        finished = folder.rename(root / made.strftime("%Y%m%dT%H%M%S%fZ"))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _tidy(root)
    log.info("snapshot %s: %d layers", finished.name, len(found))
    return finished


def current() -> Path | None:
    """The folder of the newest whole snapshot."""
    return next(iter(_finished(Path(settings.OPENDATA_ROOT))), None)


def on(day: str) -> Path | None:
    """The newest whole snapshot of that day (YYYYMMDD)."""
    found = _finished(Path(settings.OPENDATA_ROOT))
    return next((folder for folder in found if folder.name.startswith(f"{day}T")), None)


def manifest(folder: Path | None = None) -> dict | None:
    """What the snapshot (the current one) holds, or None where there is none."""
    folder = folder or current()
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8")) if folder else None
    except FileNotFoundError:  # tidied away in between
        return None


def listed() -> dict | None:
    """The current snapshot for a page: {"made": datetime, "layers": [{"layer", "files": [{format, title, size}]}]}."""
    held = manifest()
    if held is None:
        return None
    shown = [one for one in layers.open_to(AnonymousUser()) if one.name in held["layers"]]
    return {
        "made": dt.datetime.fromisoformat(held["made"]),
        "layers": [
            {
                "layer": one,
                "files": [
                    {"format": name, "title": writers.FORMATS[name].title, "size": file["size"]}
                    for name, file in held["layers"][one.name]["files"].items()
                ],
            }
            for one in shown
        ],
    }


@contextmanager
def one_moment():
    """All queries inside see the rows that were there at the first one; in a transaction already begun, its own."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _write(layer: Layer, folder: Path, made: str, before: dict | None) -> dict:
    rows = layer.queryset(AnonymousUser())
    files, count = {}, 0
    for file_format, srid in FILES.items():
        path = folder / f"{layer.name}.{file_format}"
        count = writers.write(layer, rows, path, file_format, srid)
        with path.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        files[file_format] = {"size": path.stat().st_size, "sha256": checksum, "srid": srid}
    same = before and before["files"]["geojson"]["sha256"] == files["geojson"]["sha256"]
    since = layer.moment and rows.aggregate(first=Min(layer.moment))["first"]
    return {
        "rows": count,
        "issued": before["issued"] if before else made,
        "modified": before["modified"] if same else made,
        "bbox": rows.aggregate(box=Extent(layer.geometry))["box"],
        "since": since.isoformat() if since else None,
        "files": files,
    }


def _finished(root: Path) -> list[Path]:
    """Whole snapshots, the newest first."""
    found = root.iterdir() if root.is_dir() else ()
    return sorted((one for one in found if one.name[:1].isdigit() and one.is_dir()), reverse=True)


def _tidy(root: Path) -> None:
    for folder in _finished(root)[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)
    for folder in root.glob(f"{BEGUN}*"):
        if time.time() - folder.stat().st_mtime > ABANDONED:
            shutil.rmtree(folder, ignore_errors=True)
