"""Choosing a file on the page, with and without JavaScript, and waiting for a large one."""

import pyogrio
import pytest

from geo.exports import jobs
from geo.models import Export
from tests.geo.test_viewport import make_alerts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def exports_folder(settings, tmp_path):
    settings.EXPORTS_ROOT = tmp_path / "exports"
    settings.EXPORTS_AT_ONCE = 4


def test_a_choice_counts_leads_to_a_file_and_keeps_its_address(live_server, town, open_page, width, axe, tmp_path):
    make_alerts(town, 3)
    make_alerts(town, 1, category=town.pothole)
    page = open_page("/exports/", width=width)
    result = page.get_by_role("region", name="Votre fichier")
    assert "4" in result.get_by_role("status").inner_text()
    page.locator("summary", has_text="Catégorie").click()
    page.get_by_label("Nid-de-poule").check()
    result.get_by_role("status").filter(has_text="1").wait_for()
    page.get_by_label("FlatGeobuf").check()
    page.get_by_text("Signalements, FlatGeobuf").wait_for()
    assert axe(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger").click()
    download.value.save_as(tmp_path / "a.fgb")
    info = pyogrio.read_info(tmp_path / "a.fgb")
    assert (info["features"], info["crs"]) == (1, "EPSG:2154")
    assert "category=nid-de-poule" in page.get_by_label("Adresse de ce fichier").input_value()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Two layers go into a GeoPackage alone, and the page says so.
    page.get_by_label("Territoires").check()
    page.get_by_role("status").filter(has_text="Seul un GeoPackage").wait_for()
    assert axe(page) == []


@pytest.mark.parametrize("width", [360])
def test_a_large_file_is_waited_for_on_its_page(live_server, town, open_page, width, axe, tmp_path):
    make_alerts(town, 6)
    page = open_page("/exports/?layer=alerts", width=width)
    page.get_by_role("link", name="Faire préparer le fichier").click()
    page.get_by_role("heading", name="Il attend son tour").wait_for()
    assert axe(page) == []
    jobs.run(Export.objects.get().pk)
    page.get_by_role("heading", name="Votre fichier est prêt").wait_for()
    assert axe(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger").click()
    download.value.save_as(tmp_path / "a.gpkg")
    assert pyogrio.read_info(tmp_path / "a.gpkg", layer="alerts")["features"] == 6
    page.get_by_role("link", name="Exporter des données").click()
    page.get_by_role("heading", name="Mes exports").wait_for()
    assert axe(page) == []


def test_the_page_of_a_layer(live_server, town, open_page, width, axe):
    page = open_page("/exports/alerts/", width=width)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
