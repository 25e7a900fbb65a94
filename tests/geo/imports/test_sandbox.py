"""What a visitor sends is read in a process of its own, and points at nothing else."""

import http.server
import json
import threading
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geo.importers import ImportRefused, sources, uploads
from tests.geo.imports.conftest import NORTH, SOUTH, write

pytestmark = pytest.mark.usefixtures("_site")


@pytest.fixture
def _site(settings):
    settings.IMPORT_MAX_BYTES = 1_000_000


@pytest.fixture
def listening():
    """A server on this machine that notes who calls."""
    calls = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"type": "FeatureCollection", "features": []}')

        do_HEAD = do_GET

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x.json", calls
    server.shutdown()


def vrt(source: str) -> str:
    inside = f"<SrcDataSource>{source}</SrcDataSource>"
    return f'<OGRVRTDataSource><OGRVRTLayer name="secret">{inside}</OGRVRTLayer></OGRVRTDataSource>'


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "geojson", "gml", "kml"])
def test_every_format_gives_the_same_rows(tmp_path, ending):
    driver = "KML" if ending == "kml" else None
    path = Path(write(tmp_path / f"q.{ending}", [("1", "Nord", NORTH), ("2", "Sud", SOUTH)], driver=driver))
    (layer,) = uploads.describe(path)
    assert layer["rows"] == 2
    column = "Name" if ending == "kml" else "nom"
    fields = {one["name"]: one["samples"] for one in layer["fields"]}
    if ending != "kml":
        assert fields[column] == ["Nord", "Sud"]
    table = uploads.reader("")(str(path), fields=list(fields)[:1], layer=layer["name"])
    assert shapely.from_wkb(table.geometries[0]).equals(NORTH)


def test_geoparquet_is_read_by_its_own_words(tmp_path):
    about = {
        "version": "1.0.0",
        "primary_column": "geom",
        "columns": {"geom": {"encoding": "WKB", "geometry_types": ["Polygon"]}},
    }
    table = pa.table({"code": ["1", "2"], "geom": [NORTH.wkb, SOUTH.wkb]})
    path = tmp_path / "q.parquet"
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about)}), path)
    (layer,) = uploads.describe(path)
    assert (layer["rows"], layer["crs"], layer["geometry"]) == (2, "OGC:CRS84", "Polygon")
    read = uploads.reader("")(str(path), fields=["code"], layer=layer["name"])
    assert (list(read.columns["code"]), shapely.from_wkb(read.geometries[1])) == (["1", "2"], SOUTH)


def test_a_file_that_points_elsewhere_opens_nothing(tmp_path, listening):
    address, calls = listening
    secret = write(tmp_path / "secret.geojson", [("1", "Secret", NORTH)])
    for number, source in enumerate((secret, address, f"/vsicurl/{address}", f"GeoJSON:{address}", f"WFS:{address}")):
        for ending in ("geojson", "gml", "kml", "csv", "gpkg"):
            path = tmp_path / f"evil{number}.{ending}"
            path.write_text(vrt(source))
            with pytest.raises(ImportRefused):
                uploads.describe(path)
        archive = tmp_path / f"evil{number}.zip"
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr("q.vrt", vrt(source))
            zipped.writestr("q.geojson", vrt(source))
        with pytest.raises(ImportRefused):
            uploads.describe(archive)
    assert calls == []


def test_the_same_file_would_be_followed_without_the_sandbox(tmp_path):
    import pyogrio

    secret = write(tmp_path / "secret.geojson", [("1", "Secret", NORTH)])
    (tmp_path / "q.vrt").write_text(vrt(secret))
    assert pyogrio.read_info(tmp_path / "q.vrt")["features"] == 1


def test_a_gml_with_a_schema_elsewhere_calls_nobody(tmp_path, listening):
    address, calls = listening
    text = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        '<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="http://ogr.maptools.org/ {address}">'
        '<gml:featureMember><ogr:q fid="q.0"><ogr:g><gml:Point srsName="EPSG:4326"><gml:coordinates>2,47'
        "</gml:coordinates></gml:Point></ogr:g><ogr:nom>&e;</ogr:nom></ogr:q></gml:featureMember>"
        "</ogr:FeatureCollection>"
    )
    path = tmp_path / "q.gml"
    path.write_text(text)
    try:
        layers = uploads.describe(path)
    except ImportRefused:
        layers = []
    assert Path("/etc/hostname").read_text().strip() not in json.dumps(layers)
    assert calls == []


