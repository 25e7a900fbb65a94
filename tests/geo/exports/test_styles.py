"""Colours and descriptions inside and beside the files: as QGIS and the standards write them."""

import sqlite3
from xml.etree import ElementTree as ET

import pytest

from geo import layers
from geo.exports import styles
from tests.budget.proposals.helpers import PROPOSALS
from tests.geo.exports.files import fetch, save
from tests.geo.test_viewport import make_alerts

pytestmark = pytest.mark.django_db
SLD = "{http://www.opengis.net/sld}"
OGC = "{http://www.opengis.net/ogc}"


def qml_classes(text: str) -> dict[str, str]:
    """Colour by value, as QGIS reads a categorised renderer."""
    renderer = ET.fromstring(text).find("renderer-v2")
    assert renderer.get("type") == "categorizedSymbol"
    colours = {}
    for category in renderer.find("categories"):
        symbol = renderer.find(f"symbols/symbol[@name='{category.get('symbol')}']")
        name = {"marker": "color", "line": "line_color", "fill": "outline_color"}[symbol.get("type")]
        red, green, blue, _alpha = map(int, symbol.find(f".//Option[@name='{name}']").get("value").split(","))
        colours[category.get("value")] = f"#{red:02x}{green:02x}{blue:02x}"
    return colours


def sld_classes(text: str) -> dict[str, str]:
    """Colour by value, as an SLD says it."""
    return {
        rule.find(f".//{OGC}Literal").text: rule.find(f".//{SLD}CssParameter").text
        for rule in ET.fromstring(text).iter(f"{SLD}Rule")
    }


@pytest.mark.parametrize(
    ("name", "field"), [("alerts", "status"), ("territories", "level"), ("proposals_lines", "status")]
)
def test_styles_are_those_of_the_legend(client, town, name, field):
    layer = layers.get(name)
    expected = {one.value: one.color for one in layer.legend() if one.color}
    qml = client.get(f"/exports/{name}.qml").content.decode()
    sld = client.get(f"/exports/{name}.sld").content.decode()
    assert ET.fromstring(qml).find("renderer-v2").get("attr") == field
    assert {one.text for one in ET.fromstring(sld).iter(f"{OGC}PropertyName")} == {field}
    for found in (qml_classes(qml), sld_classes(sld)):
        assert set(found) == {one.value for one in layer.legend()}
        assert expected.items() <= found.items()
        assert len(set(found.values())) > 1


def test_a_layer_without_a_deciding_field_is_drawn_in_one_colour(town):
    from dataclasses import replace

    layer = replace(layers.get("alerts"), fields=())
    assert ET.fromstring(styles.qml(layer, "POINT")).find("renderer-v2").get("type") == "singleSymbol"
    assert len(list(ET.fromstring(styles.sld(layer, "POINT")).iter(f"{SLD}Rule"))) == 1


def test_a_geopackage_brings_styles_and_descriptions(client, town, tmp_path):
    make_alerts(town, 2)
    with sqlite3.connect(save(client, tmp_path, "tout.gpkg", crs="EPSG:9794")) as package:
        rows = package.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML, styleSLD FROM layer_styles"
        ).fetchall()
        assert {row[0] for row in rows} == {"alerts", *PROPOSALS, "territories", "equipment", "places"}
        columns = package.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
        assert {row[:2] for row in rows} == set(columns)
        assert {row[2] for row in rows} == {1}
        for name, _column, _default, qml, sld in rows:
            if name not in ("equipment", "places"):  # their legends have no value yet
                assert qml_classes(qml).keys() == sld_classes(sld).keys()
        told = dict(
            package.execute(
                "SELECT table_name, metadata FROM gpkg_metadata_reference JOIN gpkg_metadata m ON m.id = md_file_id"
            ).fetchall()
        )
        assert set(told) == {"alerts", *PROPOSALS, "territories", "equipment", "places"}
        about = ET.fromstring(told["alerts"])
        assert "reference: Référence" in about.find("abstract").text
        assert "Licence Ouverte" in about.find("license").text
        assert about.find("crs/spatialrefsys/authid").text == "EPSG:9794"
        contents = dict(package.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall())
        assert contents == dict.fromkeys(told, "features") | {"layer_styles": "attributes"}
        assert package.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert package.execute("SELECT count(*) FROM rtree_alerts_geom").fetchone() == (2,)
        extensions = {row[0] for row in package.execute("SELECT extension_name FROM gpkg_extensions")}
        assert {"gpkg_rtree_index", "gpkg_metadata"} <= extensions
    package.close()


def test_the_page_of_a_layer_says_what_each_field_means(client, town):
    make_alerts(town, 2)
    page = client.get("/exports/alerts/").content.decode()
    for field in layers.get("alerts").fields:
        assert f"<code>{field.name}</code>" in page
    for said in ("Licence Ouverte", "EPSG:9794", "/exports/alerts.qml", "/exports/alerts.parquet"):
        assert said in page


def test_the_work_of_a_service_is_under_no_open_licence(client, town, tmp_path):
    client.force_login(town.light_agent())
    assert "Licence Ouverte" not in client.get("/exports/alerts_work/").content.decode()
    with sqlite3.connect(save(client, tmp_path, "alerts_work.gpkg")) as package:
        (told,) = package.execute("SELECT metadata FROM gpkg_metadata").fetchone()
    package.close()
    assert "Licence Ouverte" not in told


def test_style_files_bear_their_names(client, town):
    for kind in ("qml", "sld"):
        response = client.get(f"/exports/alerts.{kind}")
        assert f'filename="alerts.{kind}"' in response["Content-Disposition"]
    assert fetch(client, "/exports/tout.gpkg").startswith(b"SQLite format 3")
