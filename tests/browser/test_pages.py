"""Every page as people meet it: on a phone and on a desktop, by day and by night, with and without JavaScript."""

import re

import pytest
from django.contrib.gis.geos import LineString, Polygon
from playwright.sync_api import Page, expect

from alerts import services
from alerts.models import Alert
from geo.models import PlanFeature

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/",
    "/territoires/",
    "/territoires/commune/T1001/",
    "/donnees/",
    "/styleguide/",
    "/mentions-legales/",
    "/confidentialite/",
    "/accessibilite/",
    "/a-propos/",
    "/cette-page-n-existe-pas/",
]


@pytest.fixture
def lively(town):
    """The town with a river, a street and three alerts."""
    river = Polygon.from_bbox((2.0, 47.04, 2.1, 47.045))
    PlanFeature.objects.create(kind="river", name="la Claire", rank=1, geometry=river)
    street = LineString((2.01, 47.06), (2.09, 47.06))
    PlanFeature.objects.create(kind="avenue", name="avenue du Parvis", rank=2, geometry=street)
    for category, point in (
        (town.street_light, town.IN_WEST),
        (town.pothole, town.IN_EAST),
        (town.dump, town.IN_EAST),
    ):
        services.report(category=category, point=point, description="À voir.", address="3 rue du Test")
    return town


def settle(page: Page) -> Page:
    """Wait until the page has fetched what it wants."""
    page.wait_for_load_state("networkidle")
    return page


def colours(page: Page) -> int:
    """How many colours a canvas of the map shows: one is an empty map."""
    return page.evaluate(
        """() => {
            const canvas = document.querySelector(".leaflet-tile-pane canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const seen = new Set();
            for (let at = 0; at < data.length; at += 4) seen.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]);
            return seen.size;
        }"""
    )


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(lively, open_page, axe, width, path):
    page = open_page("/a-propos/", width)
    page.watch.expect("404 (Not Found)") if "existe-pas" in path else None
    page.goto(path)
    settle(page)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("path", ["/", "/styleguide/", "/territoires/commune/T1001/"])
def test_night_is_as_readable(lively, open_page, axe, path):
    page = settle(open_page(path, color_scheme="dark"))
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert axe(page) == []


def test_the_choice_of_colours_stays(lively, open_page):
    page = open_page("/a-propos/")
    page.get_by_label("Couleurs").select_option("dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_map_draws_its_plan_and_says_how_much_it_shows(lively, open_page, width):
    page = open_page("/", width)
    expect(page.locator("[data-map-status]")).to_have_text("3 résultats dans cette partie de la carte.")
    page.wait_for_function("() => document.querySelectorAll('.leaflet-tile-pane canvas').length > 0")
    settle(page)
    assert colours(page) > 1


def test_filters_narrow_map_and_list_together_and_the_address_keeps_them(lively, open_page):
    page = open_page("/")
    expect(page.locator("[data-key]")).to_have_count(3)
    page.get_by_text("Plus de filtres").click()
    page.get_by_label("Nid-de-poule").check()
    expect(page.locator("[data-key]")).to_have_count(1)
    expect(page.locator("[data-map-status]")).to_have_text("1 résultat dans cette partie de la carte.")
    expect(page).to_have_url(re.compile("category=nid-de-poule"))
    page.reload()
    expect(page.locator("[data-key]")).to_have_count(1)
    expect(page.locator("[data-map-status]")).to_have_text("1 résultat dans cette partie de la carte.")


def test_the_list_follows_the_map(lively, open_page):
    page = open_page("/?at=14_47.05_2.02")
    expect(page.locator("[data-map-status]")).to_have_text("1 résultat dans cette partie de la carte.")
    expect(page.locator("[data-key]")).to_have_count(1)
    expect(page).to_have_url(re.compile("at=14_47"))


def test_what_is_pointed_at_in_the_list_is_ringed_on_the_map(lively, open_page):
    page = settle(open_page("/"))
    rings = "document.querySelector('[data-explore]').explorer.view.lit"
    page.locator("[data-key] a").first.focus()
    assert page.evaluate(f"{rings} !== null")
    page.get_by_text("Plus de filtres").focus()
    assert page.evaluate(f"{rings} === null")


def test_a_dot_of_the_map_tells_what_it_is_and_leads_there(lively, open_page):
    page = open_page("/")
    expect(page.locator("[data-map-status]")).to_have_text("3 résultats dans cette partie de la carte.")
    alert = Alert.objects.get(category=lively.street_light)
    spot = page.evaluate(
        """([lat, lon]) => {
            const { map } = document.querySelector("[data-explore]").explorer.view;
            const { x, y } = map.latLngToContainerPoint([lat, lon]);
            return { x, y };
        }""",
        [alert.point.y, alert.point.x],
    )
    page.locator(".explore .map").click(position=spot)
    popup = page.locator(".map__popup")
    expect(popup).to_contain_text("Lampadaire en panne")
    popup.get_by_role("link").click()
    expect(page).to_have_url(re.compile(alert.get_absolute_url()))


def test_a_click_where_nothing_is_begins_a_report_there(lively, open_page, axe, width):
    page = settle(open_page("/", width))
    map_ = page.locator(".leaflet-container")
    map_.click(position={"x": 60, "y": 300})
    here = page.get_by_role("link", name="Signaler un problème ici")
    expect(here).to_be_in_viewport()
    expect(page.locator(".map__here")).to_have_css("opacity", "1")
    assert axe(page) == []
    map_.click(position={"x": 60, "y": 380})
    expect(here).to_have_count(0)
    map_.click(position={"x": 60, "y": 300})
    # The map moves until the whole popup is in it, and a link that moves can be missed by a click.
    expect(page.locator(".map__here")).to_have_css("opacity", "1")
    expect(page.locator(".leaflet-pan-anim")).to_have_count(0)
    place = page.evaluate("new URL(document.querySelector('.map__here a').href).searchParams.get('lon')")
    here.click()
    expect(page.get_by_label("Longitude")).to_have_value(place)


@pytest.mark.parametrize("width", [360])
def test_without_javascript_list_and_filters_work(lively, open_page, width):
    page = open_page("/", width, java_script_enabled=False)
    expect(page.locator("[data-key]")).to_have_count(3)
    page.get_by_text("Plus de filtres").click()
    page.get_by_label("Nid-de-poule").check()
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("[data-key]")).to_have_count(1)