def test_a_zip_that_unpacks_to_a_bomb_is_refused(tmp_path):
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("q.geojson", b" " * 11_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(ImportRefused, match="zip"):
        uploads.describe(path)


@pytest.mark.parametrize("name", ["../../etc/q.geojson", "/etc/q.geojson", "a\\..\\q.geojson", "__MACOSX/q.geojson"])
def test_names_that_leave_the_zip_are_not_opened(tmp_path, name):
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), json.dumps({"type": "Point", "coordinates": [2, 47]}))
    with pytest.raises(ImportRefused):
        uploads.describe(path)


@pytest.mark.parametrize(
    "content",
    [b"\0" * 1000, b"{", b"[" * 200_000, b"SQLite format 3\0" + b"\xff" * 5000, b"fgb\x03fgb\0" + b"\xff" * 500],
)
@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "kml", "gml", "parquet", "zip"])
def test_nonsense_is_refused_with_words(tmp_path, content, ending):
    path = tmp_path / f"x.{ending}"
    path.write_bytes(content)
    with pytest.raises(ImportRefused) as refusal:
        uploads.describe(path)
    assert str(tmp_path) not in str(refusal.value)


def test_a_file_that_takes_too_much_work_is_given_up(tmp_path, monkeypatch):
    path = tmp_path / "q.csv"
    path.write_text("a;lon;lat\n" + "1;2.0;47.0\n" * 8_000_000)
    monkeypatch.setattr(uploads, "SECONDS", 1)
    with pytest.raises(ImportRefused, match="temps"):
        uploads.describe(path)


def test_rows_that_would_fill_our_memory_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "q.csv"
    path.write_text("a,lon,lat\n" + ("x" * 1000 + ",2.0,47.0\n") * 100)
    monkeypatch.setattr(uploads, "ROWS", 200_000)
    assert len(uploads.reader("")(str(path), fields=["a"], layer="q")) == 100
    monkeypatch.setattr(uploads, "ROWS", 100_000)
    with pytest.raises(ImportRefused, match="Mo de textes"):
        uploads.reader("")(str(path), fields=["a"], layer="q")


def test_the_reader_knows_no_secret_of_ours(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "très secret")
    uploads._environment.cache_clear()
    assert "secret" not in json.dumps(uploads._environment(), ensure_ascii=False)


@pytest.mark.parametrize("zipped", [False, True])
def test_a_csv_of_a_french_excel_is_read(tmp_path, zipped):
    path = tmp_path / "bancs.csv"
    path.write_bytes("num;intitulé;lon;lat\nB1;Place de l’Élysée;2.1;47.1\n".encode("cp1252"))
    if zipped:
        with zipfile.ZipFile(tmp_path / "bancs.zip", "w") as archive:
            archive.write(path, "bancs.csv")
        path = tmp_path / "bancs.zip"
    layer = uploads.describe(path)[0]
    assert [one["name"] for one in layer["fields"]][1] == "intitulé"
    for read in (uploads.reader(layer["member"]), *([] if zipped else [sources.read])):
        table = read(str(path), fields=["intitulé"], layer=layer["name"])
        assert list(table.columns["intitulé"]) == ["Place de l’Élysée"]


def test_a_shapefile_that_is_not_whole_and_a_file_cut_short_are_said_in_french(tmp_path):
    parts = tmp_path / "parts"
    parts.mkdir()
    write(parts / "q.shp", [("1", "Nord", NORTH)])
    with zipfile.ZipFile(tmp_path / "q.zip", "w") as archive:
        archive.write(parts / "q.shp", "q.shp")
    with pytest.raises(ImportRefused) as refusal:
        uploads.describe(tmp_path / "q.zip")
    assert "Shapefile est incomplet" in str(refusal.value)
    whole = Path(write(tmp_path / "q.gpkg", [("1", "Nord", NORTH)]))
    cut = tmp_path / "cut.gpkg"
    cut.write_bytes(whole.read_bytes()[:20_000])
    with pytest.raises(ImportRefused) as refusal:
        uploads.describe(cut)
    assert "endommagé" in str(refusal.value)
    assert "sqlite" not in str(refusal.value)
