"""Files fetched as a program fetches them, and read with GDAL's and Arrow's own readers."""

import io
import json
import zipfile

import numpy as np
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyarrow import csv

# Easting and northing, or longitude and latitude, of town.IN_WEST (2.02 E, 47.05 N) as PROJ's own cs2cs gives them.
WEST = {
    4326: (2.02, 47.05),
    4171: (2.02, 47.05),
    2154: (625604.0685, 6661546.0366),
    9794: (625604.0685, 6661546.0366),
    3857: (224865.3714, 5950239.1672),
    3947: (1625542.9589, 6206023.8124),
    9847: (1625542.9589, 6206023.8124),
}


def fetch(client, path, **parameters) -> bytes:
    response = client.get(path, parameters)
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def save(client, folder, name, **parameters):
    """The file at /exports/`name` in `folder`, with the ending its readers want."""
    path = folder / name.replace(".shp", ".shp.zip").replace(".geojsonl", ".geojsons")
    path.write_bytes(fetch(client, f"/exports/{name}", **parameters))
    return path


def read(path, layer="alerts"):
    """(EPSG number or 0, coordinates, columns by name) of any format, by readers that are not ours."""
    if path.suffix == ".parquet":
        return _parquet(path)
    if path.suffix == ".csv":
        return _csv(path)
    if path.suffix == ".zip":
        assert zipfile.ZipFile(path).testzip() is None
    known = layer if path.suffix == ".gpkg" else None
    meta, _ids, geometry, columns = pyogrio.raw.read(path, layer=known)
    coordinates = shapely.get_coordinates(shapely.from_wkb(geometry))
    crs = meta["crs"] or ""
    return _epsg(crs), coordinates, dict(zip(meta["fields"], columns, strict=True))


def _epsg(crs) -> int:
    return int(crs.partition("EPSG:")[2]) if crs.startswith("EPSG:") else 0


def _parquet(path):
    table = pq.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    shapes = shapely.from_wkb(table["geometry"].to_pylist())
    if len(shapes):
        assert column["bbox"] == list(shapely.total_bounds(shapes))
    assert column["encoding"] == "WKB"
    columns = {name: np.array(table[name].to_pylist()) for name in table.column_names if name != "geometry"}
    return column["crs"]["id"]["code"], shapely.get_coordinates(shapes), columns


def _csv(path):
    table = csv.read_csv(io.BytesIO(path.read_bytes()), parse_options=csv.ParseOptions(newlines_in_values=True))
    names = ("lon", "lat") if "lon" in table.column_names else ("x", "y")
    points = np.column_stack([table[name].to_numpy() for name in names]) if names[0] in table.column_names else None
    return 0, points, {name: np.array(table[name].to_pylist()) for name in table.column_names}