def test_a_map_that_fails_says_so_and_can_be_tried_again(lively, open_page):
    page = open_page("/a-propos/")
    page.watch.expect("ERR_FAILED")
    page.route("**/map/alerts.json*", lambda route: route.abort())
    page.goto("/")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("La carte n'a pas pu être chargée.")
    page.unroute("**/map/alerts.json*")
    alert.get_by_role("button", name="Réessayer").click()
    expect(page.locator("[data-map-status]")).to_have_text("3 résultats dans cette partie de la carte.")


def test_the_place_can_be_chosen_by_keyboard(lively, open_page):
    page = open_page("/signaler/")
    frame = page.locator(".place__map")
    expect(frame).to_have_class(re.compile("leaflet-container"))
    frame.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("[data-lat]")).to_have_value(re.compile(r"^47\.\d{6}$"))
    expect(page.locator("[data-lon]")).to_have_value(re.compile(r"^2\.\d{6}$"))


def test_the_place_can_be_clicked_typed_pasted_and_located(lively, open_page):
    page = open_page("/signaler/", geolocation={"latitude": 47.03, "longitude": 2.03}, permissions=["geolocation"])
    page.locator(".place__map").click(position={"x": 40, "y": 120})
    expect(page.locator(".place__pin")).to_be_visible()
    expect(page.locator("[data-lat]")).not_to_have_value("")
    page.locator("[data-locate]").click()
    expect(page.locator("[data-lat]")).to_have_value("47.030000")
    page.locator("[data-place-typed] summary").click()
    page.locator("[data-lat]").fill("47,06")
    expect(page.locator("[data-place-said]")).to_contain_text("47.06000")
    for text in ("47.055, 2.015", "47,055 2,015", "(47.055;2.015)"):
        page.locator("[data-lon]").fill("")
        page.locator("[data-lat]").fill(text)
        page.locator("[data-lat]").press("Tab")
        expect(page.locator("[data-lon]")).to_have_value("2.015000")


def test_a_refused_position_is_explained(lively, open_page):
    page = open_page("/signaler/", permissions=[])
    page.locator("[data-locate]").click()
    expect(page.locator("[data-place-said]")).to_have_text(
        page.locator("[data-place-picker]").get_attribute("data-text-refused")
    )


def test_the_menu_of_a_phone_opens_without_javascript(lively, open_page):
    page = open_page("/", 360, java_script_enabled=False)
    page.get_by_text("Menu", exact=True).click()
    page.locator(".menu__panel").get_by_role("link", name="Territoires").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Territoires")
