"""Opens a file that a visitor sent, in a process of its own: it may crash, hang or eat memory there.

Run by geo.importers.uploads, with a request as JSON on its standard input; answers with JSON, and with an Arrow file
where rows are asked for. Knows nothing of Django, of the database or of any secret.
"""

import json
import resource
import sys
import warnings
import zipfile
from pathlib import Path, PurePosixPath

# Formats that are one thing and point at nothing else: no VRT, no services, no databases, no seamless tables.
DRIVERS = frozenset(
    {"ESRI Shapefile", "GPKG", "GeoJSON", "GeoJSONSeq", "FlatGeobuf", "KML", "LIBKML", "CSV", "GML", "GPX"}
)
PARQUET = (".parquet", ".geoparquet")
WHOLE = (".gpkg", ".geojson", ".json", ".geojsonl", ".fgb", ".kml", ".csv", ".gml", ".gpx")
ENDINGS = (*WHOLE, *PARQUET)
IN_ZIPS = (".shp", *WHOLE)
CSV = {
    "X_POSSIBLE_NAMES": "lon,lng,long,longitude,x",
    "Y_POSSIBLE_NAMES": "lat,latitude,y",
    "AUTODETECT_TYPE": "NO",
}
# What Excel writes in France; tried where a CSV is not UTF-8.
OLD = "cp1252"
KINDS = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
MAX_LAYERS = 50
SAMPLES = 3
GEOMETRY = "geometry"


class Problem(Exception):
    """What is wrong, as a word that geo.importers.uploads says in the person's language, and a detail."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def limit(seconds: int, memory: int, disk: int) -> None:
    """What this process may use: seconds of work, bytes of memory and bytes of a file it writes."""
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, disk),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def members(path: str, most: int) -> list[str]:
    """The files in a zip that may hold layers; [""] for any other file. Raises Problem."""
    if Path(path).suffix.lower() != ".zip":
        return [""]
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Problem("unreadable", str(error)) from error
    if sum(one.file_size for one in entries) > most:
        raise Problem("bomb")
    found = []
    for one in entries:
        name = PurePosixPath(one.filename)
        if one.flag_bits & 1:
            raise Problem("encrypted")
        outside = name.is_absolute() or ".." in name.parts or set("\\{}\0") & set(one.filename)
        if (
            not outside
            and name.suffix.lower() in IN_ZIPS
            and not name.name.startswith(".")
            and "__MACOSX" not in name.parts
        ):
            found.append(one.filename)
    if not found:
        raise Problem("empty_zip")
    return found[:MAX_LAYERS]


def located(path: str, member: str) -> str:
    return f"/vsizip/{{{path}}}/{member}" if member else path


def describe(request: dict) -> dict:
    """The layers of the file: member, name, rows, geometry, crs, fields with their first values."""
    layers = []
    for member in members(request["path"], request["unpacked"]):
        if Path(request["path"]).suffix.lower() in PARQUET:
            layers.append(describe_parquet(request["path"]))
            continue
        layers += describe_file(request["path"], member)
        if len(layers) > MAX_LAYERS:
            break
    return {"layers": [one for one in layers if one["geometry"]][:MAX_LAYERS]}


def describe_file(path: str, member: str):
    import pyogrio

    opened = located(path, member)
    is_csv = opened.lower().endswith(".csv")
    options = csv_options(opened) if is_csv else {}
    for name, geometry in pyogrio.list_layers(opened)[:MAX_LAYERS]:
        if not geometry and not is_csv:
            continue
        info = pyogrio.read_info(opened, layer=name, force_feature_count=True, **options)
        meta, _fids, shapes, values = pyogrio.raw.read(
            opened, layer=name, max_features=SAMPLES, force_2d=True, **options
        )
        if is_csv and shapes is None:
            geometry = None
        samples = [[plain(value) for value in column] for column in values]
        yield {
            "member": member,
            "name": str(name),
            "rows": int(info["features"]),
            "geometry": kind_of(shapes) or str(info["geometry_type"] or geometry or ""),
            "crs": str(info["crs"] or ""),
            "fields": [
                {"name": str(field), "samples": sample} for field, sample in zip(meta["fields"], samples, strict=True)
            ],
        }


def csv_options(path: str) -> dict:
    """How to read that CSV: which columns are points, and its encoding where it is not UTF-8."""
    import pyogrio

    try:
        pyogrio.raw.read(path, **CSV)
    except UnicodeDecodeError:
        return CSV | {"encoding": OLD}
    return CSV


def kind_of(shapes) -> str:
    """The type of the first shape (ISO WKB): files of mixed ones, or of none said, are called Unknown."""
    first = next((bytes(one) for one in shapes if one is not None), b"") if shapes is not None else b""
    if len(first) < 5:
        return ""
    number = int.from_bytes(first[1:5], "little" if first[0] else "big") % 1000
    return KINDS[number - 1] if 0 < number <= len(KINDS) else ""


def plain(value) -> str:
    """A cell as text; nothing where it is empty."""
    return "" if value is None or (isinstance(value, float) and value != value) else str(value)[:80]


def parquet(path: str):
    """The file, the column of its shapes and their system, by the GeoParquet specification. Raises Problem."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    said = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
    column = said.get("primary_column", "")
    about = said.get("columns", {}).get(column, {})
    if about.get("encoding") != "WKB":
        raise Problem("no_layer")
    crs = about.get("crs", "")
    if isinstance(crs, dict):
        known = crs.get("id") or {}
        crs = f"{known['authority']}:{known['code']}" if known else json.dumps(crs)
    return file, column, "OGC:CRS84" if "crs" not in about else crs or "", about.get("geometry_types") or ["Unknown"]


