"""GeoParquet 1.1 by pyarrow: row groups as they come, and the `geo` metadata once all is known.

https://geoparquet.org/releases/v1.1.0/
"""

import ctypes
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from django.contrib.gis.gdal import SpatialReference
from django.contrib.gis.gdal.libgdal import lgdal
from pyarrow.parquet import ParquetWriter

from geo.exports.rows import GEOMETRY

VERSION = "1.1.0"
NOWHERE = np.array([np.inf, np.inf, -np.inf, -np.inf])


def write(path: Path, schema: pa.Schema, read: Iterable[pa.RecordBatch], srid: int, geometry_type: str | None):
    """Write these batches to `path`. `geometry_type` is what GeoParquet calls them all, None where mixed."""
    plain = schema.set(schema.get_field_index(GEOMETRY), pa.field(GEOMETRY, pa.binary()))
    box = NOWHERE
    # Arrow's own copy of the schema would hide from its readers what is added at the end.
    with ParquetWriter(path, plain, compression="zstd", store_schema=False) as writer:
        for batch in read:
            bounds = shapely.bounds(shapely.from_wkb(batch.column(GEOMETRY).to_numpy(zero_copy_only=False)))
            box = np.array(
                [*np.fmin(box[:2], np.nanmin(bounds[:, :2], 0)), *np.fmax(box[2:], np.nanmax(bounds[:, 2:], 0))]
            )
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=plain))
        writer.add_key_value_metadata({"geo": json.dumps(_metadata(box, srid, geometry_type))})


def _metadata(box: np.ndarray, srid: int, geometry_type: str | None) -> dict:
    column = {
        "encoding": "WKB",
        "geometry_types": [geometry_type] if geometry_type else [],
        "crs": projjson(srid),
        "edges": "planar",
    }
    if np.isfinite(box).all():
        column["bbox"] = box.tolist()
    return {"version": VERSION, "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def projjson(srid: int) -> dict:
    """The EPSG system as PROJJSON, of which Django's GDAL knows more than Django."""
    system = SpatialReference(srid)
    write_json = lgdal.OSRExportToPROJJSON
    write_json.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_char_p), ctypes.POINTER(ctypes.c_char_p)]
    text = ctypes.c_char_p()
    if write_json(system.ptr, ctypes.byref(text), None):
        raise ValueError(f"GDAL cannot describe EPSG:{srid}")
    try:
        return json.loads(text.value)
    finally:
        lgdal.VSIFree(text)
