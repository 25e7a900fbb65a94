"""The dashboard as an elected official meets it: on a phone and on a desktop, by day and by night, by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from geo.models import Territory
from tests.geo.dashboards.given import DAY, alert, contest, noon

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CITY = "/territoires/commune/T1001/tableau-de-bord/"
PAINTED = """() => [...document.querySelectorAll(".map canvas")].some((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4) if (%s) return true;
    return false;
})"""
# The darkest shade of the map by class, through 78 % opacity; squares of what was reported.
DARK = PAINTED % "data[at + 3] > 150 && data[at] < 90 && data[at + 2] > 90 && data[at + 2] > data[at] + 50"
RED = PAINTED % "data[at + 3] > 40 && data[at] > 150 && data[at + 1] < 70 && data[at + 2] < 70"


@pytest.fixture
def lively(town):
    Territory.objects.filter(pk=town.west.pk).update(population=40_000, population_year=2023)
    for days in (3, 10, 20, 40, 50):
        alert(town, days, status="planned", due_on=noon(1).date(), address="3 rue du Test")
    contest(alert(town, 30, closed=2 * DAY, category=town.pothole), 1)
    alert(town, 3, point=town.IN_EAST)
    return town


@pytest.fixture
def mayor(lively, client):
    """Somebody who holds a mandate over the commune, as a cookie."""
    client.force_login(lively.person("maire@ville.example", Role.OFFICIAL, lively.commune))
    return client.cookies["sessionid"].value


@pytest.fixture
def board(open_page, mayor, live_server):
    """`board(width, …)` opens the commune's dashboard as its mayor."""

    def open_one(width, path=CITY, **context):
        page = open_page("/a-propos/", width=width, **context)
        page.context.add_cookies([{"name": "sessionid", "value": mayor, "url": live_server.url}])
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    return open_one


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits(board, axe, width, scheme):
    page = board(width, color_scheme=scheme)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_text("Autres dates, comparaison, catégorie").click()
    page.get_by_role("combobox", name="Période").select_option("dates")
    page.get_by_role("button", name="Afficher").first.click()
    expect(page.get_by_text("Donnez le premier jour.")).to_be_visible()
    assert axe(page) == []


def test_the_map_by_class_follows_the_measure_and_the_slider(board, axe, width):
    page = board(width)
    section = page.locator("[data-board-map]")
    east = section.locator("[data-place='T1001-2']")
    west = section.locator("[data-place='T1001-1']")
    expect(section.locator(".board-label")).to_have_count(2)
    page.wait_for_function(DARK)
    assert sorted(section.locator(".board-label").all_inner_texts()) == ["1", "6"]

    section.get_by_label("Ce que montre la carte").select_option("late")
    expect(west.locator("[data-value]")).to_have_text("5")
    expect(east.locator("[data-value]")).to_have_text("0")
    assert "mesure=late" in page.url
    section.get_by_label("Ce que montre la carte").select_option("reported-1000")
    expect(west.locator("[data-value]")).to_have_text(re.compile("^0,[12]$"))
    expect(east.locator("[data-value]")).to_have_text("–")

    # What happened moment by moment is told of the first figure alone.
    slider, said = section.get_by_role("slider"), section.locator("[data-said]")
    expect(slider).to_be_hidden()
    section.get_by_label("Ce que montre la carte").select_option("reported")
    expect(slider).to_be_visible()
    whole = said.inner_text()
    assert whole == "Toute la période"
    slider.focus()
    slider.press("Home")
    expect(said).to_have_text(re.compile(r"^Semaine du .* : 0 signalement reçu$"))
    expect(west.locator("[data-value]")).to_have_text("0")
    link = west.locator("[data-value]")
    expect(link).to_have_attribute("href", re.compile(r"/T1001-1/tableau-de-bord/alerts/reported/\?periode=dates&du="))
    everything = section.locator("[data-all]")
    expect(everything).to_have_attribute("href", re.compile(r"/alerts/reported/\?periode=dates&du="))
    slider.press("End")
    expect(everything).to_have_attribute("href", re.compile("/alerts/reported/$"))
    expect(link).to_have_attribute("href", re.compile("/alerts/reported/$"))
    expect(said).to_have_text(whole)
    totals = []
    for _step in range(int(slider.get_attribute("max"))):
        slider.press("ArrowLeft")
        totals.append(int(west.locator("[data-value]").inner_text()))
    assert sum(totals) == 6
    assert slider.get_attribute("aria-valuetext") == said.inner_text()
    assert axe(page) == []


@pytest.mark.parametrize("width", [1280])
def test_hot_spots_take_the_place_of_the_map_by_class(board, axe, width):
    page = board(width)
    section = page.locator("[data-board-map]")
    heat = section.get_by_label("Points chauds")
    section.get_by_label("Territoires", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(heat).to_be_checked()
    expect(section.locator("[data-said]")).to_have_text(re.compile(r"Toute la période\s: 7 "))
    page.wait_for_function(RED)
    expect(section.locator(".board-label")).to_have_count(0)
    expect(section.locator("[data-places]")).to_be_hidden()
    expect(section.get_by_label("Ce que montre la carte")).to_be_hidden()
    assert axe(page) == []
    section.get_by_role("button", name="Lecture").click()
    expect(section.locator("[data-said]")).to_have_text(re.compile(r"^Semaine du .*\s: 0 "))
    section.get_by_role("slider").press("End")
    expect(section.get_by_role("button", name="Lecture")).to_have_attribute("aria-pressed", "false")
    section.get_by_label("Territoires", exact=True).check()
    expect(section.locator(".board-label")).to_have_count(2)
    section.locator(".map").click()
    expect(page).to_have_url(re.compile(r"/quartier/T1001-\d/"))


@pytest.mark.parametrize("width", [1280])
def test_a_district_without_any_inside_shows_its_hot_spots(board, axe, width):
    page = board(width, path="/territoires/quartier/T1001-1/tableau-de-bord/")
    expect(page.locator("[data-said]")).to_have_text(re.compile(r"Toute la période\s: 6 "))
    page.wait_for_function(RED)
    assert axe(page) == []


@pytest.mark.parametrize("width", [1280])
def test_from_a_figure_to_its_list_its_map_and_back(board, axe, width):
    page = board(width, path=f"{CITY}?periode=12-mois")
    late = page.locator(".board__figure").filter(has=page.get_by_text("En retard", exact=True))
    assert late.locator(".stat__value").inner_text() == "5"
    late.locator(".stat__value").click()
    expect(page.get_by_role("heading", name="En retard")).to_be_visible()
    expect(page.locator("[data-key]")).to_have_count(5)
    expect(page.locator("[data-map-status]")).to_have_text(re.compile("^5 "))
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("[data-key] a").first.focus()
    page.get_by_role("link", name="Retour au tableau de bord").click()
    assert page.url.endswith("?periode=12-mois")


@pytest.mark.parametrize("width", [1280])
def test_without_javascript_the_tables_say_the_same(board, width):
    page = board(width, java_script_enabled=False)
    page.get_by_label("Ce que montre la carte").select_option("late")
    page.locator("[data-without-script]").click()
    expect(page.locator("[data-place='T1001-1'] [data-value]")).to_have_text("5")
    expect(page.locator("[data-map-fallback]")).to_be_visible()


def test_dates_typed_make_the_period_theirs(board):
    page = board(1280)
    page.get_by_text("Autres dates, comparaison, catégorie").click()
    page.get_by_label("Du", exact=True).fill(noon(12).date().isoformat())
    page.get_by_role("button", name="Afficher").first.click()
    expect(page.locator(".board__figure .stat__value").first).to_have_text("3")