def describe_parquet(path: str) -> dict:
    file, column, crs, types = parquet(path)
    first = next(file.iter_batches(batch_size=SAMPLES), None)
    fields = [name for name in file.schema_arrow.names if name != column]
    return {
        "member": "",
        "name": Path(path).stem,
        "rows": file.metadata.num_rows,
        "geometry": str(types[0]),
        "crs": crs,
        "fields": [
            {"name": name, "samples": [plain(one.as_py()) for one in first.column(name)] if first else []}
            for name in fields
        ],
    }


def read(request: dict) -> dict:
    """Write the rows to `out` as Arrow: the columns asked for (None: all) and their shapes as WKB."""
    import pyarrow as pa
    import pyarrow.feather

    path, columns = request["path"], request["columns"]
    if Path(path).suffix.lower() in PARQUET:
        file, column, crs, _types = parquet(path)
        if file.metadata.num_rows > request["rows"]:
            raise Problem("too_many", str(file.metadata.num_rows))
        names = [name for name in file.schema_arrow.names if name != column]
        names = names if columns is None else columns
        table = file.read([*names, column])
        shapes = table.column(column)
        arrays = [table.column(name) for name in names]
    else:
        import pyogrio

        opened = located(path, request["member"])
        options = csv_options(opened) if opened.lower().endswith(".csv") else {}
        info = pyogrio.read_info(opened, layer=request["layer"], force_feature_count=True, **options)
        if info["features"] > request["rows"]:
            raise Problem("too_many", str(info["features"]))
        meta, _fids, shapes, values = pyogrio.raw.read(
            opened, layer=request["layer"], columns=columns, force_2d=True, **options
        )
        names, crs = [str(name) for name in meta["fields"]], str(meta["crs"] or "")
        count = len(values[0]) if shapes is None else len(shapes)
        shapes = pa.array([None] * count if shapes is None else shapes, pa.binary())
        arrays = [array(pa, column) for column in values]
    # By position: a column of the file may be called as ours is.
    made = pa.table([shapes, *arrays], names=[GEOMETRY, *(f"f{at}" for at in range(len(names)))])
    if made.nbytes > request["disk"]:
        raise Problem("too_large", str(request["disk"] // 1_000_000))
    pyarrow.feather.write_feather(made, request["out"], compression="uncompressed")
    return {"crs": crs, "fields": names}


def array(pa, column):
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if value is None else str(value) for value in column], pa.string())


def main() -> None:
    request = json.load(sys.stdin)
    limit(request["seconds"], request["memory"], 2 * request["disk"])
    warnings.simplefilter("ignore")
    import pyogrio

    try:
        # GDAL was told to leave the others out (OGR_SKIP); it is asked whether it did.
        if extra := set(pyogrio.list_drivers()) - DRIVERS:
            raise Problem("drivers", ", ".join(sorted(extra)))
        answer = {"describe": describe, "read": read}[request["act"]](request)
    except Problem as problem:
        answer = {"problem": problem.code, "detail": problem.detail}
    except MemoryError:
        answer = {"problem": "memory", "detail": ""}
    except Exception as error:
        detail = (str(error) or type(error).__name__).splitlines()[0].replace(request["path"], "")
        answer = {"problem": "unreadable", "detail": detail[:200]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
