"""The QGIS project and the files of connections. QGIS itself opens them where it is installed."""

import os
import shutil
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from accounts import keys
from accounts.models import Role
from alerts import services
from geo.models import Asset, AssetKind, Boundary
from geo.qgis.project import AUTH
from tests.budget.proposals.helpers import PROPOSALS, make_budget, propose_shapes

PROJECT = "/ogc/parvis.qgs"
# In QGIS's own Python, which is not ours: what it makes of the project, a line for each layer.
OPEN = """
import sys
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsFeatureRequest, QgsProject, QgsRectangle
app = QgsApplication([], False)
app.initQgis()
if len(sys.argv) > 2:
    manager = QgsApplication.authManager()
    manager.setMasterPassword("essai", True)
    config = QgsAuthMethodConfig()
    config.setId(sys.argv[2]), config.setName("Parvis"), config.setMethod("Basic")
    config.setConfig("username", "sig"), config.setConfig("password", sys.argv[3])
    manager.storeAuthenticationConfig(config)
project = QgsProject.instance()
print("opened", project.read(sys.argv[1]), project.crs().authid(), sep="|")
for layer in project.mapLayers().values():
    shapes = sum(1 for one in layer.getFeatures() if one.hasGeometry())
    print(layer.id(), layer.isValid(), layer.featureCount(), shapes, type(layer.renderer()).__name__, sep="|")
box = QgsFeatureRequest(QgsRectangle(2.0, 47.0, 2.05, 47.1)).setFilterExpression("status = 'received'")
print("filtered", sum(1 for one in project.mapLayer("parvis_alerts").getFeatures(box)), sep="|")
sys.stdout.flush()
import os
os._exit(0)
"""

# The styles (id, layer inside the tiles) that QGIS draws a connection's tiles with.
STYLE = """
import os, sys, urllib.parse
from qgis.core import QgsApplication, QgsVectorTileLayer
app = QgsApplication([], False)
app.initQgis()
uri = urllib.parse.urlencode({"type": "xyz", "url": sys.argv[1], "zmin": 0, "zmax": 14, "styleUrl": sys.argv[2]})
layer = QgsVectorTileLayer(uri, "x")
print("style", layer.loadDefaultStyle()[-1], sep="|")
for one in layer.renderer().styles():
    print(one.styleName(), one.layerName(), sep="|")
sys.stdout.flush()
os._exit(0)
"""


def has_qgis() -> bool:
    python = shutil.which("python3", path="/usr/bin")
    command = [python, "-c", "import qgis.core"]
    return bool(python) and not subprocess.run(command, capture_output=True, env={"PATH": "/usr/bin"}).returncode


def layers_of(text: str) -> dict[str, str]:
    """Name → source of each layer of a project."""
    root = ET.fromstring(text.partition("\n")[2])
    return {one.findtext("id").removeprefix("parvis_"): one.findtext("datasource") for one in root.iter("maplayer")}


@pytest.mark.django_db
def test_the_project_holds_the_layers_that_exist_for_the_viewer_and_no_key(client, town, settings):
    settings.BASE_URL = "https://ville.example"
    answer = client.get(PROJECT)
    assert answer["Content-Disposition"] == 'attachment; filename="parvis.qgs"'
    public = layers_of(answer.content.decode())
    assert set(public) == {"alerts", *PROPOSALS, "territories", "equipment", "places"}
    assert all("url='https://ville.example/ogc/'" in source and "authcfg" not in source for source in public.values())
    officer = town.person("sig@ville.example", Role.GIS_OFFICER)
    _key, text = keys.issue(user=officer, mandate=officer.mandates.get(), label="x", scope=keys.LAYERS)
    for asked in ({}, {"HTTP_AUTHORIZATION": f"Bearer {text}"}):
        if not asked:
            client.force_login(officer)
        else:
            client.logout()
        body = client.get(PROJECT, **asked).content.decode()
        assert f"authcfg='{AUTH}'" in layers_of(body)["alerts_work"]
        assert text not in body


@pytest.mark.django_db
def test_a_key_in_the_address_is_not_passed_on_in_the_project(client, town):
    officer = town.person("sig@ville.example", Role.GIS_OFFICER)
    _key, text = keys.issue(user=officer, mandate=officer.mandates.get(), label="x", scope=keys.LAYERS)
    answer = client.get(PROJECT, {"api_key": text})
    assert answer.status_code == 200
    assert text not in answer.content.decode()


@pytest.mark.django_db
def test_the_project_opens_on_the_town_and_names_its_classes(client, town):
    root = ET.fromstring(client.get(PROJECT).content.decode().partition("\n")[2])
    west, east = (float(root.findtext(f"mapcanvas/extent/{side}")) for side in ("xmin", "xmax"))
    assert 7_000 < east - west < 8_000
    alerts = next(one for one in root.iter("maplayer") if one.findtext("id") == "parvis_alerts")
    assert "received" in {one.get("value") for one in alerts.iter("category")}
    assert [one.get("name") for one in root.findall("layer-tree-group/layer-tree-group")] == [
        "Vie de la ville",
        "Référence",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PROJECT, "/ogc/parvis-qgis.xml", "/ogc/parvis-qgis-tuiles.xml"])
