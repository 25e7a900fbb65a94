"""Rows of layers as a file of any of our formats: batches go to GDAL, or to pyarrow for GeoParquet and CSV."""

import io
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
from django.db.models import QuerySet
from pyarrow import csv

from common import spreadsheets
from geo.exports import parquet
from geo.exports.formats import FORMATS, Format
from geo.exports.rows import GEOMETRY, batches
from geo.layers import Layer

# A file of ours is new and is thrown away where its making fails: it needs no journal.
pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_SQLITE_JOURNAL": "OFF"})
# GDAL's names of the types of geometry fields.
TYPES = {"POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon"}
TYPES |= {f"MULTI{upper}": f"Multi{one}" for upper, one in TYPES.items()}
SHAPEFILE_NAME = 10  # characters of a field's name
# What a spreadsheet might run begins like this (common.spreadsheets has the last word).
SUSPECT = r"^'*[=+\-@\t\r]"


def write(
    layer: Layer,
    rows: QuerySet,
    path: Path,
    format_name: str,
    srid: int,
    *,
    progress: Callable[[int], object] = lambda count: None,
) -> int:
    """Write `rows` to `path` in that format (a key of FORMATS) and EPSG system; returns the number of rows written.

    `progress(count)` is called with the rows read so far. In a GeoPackage that is there the layer joins the others.
    """
    form = FORMATS[format_name]
    schema, read = batches(layer, rows, srid, form)
    counter = _Counter(progress)
    counted = counter.count(read)
    if form.name == "parquet":
        parquet.write(path, schema, counted, srid, TYPES.get(layer.type_of(rows)))
    elif form.streams:
        with path.open("wb") as file:
            file.writelines(_pieces(layer, rows, srid, schema, counted, form))
    elif form.name == "shp":
        _shapefile(layer, rows, path, srid, schema, counted, form)
    else:
        _gdal(layer, rows, path, srid, schema, counted, form)
    return counter.rows


def stream(layer: Layer, rows: QuerySet, format_name: str, srid: int) -> Iterator[bytes]:
    """The file in pieces, made as rows are read, in a format that streams; what the database raises comes out."""
    form = FORMATS[format_name]
    schema, read = batches(layer, rows, srid, form)
    return _pieces(layer, rows, srid, schema, read, form)


def _pieces(layer, rows, srid, schema, read, form: Format) -> Iterator[bytes]:
    return _csv(schema, read) if form.name == "csv" else _lines(layer, rows, srid, schema, read, form)


class _Counter:
    def __init__(self, progress: Callable[[int], object]):
        self.rows, self.progress = 0, progress

    def count(self, read: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in read:
            self.rows += batch.num_rows
            self.progress(self.rows)
            yield batch


def _gdal(layer, rows, target, srid, schema, read, form: Format) -> None:
    described = {"DESCRIPTION": str(layer.description), "IDENTIFIER": str(layer.title)} if form.many else {}
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, read),
        target,
        layer=layer.name,
        driver=form.driver,
        geometry_name=GEOMETRY,
        geometry_type=TYPES.get(layer.type_of(rows), "Unknown"),
        crs=f"EPSG:{srid}",
        **described,
        **dict(form.options),
    )


def _shapefile(layer, rows, path: Path, srid, schema: pa.Schema, read, form: Format) -> None:
    """The parts beside `path`, then all of them in one archive, written from the disk to the disk."""
    names = short_names(schema.names)
    short = pa.schema([field.with_name(name) for field, name in zip(schema, names, strict=True)])
    renamed = (pa.RecordBatch.from_arrays(batch.columns, schema=short) for batch in read)
    folder = path.with_name(f"{path.name}.parts")
    shutil.rmtree(folder, ignore_errors=True)  # of a worker that died
    folder.mkdir()
    _gdal(layer, rows, folder / f"{layer.name}.shp", srid, short, renamed, form)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)
            part.unlink()
    folder.rmdir()


def short_names(names: Iterable[str]) -> list[str]:
    """Names of at most ten characters, each once whatever its case; the geometry's stays."""
    taken: list[str] = []
    for name in names:
        short, number = name[:SHAPEFILE_NAME], 1
        while name != GEOMETRY and short.lower() in taken:
            number += 1
            short = f"{name[: SHAPEFILE_NAME - len(str(number)) - 1]}_{number}"
        taken.append(short.lower() if name != GEOMETRY else name)
    return taken


def _csv(schema: pa.Schema, read: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    yield (",".join(f'"{name}"' for name in schema.names) + "\n").encode()
    for batch in read:
        sink = pa.BufferOutputStream()
        columns = [_harmless(column) if pa.types.is_string(column.type) else column for column in batch.columns]
        table = pa.RecordBatch.from_arrays(columns, schema=schema)
        csv.write_csv(table, sink, csv.WriteOptions(include_header=False))
        yield sink.getvalue().to_pybytes()


def _harmless(column: pa.Array) -> pa.Array:
    suspect = pc.fill_null(pc.match_substring_regex(column, SUSPECT), False)
    if not pc.any(suspect).as_py():
        return column
    safe = [spreadsheets.harmless(value) for value in column.filter(suspect).to_pylist()]
    return pc.replace_with_mask(column, suspect, pa.array(safe, pa.string()))


def _lines(layer, rows, srid, schema, read, form: Format) -> Iterator[bytes]:
    """Each batch as GDAL writes it: lines that follow each other in any number."""
    for batch in read:
        lines = io.BytesIO()
        _gdal(layer, rows, lines, srid, schema, [batch], form)
        yield lines.getvalue()
