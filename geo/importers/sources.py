"""Reading a vector file or address into plain columns. GDAL, through pyogrio, knows the formats.

For files and addresses that an administrator names on the machine itself: what a visitor sent is read by
geo.importers.uploads.
"""

import contextlib
import logging
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
from django.utils.translation import gettext as _

from geo.importers import ImportRefused, quoted, sandbox

log = logging.getLogger(__name__)
MAX_DOWNLOAD = 500_000_000  # bytes: the communes of France in full detail fit
TIMEOUT = 30  # seconds without an answer
# What a zip may carry; GDAL opens a zip by itself only where the layer lies at its root.
IN_ZIPS = {".shp", ".gpkg", ".geojson", ".json", ".fgb", ".gml", ".kml", ".tab", ".mif"}


@dataclass(frozen=True)
class Table:
    """What was read. `geometries` are WKB or None in `crs`: an authority code, WKT, or "" where the file has none."""

    crs: str
    columns: dict[str, np.ndarray]
    geometries: np.ndarray
    # The number of the first row, as a person counts: in a CSV the titles of the columns are line 1.
    first: int = 1

    def lines(self) -> range:
        """The number of each row."""
        return range(self.first, self.first + len(self))

    def __len__(self):
        return len(self.geometries)


def read(source: str, *, fields: list[str], layer: str = "", others: bool = False) -> Table:
    """The named fields (with `others` all of them) and the geometry of a file, zip or http(s) address.

    A CSV gives points from its columns lon and lat (or longitude, x…).

    Raises ImportRefused where it cannot be reached or read, where a field or the layer does not exist.
    """
    with local(source) as path, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            path, layer = _inside(path, layer)
            options = sandbox.csv_options(path) if Path(path).suffix.lower() == ".csv" else {}
            info = pyogrio.read_info(path, layer=layer, force_feature_count=True, **options)
            if not info["features"]:
                raise ImportRefused(_("The file is empty: it has no object."))
            check_fields(fields, list(info["fields"]))
            meta, _fids, geometries, values = pyogrio.raw.read(
                path, layer=layer, columns=None if others else fields, force_2d=True, **options
            )
        except (RuntimeError, ValueError, OSError, zipfile.BadZipFile) as error:
            log.warning("%s was not read: %s", source, error)
            raise ImportRefused(f"{source}: {unreadable(str(error))}") from error
    if geometries is None:
        geometries = np.full(len(values[0]), None, dtype=object)
    columns = dict(zip(meta["fields"], values, strict=True))
    return Table(meta["crs"] or "", columns, geometries, first_line(path))


def first_line(path: str) -> int:
    """The number of the first row of that file."""
    return 2 if path.lower().endswith(".csv") else 1


def unreadable(detail: str) -> str:
    """Why a file cannot be read, in people's words, from what GDAL says of it."""
    if any(ending in detail.lower() for ending in (".shx", ".dbf", ".prj")):
        return _(
            "This Shapefile is not whole: put its files .shp, .shx, .dbf and .prj together in a zip and send that."
        )
    return _(
        "This file cannot be read: it is damaged, was cut on its way, or is not in a format that is taken here. Open "
        "it in QGIS, save it as a GeoPackage and send that."
    )


def check_fields(wanted: list[str], present: list[str]) -> None:
    """Raises ImportRefused where the file lacks a wanted field."""
    if unknown := [name for name in wanted if name not in present]:
        raise ImportRefused(
            _("The file has no field %(unknown)s. Its fields: %(present)s.")
            % {"unknown": ", ".join(map(quoted, unknown)), "present": ", ".join(present) or _("none")}
        )


def _inside(path: str, layer: str) -> tuple[str, str]:
    """The path GDAL opens and the one layer to read."""
    if Path(path).suffix.lower() == ".zip":
        path, layer = _unzipped(path, layer)
    is_csv = Path(path).suffix.lower() == ".csv"
    names = [str(name) for name, geometry in pyogrio.list_layers(path) if geometry or is_csv]
    if layer in names:
        return path, layer
    if not layer and len(names) == 1:
        return path, names[0]
    if not names:
        raise ImportRefused(_("This file has no layer with a geometry."))
    raise _which(layer, names)


def _unzipped(path: str, layer: str) -> tuple[str, str]:
    """The file inside a zip, also in a folder of it; `layer` may choose it by its name without the ending."""
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if Path(name).suffix.lower() in IN_ZIPS]
    named = [name for name in members if Path(name).stem == layer]
    chosen = named or members
    if len(chosen) > 1:
        raise _which(layer, [Path(name).stem for name in members])
    if not chosen:
        return f"/vsizip/{path}", layer
    return f"/vsizip/{path}/{chosen[0]}", layer


def _which(layer: str, names: list[str]) -> ImportRefused:
    said = _("There is no layer “%(layer)s”.") % {"layer": layer} if layer else _("The file has several layers.")
    return ImportRefused(
        _("%(said)s Choose one: %(names)s.") % {"said": said, "names": ", ".join(sorted(names))}, "layer"
    )


@contextlib.contextmanager
def local(source: str) -> Iterator[str]:
    """A path on this machine: the source itself, or what was downloaded, for as long as the block lasts."""
    if not source.lower().startswith(("http://", "https://")):
        if not Path(source).exists():
            raise ImportRefused(_("There is no such file: %(source)s.") % {"source": source})
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="parvis-import-") as folder:
        yield str(_download(source, Path(folder)))


def _download(url: str, folder: Path) -> Path:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 - http(s) only, see local
            name = answer.headers.get_filename() or urllib.parse.urlsplit(url).path
            path = folder / (Path(name).name or "source")
            size = 0
            with path.open("wb") as file:
                while block := answer.read(1 << 20):
                    size += len(block)
                    if size > MAX_DOWNLOAD:
                        raise ImportRefused(
                            _("This file is larger than %(size)d MB: download it and give its path.")
                            % {"size": MAX_DOWNLOAD // 1_000_000}
                        )
                    file.write(block)
    except urllib.error.HTTPError as error:
        raise ImportRefused(
            _("%(url)s answers with the error %(status)d.") % {"url": url, "status": error.code}
        ) from error
    except (OSError, ValueError) as error:
        raise ImportRefused(
            _("%(url)s cannot be reached: check the address and the network, or give a file (%(error)s).")
            % {"url": url, "error": getattr(error, "reason", error)}
        ) from error
    # An address often has no ending, and GDAL knows a zip only by its name.
    if path.suffix.lower() in ("", ".shp") and zipfile.is_zipfile(path):
        path = path.rename(path.with_suffix(".zip"))
    return path
