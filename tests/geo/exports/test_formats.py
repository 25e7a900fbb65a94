"""Every format read back with GDAL or Arrow, not with our code: counts, coordinates, fields, systems."""

import io
import zipfile

import numpy as np
import pyogrio
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry

from alerts.models import Alert
from geo.exports.formats import FORMATS, SRIDS
from geo.exports.parquet import projjson
from geo.exports.writers import short_names
from geo.models import Boundary
from tests.geo.exports.files import WEST, fetch, read, save
from tests.geo.test_viewport import make_alerts

pytestmark = pytest.mark.django_db
# GDAL's name of the system is in these files; the others are always in degrees, or have no place for one.
NAMED = ("gpkg", "fgb", "parquet")


@pytest.mark.parametrize("srid", [2154, 3947])
@pytest.mark.parametrize("name", [one.name for one in FORMATS.values() if not one.only_srid])
def test_counts_and_coordinates_in_two_systems(client, town, tmp_path, name, srid):
    make_alerts(town, 5)
    make_alerts(town, 2, point=town.IN_EAST)
    found, coordinates, columns = read(save(client, tmp_path, f"alerts.{name}", crs=f"EPSG:{srid}"))
    if name in NAMED:
        assert found == srid
    places = Alert.objects.order_by("pk").values_list("point", flat=True)
    expected = np.array([place.transform(srid, clone=True).coords for place in places])
    if name == "fgb":  # sorted by its index
        coordinates, expected = (rows[np.lexsort(rows.T[1::-1])] for rows in (coordinates, expected))
    assert coordinates[:, :2] == pytest.approx(expected, abs=0.002)
    assert coordinates[0, :2] == pytest.approx(WEST[srid], abs=0.002)
    if name != "dxf":
        assert len(columns["reference"]) == 7


@pytest.mark.parametrize("name", [one.name for one in FORMATS.values() if one.only_srid])
def test_formats_that_know_one_system(client, town, tmp_path, name):
    make_alerts(town, 3)
    _srid, coordinates, columns = read(save(client, tmp_path, f"alerts.{name}"))
    assert coordinates[:, :2] == pytest.approx(np.array([WEST[4326]] * 3), abs=1e-7)
    names = {"Name"} if name == "kml" else {"reference"}
    assert names <= {*columns} | {"Name"}
    response = client.get(f"/exports/alerts.{name}", {"crs": "EPSG:2154"})
    assert (response.status_code, response.json()["parameter"]) == (400, "crs")


@pytest.mark.parametrize("srid", sorted(WEST))
def test_each_kind_of_system_against_proj(client, town, tmp_path, srid):
    make_alerts(town, 1)
    found, coordinates, _columns = read(save(client, tmp_path, "alerts.gpkg", crs=f"EPSG:{srid}"))
    assert (found, tuple(coordinates[0])) == (
        srid,
        pytest.approx(WEST[srid], abs=0.002 if WEST[srid][0] > 180 else 1e-9),
    )


@pytest.mark.parametrize("srid", sorted(SRIDS))
def test_every_system_can_be_written_and_is_described(client, town, srid):
    make_alerts(town, 1)
    info = pyogrio.read_info(io.BytesIO(fetch(client, "/exports/alerts.fgb", crs=f"EPSG:{srid}")))
    assert (info["crs"], info["features"]) == (f"EPSG:{srid}", 1)
    assert projjson(srid)["id"] == {"authority": "EPSG", "code": srid}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_outlines_too(client, town, tmp_path, name):
    path = save(client, tmp_path, f"territories.{name}")
    if name == "csv":
        _srid, _coordinates, columns = read(path)
        areas = [GEOSGeometry(text).area for text in columns["wkt"]]
    elif name == "parquet":
        areas = [shapely.Polygon(read(path)[1][:5]).area]
    else:
        layer = "territories" if name == "gpkg" else None
        geometry = pyogrio.raw.read(path, layer=layer)[2]
        areas = list(shapely.area(shapely.from_wkb(geometry)))
    expected = [one.area for one in Boundary.objects.valid().order_by("pk").values_list("geometry", flat=True)]
    if name == "fgb":  # sorted by its index
        areas, expected = sorted(areas), sorted(expected)
    if name != "dxf":  # edges alone
        assert areas == pytest.approx(expected[: len(areas)], rel=1e-5)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_an_empty_layer_is_an_empty_file(client, town, tmp_path, name):
    path = save(client, tmp_path, f"alerts.{name}")
    if name == "geojsonl":
        assert path.read_bytes() == b""
    else:
        assert not len(read(path)[1])


