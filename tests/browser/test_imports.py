"""The page of imports as a GIS officer goes through it, and the page that connects QGIS."""

import pytest
import shapely
from playwright.sync_api import expect

from accounts.models import Role
from geo.imports import services
from geo.models import Import, Territory
from tests.geo.imports.conftest import BOWTIE, NORTH, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(open_page, live_server, client, town, settings, tmp_path):
    """`signed_in(width)` is a page with the session of the town's GIS officer."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def go(width, **context):
        page = open_page("/a-propos/", width, **context)
        client.force_login(town.person(f"sig{width}@ville.example", Role.GIS_OFFICER))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto("/sig/imports/")
        return page

    return go


def file_with_trouble(tmp_path) -> str:
    small = shapely.transform(BOWTIE, lambda xy: (xy - [2.0, 47.0]) * 0.3 + [2.055, 47.01])
    return write(tmp_path / "quartiers.gpkg", [("N", "<b>Nord</b>", NORTH), ("X", "Nœud", small)])


@pytest.mark.parametrize(("width", "javascript"), [(360, True), (1280, False)])
def test_from_the_file_to_the_town(signed_in, axe, width, tmp_path, javascript):
    page = signed_in(width, java_script_enabled=javascript)
    page.set_input_files("input[type=file]", file_with_trouble(tmp_path))
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(page.get_by_text("Nous lisons le fichier")).to_be_visible()
    services.work()
    if not javascript:
        page.reload()
    page.get_by_label("Niveau (obligatoire)").select_option("quartier")
    assert page.get_by_label("Colonne du code (obligatoire)").input_value() == "code"
    if javascript:
        assert axe(page) == []
    page.get_by_role("button", name="Vérifier").click()
    expect(page.get_by_text("Nous vérifions")).to_be_visible()
    services.work()
    if not javascript:
        page.reload()
    expect(page.get_by_text("Ligne 2, Nœud").first).to_be_visible()
    if javascript:
        page.wait_for_load_state("networkidle")
        drawn = page.locator("#picture canvas").first
        expect(drawn).to_be_visible()
        page.locator("#picture").hover()  # its middle, where the first outline is
        expect(page.locator(".leaflet-tooltip")).to_have_text("<b>Nord</b>")
        page.get_by_role("link", name="Voir sur la carte").first.click()
        assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.watch.expect("422")
    page.get_by_role("button", name="Importer", exact=True).click()
    # It lies over the district in force.
    expect(page.locator(".field--error")).to_contain_text("Cochez cette case")
    if javascript:
        assert axe(page) == []
    page.get_by_label("J'ai vu les chevauchements").check()
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_text("L'import est en cours")).to_be_visible()
    services.work()
    if not javascript:
        page.reload()
    expect(page.get_by_role("heading", name="Ce qui a été fait")).to_be_visible()
    assert Territory.objects.filter(level__code="quartier", code__in=["N", "X"]).count() == 2
    assert Import.objects.get().state == "done"


def test_a_wrong_file_is_said_beside_the_field(signed_in, axe, width, tmp_path):
    page = signed_in(width)
    path = tmp_path / "notes.pdf"
    path.write_text("x")
    page.watch.expect("422")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(page.locator(".field--error")).to_contain_text("GeoPackage")
    assert axe(page) == []


def test_the_page_of_qgis_reads_well(town, open_page, axe, width):
    page = open_page("/donnees/qgis/", width)
    page.wait_for_load_state("networkidle")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