def test_an_unknown_parameter_is_refused(client, path):
    assert client.get(path).status_code == 200
    answer = client.get(path, {"x": "1"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "x")


@pytest.mark.django_db
def test_connections_are_as_qgis_writes_them(client, town):
    found = ET.fromstring(client.get("/ogc/parvis-qgis.xml").content.decode().partition("\n")[2])
    assert (found.tag, found[0].get("version")) == ("qgsWFSConnections", "OGC_API_FEATURES")
    tiles = ET.fromstring(client.get("/ogc/parvis-qgis-tuiles.xml").content.decode().partition("\n")[2])
    assert tiles.tag == "qgsVectorTileConnections"
    for one in tiles:
        path = "/" + one.get("url").split("/", 3)[3]
        assert client.get(path.format(z=0, x=0, y=0)).status_code in (200, 204)


@pytest.mark.django_db
def test_connections_of_who_has_a_mandate_ask_for_the_key_where_it_is_needed(client, town):
    client.force_login(town.person("sig@ville.example", Role.GIS_OFFICER))
    found = ET.fromstring(client.get("/ogc/parvis-qgis.xml").content.decode().partition("\n")[2])
    assert [one.get("authcfg") for one in found] == ["", AUTH]
    assert len({one.get("name") for one in found}) == 2
    tiles = ET.fromstring(client.get("/ogc/parvis-qgis-tuiles.xml").content.decode().partition("\n")[2])
    keys_of = {one.get("url").split("/tiles/")[1].partition("/")[0]: one.get("authcfg") for one in tiles}
    assert keys_of.pop("alerts_work") == keys_of.pop("proposals_work") == AUTH
    assert set(keys_of.values()) == {""}


@pytest.mark.skipif(not has_qgis(), reason="QGIS is not installed")
@pytest.mark.django_db(transaction=True)
def test_qgis_colours_the_tiles_by_the_style_of_their_connection(client, live_server, town, settings, tmp_path):
    settings.BASE_URL = live_server.url
    tiles = ET.fromstring(client.get("/ogc/parvis-qgis-tuiles.xml").content.decode().partition("\n")[2])
    one = next(each for each in tiles if "/tiles/alerts/" in each.get("url"))
    said = subprocess.run(
        ["/usr/bin/python3", "-c", STYLE, one.get("url"), one.get("styleUrl")],
        capture_output=True,
        text=True,
        timeout=90,
        env={"PATH": os.defpath, "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"},
    )
    print(said.stderr[-2000:], file=sys.stderr)
    rows = [line for line in said.stdout.splitlines() if "|" in line]
    assert "style|True" in rows
    assert "alerts|alerts" in rows


@pytest.mark.django_db
def test_the_page_shows_its_pictures(client):
    from django.contrib.staticfiles import finders

    page = client.get("/donnees/qgis/").content.decode()
    for name in ("qgis-projet", "qgis-connexion", "qgis-cle"):
        assert f"geo/img/{name}.png" in page
        with open(finders.find(f"geo/img/{name}.png"), "rb") as file:
            assert len(file.read()) < 150_000
    assert "/donnees/qgis/" in client.get("/donnees/").content.decode()


@pytest.mark.skipif(not has_qgis(), reason="QGIS is not installed")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_key", [False, True])
def test_qgis_opens_it_and_reads_every_layer(client, live_server, town, settings, tmp_path, with_key):
    settings.BASE_URL = live_server.url
    services.report(category=town.street_light, point=town.IN_WEST, description="Éteint.")
    services.report(category=town.pothole, point=town.IN_EAST, description="Trou.")
    for kind, is_place in (("banc", False), ("ecole", True)):
        made = AssetKind.objects.create(code=kind, name=kind, name_plural=kind, is_place=is_place)
        Asset.objects.bulk_create(Asset(kind=made, code=str(n), point=town.IN_EAST) for n in range(3 + is_place))
    propose_shapes(make_budget(town), town.person("inventeur@example.org"))
    arguments = []
    asked = {}
    if with_key:
        officer = town.person("sig@ville.example", Role.GIS_OFFICER)
        _key, text = keys.issue(user=officer, mandate=officer.mandates.get(), label="x", scope=keys.LAYERS)
        arguments, asked = [AUTH, text], {"HTTP_AUTHORIZATION": f"Bearer {text}"}
    path = tmp_path / "parvis.qgs"
    path.write_bytes(client.get(PROJECT, **asked).content)
    said = subprocess.run(
        ["/usr/bin/python3", "-c", OPEN, str(path), *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        env={"PATH": os.defpath, "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"},
    )
    print(said.stderr[-2000:], file=sys.stderr)
    rows = [line.split("|") for line in said.stdout.splitlines() if "|" in line]
    assert ["opened", "True", "EPSG:2154"] in rows
    counts = {
        "alerts": 2,
        "proposals": 3,
        "proposals_lines": 1,
        "proposals_areas": 1,
        "equipment": 3,
        "places": 4,
        "territories": Boundary.objects.valid().count(),
    }
    if with_key:
        counts |= {"alerts_work": 2, "proposals_work": 3}
    found = {row[0].removeprefix("parvis_"): row[1:] for row in rows if row[0].startswith("parvis_")}
    assert found == {name: ["True", str(n), str(n), "QgsCategorizedSymbolRenderer"] for name, n in counts.items()}
    assert ["filtered", "1"] in rows