@pytest.mark.parametrize("name", ["gpkg", "geojson", "geojsonl", "fgb", "parquet", "csv"])
def test_values_come_as_they_are(client, town, tmp_path, name):
    said = 'Trois lignes,\n"entre guillemets" ; \\ \té€'
    make_alerts(town, 1, public_text=said, supports=3, public_address="")
    alert = Alert.objects.get()
    _srid, _coordinates, columns = read(save(client, tmp_path, f"alerts.{name}"))
    assert (columns["description"][0], columns["supports"][0]) == (said, 3)
    assert np.datetime64(str(columns["created_at"][0])[:19]) == np.datetime64(f"{alert.created_at:%Y-%m-%dT%H:%M:%S}")
    closed = columns["closed_at"][0]
    assert closed is None or np.isnat(np.datetime64(closed))
    if name != "csv":
        assert columns["address"][0] == ""


def test_text_formats_write_iso_8601(client, town):
    make_alerts(town, 1)
    created = f"{Alert.objects.get().created_at:%Y-%m-%dT%H:%M:%SZ}"
    for name in ("csv", "geojson", "geojsonl", "kml"):
        assert created in fetch(client, f"/exports/alerts.{name}").decode()


def test_a_shapefile_has_short_names_each_once_and_says_its_encoding(client, town, tmp_path):
    make_alerts(town, 1, public_text="Été")
    path = save(client, tmp_path, "alerts.shp", crs="EPSG:9794")
    with zipfile.ZipFile(path) as archive:
        assert {name.partition(".")[2] for name in archive.namelist()} >= {"shp", "shx", "dbf", "prj", "cpg"}
        assert archive.read("alerts.cpg").strip() == b"UTF-8"
        assert b"RGF93_v2b" in archive.read("alerts.prj").replace(b" ", b"_")
    _srid, _coordinates, columns = read(path)
    assert {"category", "category_n", "descriptio"} <= set(columns)
    assert columns["descriptio"][0] == "Été"
    assert short_names(["category_name", "category_number", "Category_n", "geometry"]) == [
        "category_n",
        "category_2",
        "category_3",
        "geometry",
    ]


def test_a_spreadsheet_runs_nothing_of_what_a_resident_typed(client, town, tmp_path):
    typed = ['=HYPERLINK("http://evil.example")', "-2.5", "+33 5 61", "'=1", "@a", "\t=1"]
    for text in typed:
        make_alerts(town, 1, public_address=text)
    columns = read(save(client, tmp_path, "alerts.csv"))[2]
    harmless = ['\'=HYPERLINK("http://evil.example")', "-2.5", "'+33 5 61", "''=1", "'@a", "'\t=1"]
    assert list(columns["address"]) == harmless
    assert list(read(save(client, tmp_path, "alerts.gpkg"))[2]["address"]) == typed


def test_a_file_holds_no_personal_data_and_nothing_hidden(client, town, tmp_path):
    make_alerts(town, 1, contact_email="resident@example.org")
    make_alerts(town, 3, is_public=False)
    columns = read(save(client, tmp_path, "alerts.gpkg"))[2]
    assert len(columns["reference"]) == 1
    assert "resident@example.org" not in str(columns)
    assert not {"contact_email", "reporter", "tracking_token"} & set(columns)
