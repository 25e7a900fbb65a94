"""Files for GIS teams, read back with GDAL's own readers through pyogrio, not with our code."""

import io

import numpy as np
import pyogrio
import pytest
import shapely

from geo.exports.writers import FORMATS
from tests.geo.test_viewport import make_alerts

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:.*non conformant file extension")]


def download(client, file_format, **parameters):
    response = client.get(f"/exports/alerts.{file_format}", parameters)
    assert response.status_code == 200, response.content
    return io.BytesIO(b"".join(response.streaming_content))


@pytest.mark.parametrize("file_format", ["gpkg", "fgb"])
def test_lambert_93_file_has_the_right_system_count_and_metres(client, town, file_format):
    make_alerts(town, 7)
    data = download(client, file_format, crs="EPSG:2154")
    info = pyogrio.read_info(data)
    assert (info["crs"], info["features"], info["geometry_type"]) == ("EPSG:2154", 7, "Point")
    _meta, _ids, geometry, _fields = pyogrio.raw.read(data)
    east, north = shapely.get_coordinates(shapely.from_wkb(geometry))[0]
    # Lambert-93 of 2.02 E, 47.05 N as PROJ's own cs2cs gives it.
    assert (east, north) == pytest.approx((625604.069, 6661546.037), abs=0.002)


def test_geojson_is_always_in_degrees(client, town):
    make_alerts(town, 2)
    assert pyogrio.read_info(download(client, "geojson"))["crs"] == "EPSG:4326"
    response = client.get("/exports/alerts.geojson", {"crs": "EPSG:2154"})
    assert (response.status_code, response.json()["parameter"]) == (400, "crs")


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_empty_layer_is_an_empty_file(client, town, file_format):
    data = download(client, file_format)
    if file_format == "csv":  # GDAL knows a CSV by the ending of its name, which memory does not have
        assert data.getvalue().count(b"\n") == 1
    else:
        assert pyogrio.read_info(data, force_feature_count=True)["features"] == 0


def test_a_file_holds_no_personal_data_and_nothing_hidden(client, town):
    make_alerts(town, 1, contact_email="resident@example.org")
    make_alerts(town, 3, is_public=False)
    meta, _ids, _geometry, columns = pyogrio.raw.read(download(client, "gpkg"))
    assert len(columns[0]) == 1
    assert "resident@example.org" not in str(columns)
    assert not {"contact_email", "reporter", "tracking_token"} & set(np.atleast_1d(meta["fields"]))


def test_filters_hold_for_the_file(client, town):
    make_alerts(town, 2)
    make_alerts(town, 3, category=town.pothole)
    assert pyogrio.read_info(download(client, "gpkg", category="nid-de-poule"))["features"] == 3


@pytest.mark.parametrize("crs", ["EPSG:27572", "EPSG:²", "2154;DROP", "urn:x"])
def test_an_unlisted_system_is_refused(client, town, crs):
    assert client.get("/exports/alerts.gpkg", {"crs": crs}).status_code == 400


def test_unknown_layer_or_format_does_not_exist(client, town):
    assert client.get("/exports/people.gpkg").status_code == 404
    assert client.get("/exports/alerts.exe").status_code == 404


def test_a_spreadsheet_runs_nothing_of_what_a_resident_typed(client, town):
    make_alerts(town, 1, public_address='=HYPERLINK("http://evil.example")')
    assert "'=HYPERLINK" in download(client, "csv").getvalue().decode()
    _meta, _ids, _geometry, columns = pyogrio.raw.read(download(client, "gpkg"))
    assert '=HYPERLINK("http://evil.example")' in [column[0] for column in columns]
