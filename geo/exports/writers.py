"""Rows of a layer as a file: a server-side cursor feeds Arrow batches to GDAL, a few thousand rows in memory.

The database reprojects and encodes; Python only moves columns.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyogrio
from django.contrib.gis.db.models.functions import AsWKB, Transform
from django.db.models import F, QuerySet

from common import spreadsheets
from geo import crs
from geo.layers import Layer

BATCH = 5000
GEOMETRY = "geometry"
ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("ms", tz="UTC"),
}


@dataclass(frozen=True)
class Format:
    """A file format: GDAL driver, media type, options for GDAL's layer, the one system it allows (None: any)."""

    driver: str
    media_type: str
    title: str
    options: tuple[tuple[str, str], ...] = ()
    only_srid: int | None = None


FORMATS = {
    "gpkg": Format("GPKG", "application/geopackage+sqlite3", "GeoPackage"),
    "geojson": Format("GeoJSON", "application/geo+json", "GeoJSON", (("RFC7946", "YES"),), only_srid=4326),
    "fgb": Format("FlatGeobuf", "application/flatgeobuf", "FlatGeobuf"),
    "csv": Format("CSV", "text/csv", "CSV", (("GEOMETRY", "AS_WKT"),)),
}
SRIDS = {system.srid: system.title for system in crs.SYSTEMS}


def write(layer: Layer, rows: QuerySet, path: Path, format_name: str, srid: int) -> int:
    """Write `rows` to `path` in that format and EPSG system; returns the number of rows written.

    `format_name` is a key of FORMATS and `srid` of SRIDS; GeoJSON is always EPSG:4326 (RFC 7946).
    """
    chosen = FORMATS[format_name]
    counter = _Counter()
    schema = pa.schema([*(pa.field(one.name, ARROW[one.type]) for one in layer.fields), _geometry_field()])
    batches = _batches(layer, rows, srid, schema, harmless=chosen.driver == "CSV")
    reader = pa.RecordBatchReader.from_batches(schema, counter.count(batches))
    pyogrio.write_arrow(
        reader,
        path,
        layer=layer.name,
        driver=chosen.driver,
        geometry_name=GEOMETRY,
        geometry_type=_geometry_type(layer, rows),
        crs=f"EPSG:{srid}",
        **dict(chosen.options),
    )
    return counter.rows


class _Counter:
    rows = 0

    def count(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            self.rows += batch.num_rows
            yield batch


def _batches(layer: Layer, rows: QuerySet, srid: int, schema: pa.Schema, harmless: bool) -> Iterator[pa.RecordBatch]:
    place = F(layer.geometry) if srid == 4326 else Transform(layer.geometry, srid)
    # Prefixed, so that a property may bear the name of a column it does not come from.
    columns = {f"out_{one.name}": one.expression for one in layer.fields}
    columns["out_geometry"] = AsWKB(place)
    chosen = rows.order_by("pk").annotate(**columns).values_list(*columns)
    for some in batched(chosen.iterator(chunk_size=BATCH), BATCH):
        *values, geometries = zip(*some, strict=True)
        if harmless:
            values = [[spreadsheets.harmless(value) for value in column] for column in values]
        arrays = [pa.array(column, field.type) for column, field in zip(values, schema, strict=False)]
        arrays.append(pa.array([bytes(wkb) for wkb in geometries], schema.field(GEOMETRY).type))
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def batched(rows: Iterable, size: int) -> Iterator[list]:
    """Lists of `size` rows, the last one shorter (itertools.batched comes with Python 3.12)."""
    rows = iter(rows)
    while some := list(islice(rows, size)):
        yield some


def _geometry_field() -> pa.Field:
    """WKB, told to GDAL as GeoArrow's extension type."""
    return pa.field(GEOMETRY, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})


def _geometry_type(layer: Layer, rows: QuerySet) -> str:
    """GDAL's name of the type of the layer's geometry field: Point, MultiPolygon, …; Unknown where mixed."""
    name = rows.model._meta.get_field(layer.geometry).geom_type
    names = {one.upper(): one for one in ("Point", "LineString", "Polygon")}
    names |= {f"MULTI{upper}": f"Multi{one}" for upper, one in names.items()}
    return names.get(name, "Unknown")
