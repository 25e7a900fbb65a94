"""Rows of a layer as Arrow batches: the database reprojects and encodes, Python only moves columns.

COPY sends the rows as CSV, pyarrow parses it: no object is made for a value, and a few megabytes are in memory.
"""

import binascii
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.contrib.gis.db.models.functions import Transform
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import F, FloatField, Func, QuerySet, TextField, Value
from pyarrow import csv

from geo.crs import BY_SRID
from geo.exports.formats import Format
from geo.layers import Layer

CHUNK = 2 * 1024 * 1024  # bytes of CSV that are parsed at once
GEOMETRY = "geometry"
ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("ms", tz="UTC"),
}
# The database writes microseconds.
READ = ARROW | {"datetime": pa.timestamp("us", tz="UTC")}
POINTS = ("POINT",)


@dataclass(frozen=True)
class Column:
    """A column of the answer: its name in the file, what the database computes, its type in Arrow."""

    name: str
    source: object
    read: pa.DataType
    field: pa.Field


def batches(layer: Layer, rows: QuerySet, srid: int, form: Format) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """The schema of `rows` in that format, and their batches; they are read while one asks for them.

    Geometry is WKB in EPSG:`srid` (of crs.EXPORTED), told to GDAL as GeoArrow's extension type, or for text: the
    columns x and y (lon and lat in degrees) of points, `wkt` of anything else.
    """
    columns = [*(() if form.bare else _fields(layer, form.words)), *_place(layer, rows, srid, form)]
    schema = pa.schema([column.field for column in columns])
    return schema, _read(rows, columns, schema)


def _fields(layer: Layer, words: bool) -> Iterator[Column]:
    for one in layer.fields:
        text = words and one.type in ("date", "datetime")
        yield Column(
            one.name, one.expression, READ[one.type], pa.field(one.name, pa.string() if text else ARROW[one.type])
        )


def _place(layer: Layer, rows: QuerySet, srid: int, form: Format) -> Iterator[Column]:
    system = BY_SRID[srid]
    known = system.computed_as or srid
    place = F(layer.geometry) if known == 4326 else Transform(layer.geometry, known)
    if form.coordinates == "wkb":
        source = Func(
            place,
            Value("NDR"),
            function="ST_AsBinary",
            template="encode(%(function)s(%(expressions)s), 'hex')",
            output_field=TextField(),
        )
        metadata = {"ARROW:extension:name": "geoarrow.wkb"}
        yield Column(GEOMETRY, source, pa.string(), pa.field(GEOMETRY, pa.binary(), metadata=metadata))
    elif layer.type_of(rows) in POINTS:
        for name, function in zip(
            ("lon", "lat") if system.decimals > 3 else ("x", "y"), ("ST_X", "ST_Y"), strict=True
        ):
            template = f"round(%(function)s(%(expressions)s)::numeric, {system.decimals})"
            source = Func(place, function=function, template=template, output_field=FloatField())
            yield Column(name, source, pa.float64(), pa.field(name, pa.float64()))
    else:
        source = Func(place, Value(system.decimals), function="ST_AsText", output_field=TextField())
        yield Column("wkt", source, pa.string(), pa.field("wkt", pa.string()))


def _read(rows: QuerySet, columns: list[Column], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    names = [column.name for column in columns]
    reading = {
        "read_options": csv.ReadOptions(column_names=names, block_size=2 * CHUNK),
        "parse_options": csv.ParseOptions(newlines_in_values=True),
        "convert_options": csv.ConvertOptions(
            column_types={column.name: column.read for column in columns},
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            # COPY quotes an empty text and writes nothing for none.
            quoted_strings_can_be_null=False,
        ),
    }
    for chunk in _copied(rows, columns):
        table = csv.read_csv(pa.BufferReader(chunk), **reading)
        arrays = [_as(table[field.name].combine_chunks(), field.type) for field in schema]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _copied(rows: QuerySet, columns: list[Column]) -> Iterator[bytes]:
    """What COPY sends, in pieces of whole rows."""
    # Prefixed, so that a property may bear the name of a column it does not come from.
    chosen = {f"out_{column.name}": column.source for column in columns}
    try:
        sql, parameters = rows.order_by("pk").annotate(**chosen).values_list(*chosen).query.sql_with_params()
    except EmptyResultSet:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # A file takes as long as it takes, unlike a page.
        cursor.execute("SET LOCAL statement_timeout TO 0")
        query = cursor.cursor.mogrify(sql, parameters)
        pieces, size = [], 0
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT CSV)") as copy:
            for row in copy:
                pieces.append(row)
                size += len(row)
                if size >= CHUNK:
                    yield b"".join(pieces)
                    pieces, size = [], 0
        if pieces:
            yield b"".join(pieces)


def _as(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    """`array` as it leaves: hexadecimal as bytes, moments in UTC to the millisecond or in words (ISO 8601)."""
    if pa.types.is_binary(wanted):
        return _unhexed(array)
    if pa.types.is_string(wanted) and pa.types.is_timestamp(array.type):
        seconds = pc.cast(pc.floor_temporal(array, unit="second"), pa.timestamp("s", tz="UTC"))
        return pc.strftime(pc.cast(seconds, pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%SZ")
    return array if array.type == wanted else pc.cast(array, wanted, safe=False)


def _unhexed(array: pa.StringArray) -> pa.BinaryArray:
    """The bytes of hexadecimal texts, all at once: half as long, in the same places."""
    _validity, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int32, len(array) + 1, 4 * array.offset) if len(array) else np.zeros(1, np.int32)
    content = binascii.unhexlify(memoryview(data)[ends[0] : ends[-1]]) if data else b""
    halves = ((ends - ends[0]) // 2).astype(np.int32)
    return pa.Array.from_buffers(pa.binary(), len(array), [None, pa.py_buffer(halves), pa.py_buffer(content)])
