"""Choosing my street, drawing an area, reading what happens there: on a phone, on a desktop, without script."""

import re

import pytest
from playwright.sync_api import expect

from engagement.activity import topics
from engagement.activity.models import Follow
from tests.browser.test_loop import _sign_in
from tests.engagement.helpers import act

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOPICS = [("Voirie", [("nid", "Nid-de-poule"), ("trottoir", "Trottoir")]), ("Éclairage", [("lampe", "Lampadaire")])]


@pytest.fixture
def person(town, monkeypatch):
    monkeypatch.setattr(topics, "_registry", {})
    topics.register_topics("t", lambda: TOPICS)
    return town.person("habitante@example.org")


def fits(page, width) -> bool:
    page.wait_for_load_state("networkidle")
    return page.evaluate("document.documentElement.scrollWidth") <= width


def circles(page) -> int:
    """Radius in metres of the circle on the picker's map."""
    return page.evaluate(
        """() => { let found = 0; document.querySelector("[data-place-picker]").placePicker.map.eachLayer(
            (one) => { if (one.getRadius && one instanceof L.Circle) found = one.getRadius(); }); return found; }"""
    )


@pytest.mark.parametrize("width", [360])
def test_my_street_in_metres_then_its_news(town, person, open_page, axe, width):
    act(1, place=town.IN_WEST, topic="t:nid", territories=[town.west.pk])
    page = open_page("/", width)
    _sign_in(page, person)
    page.goto("/suivre/nouveau/")
    assert axe(page) == []
    assert fits(page, width)
    page.locator("[data-place-typed]:not([open]) summary").first.click()
    page.get_by_label("Latitude").fill("47.05")
    page.get_by_label("Longitude").fill("2.02")
    page.wait_for_function("() => document.querySelector('[data-place-picker]').placePicker?.marker")
    assert circles(page) == 300
    page.get_by_role("slider", name="Rayon en mètres").fill("500")
    expect(page.locator("[data-radius]")).to_have_value("500")
    assert circles(page) == 500
    page.get_by_text("Seulement certains sujets").first.click()
    page.get_by_label("Nid-de-poule").check()
    page.get_by_label("Nom", exact=True).fill("Ma rue")
    page.get_by_label(re.compile("une fois par semaine")).check()
    assert axe(page) == []
    page.get_by_role("button", name="Suivre", exact=True).click()
    expect(page.get_by_role("link", name="Chose 1")).to_be_visible()
    assert axe(page) == []
    assert fits(page, width)
    follow = Follow.objects.get()
    assert (follow.radius, follow.topics, follow.rhythm, follow.title) == (500, ["t:nid"], "weekly", "Ma rue")
    page.goto("/compte/")
    page.get_by_label("Nous écrivons Ma rue").select_option("instant")
    expect(page.get_by_text("nous vous écrivons tout de suite")).to_be_visible()
    assert Follow.objects.get().rhythm == "instant"
    assert axe(page) == []
    assert fits(page, width)
    page.get_by_role("link", name="Modifier Ma rue").click()
    expect(page.get_by_role("link", name=re.compile(rf"{follow.token}\.atom"))).to_be_visible()
    assert axe(page) == []
    assert fits(page, width)


@pytest.mark.parametrize("width", [360])
def test_an_area_is_drawn_by_taps_or_by_keyboard(town, person, open_page, axe, width):
    page = open_page("/", width)
    _sign_in(page, person)
    page.goto("/suivre/nouveau/?forme=zone")
    assert fits(page, width)
    frame = page.locator("[data-area-draw] .map")
    expect(page.get_by_text("Touchez la carte à chaque sommet")).to_be_visible()
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    for x, y in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6)):
        frame.click(position={"x": box["width"] * x, "y": box["height"] * y})
    expect(page.get_by_text("3 sommets")).to_be_visible()
    page.get_by_role("button", name="Annuler le dernier sommet").click()
    expect(page.get_by_text("2 sommets")).to_be_visible()
    expect(page.get_by_role("button", name="Fermer la zone")).to_be_disabled()
    middle = "document.querySelector('[data-area-draw]').areaDraw.map.getCenter().lat"
    before = page.evaluate(middle)
    frame.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function(f"() => {middle} < {before}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 sommets")).to_be_visible()
    page.get_by_role("button", name="Fermer la zone").click()
    expect(page.get_by_text("La zone est fermée, avec 3 sommets")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Suivre", exact=True).click()
    expect(page).to_have_url(re.compile("/suivre/mes-nouvelles/$"))
    assert Follow.objects.get().area.num_coords == 4
    assert axe(page) == []


@pytest.mark.parametrize("shape", ["territoire", "sujet"])
def test_the_other_shapes_are_as_readable(town, person, open_page, axe, width, shape):
    page = open_page("/", width)
    _sign_in(page, person)
    page.goto(f"/suivre/nouveau/?forme={shape}")
    page.get_by_role("button", name="Suivre", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    assert fits(page, width)


def test_without_script_a_radius_around_a_place_works(town, person, open_page, client):
    page = open_page("/", 360, java_script_enabled=False)
    client.force_login(person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url}])
    page.goto("/suivre/nouveau/")
    page.get_by_label("Latitude").fill("47.05")
    page.get_by_label("Longitude").fill("2.02")
    page.locator("[data-radius]").fill("150")
    page.get_by_role("button", name="Suivre", exact=True).click()
    expect(page.get_by_text("C’est suivi.")).to_be_visible()
    assert Follow.objects.get().radius == 150
    page.goto("/compte/")
    page.get_by_role("combobox").first.select_option("weekly")
    page.get_by_role("button", name="Changer").first.click()
    assert Follow.objects.get().rhythm == "weekly"
