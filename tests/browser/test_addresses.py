"""Finding a place by its address, as people do it with a thumb, a keyboard or a screen reader."""

import re

import pytest
from playwright.sync_api import Page, expect

from alerts.models import Alert
from tests.geo import ban

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOX = "Adresse, rue, lieu"


@pytest.fixture
def known(town, tmp_path):
    ban.load(tmp_path)
    return town


@pytest.fixture
def form(known, open_page, width):
    """The report form, ready; with the events of the place noted in `window.told`."""
    page = open_page("/signaler/", width)
    expect(page.locator(".place__map")).to_have_class(re.compile("leaflet-container"))
    page.evaluate(
        """() => {
            window.told = [];
            for (const name of ["parvis:place", "parvis:address"]) {
                document.addEventListener(name, ({ detail }) => window.told.push([name, detail]));
            }
        }"""
    )
    return page


def search(page: Page, text: str):
    box = page.get_by_role("combobox", name=BOX)
    box.fill(text)
    return box


def test_an_address_is_chosen_with_the_keyboard(form, axe):
    box = search(form, "5 rue de la gar")
    options = form.get_by_role("option")
    expect(options).to_have_count(3)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(form.locator("[data-search-said]")).to_have_text("3 adresses trouvées. Flèches du clavier pour choisir.")
    assert axe(form) == []
    box.press("ArrowDown")
    box.press("ArrowDown")
    second = options.nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", second.get_attribute("id"))
    box.press("ArrowUp")
    box.press("ArrowUp")
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(form.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("5 rue de la gar")
    box.press("ArrowDown")
    label = options.nth(0).inner_text()
    box.press("Enter")
    expect(form.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value(re.compile(r"5 rue de la Gare, 234[56]0 "))
    assert " ".join(label.split()).replace(" 234", ", 234") == box.input_value()
    expect(form.locator("[data-place-said]")).to_contain_text("Lieu choisi : 5 rue de la Gare")
    expect(form.locator("[data-lat]")).to_have_value(re.compile(r"^47\.0[25]0000$"))
    expect(form.locator(".place__pin")).to_be_visible()
    assert form.url.endswith("/signaler/")
    assert axe(form) == []


def test_an_address_is_chosen_with_a_finger_and_the_page_is_told(form, width):
    search(form, "12 rue des lila")
    option = form.get_by_role("option", name=re.compile("^12 rue des Lilas"))
    expect(option).to_be_visible()
    assert option.bounding_box()["height"] >= 44
    assert form.evaluate("document.documentElement.scrollWidth") <= width
    option.click()
    expect(form.locator("[data-lon]")).to_have_value("2.020400")
    told = dict(form.evaluate("window.told"))
    assert told["parvis:address"] == {"label": "12 rue des Lilas, 23450 Ville-sur-Test", "distance": 0}
    assert told["parvis:place"] == {"lon": pytest.approx(2.0204), "lat": pytest.approx(47.05)}


def test_a_place_put_by_hand_says_what_it_is_near_to(form):
    search(form, "12 rue des lilas").press("Enter")
    expect(form.get_by_role("option").first).to_be_visible()
    form.get_by_role("combobox", name=BOX).press("Enter")
    expect(form.locator("[data-lon]")).to_have_value("2.020400")
    form.evaluate("document.querySelector('[data-place-picker]').placePicker.choose(L.latLng(47.0501, 2.02))")
    expect(form.locator("[data-place-said]")).to_have_text("Lieu choisi, près du 1 rue des Lilas.")
    expect(form.get_by_role("combobox", name=BOX)).to_have_value("1 rue des Lilas, 23450 Ville-sur-Test")
    name, detail = form.evaluate("window.told.at(-1)")
    assert (name, detail["label"]) == ("parvis:address", "1 rue des Lilas, 23450 Ville-sur-Test")
    assert detail["distance"] == pytest.approx(11.1, abs=0.1)


def test_the_box_says_the_address_of_a_place_chosen_otherwise(known, open_page):
    page = open_page("/signaler/?lon=2.02&lat=47.0501")
    box = page.get_by_role("combobox", name=BOX)
    expect(box).to_have_value("1 rue des Lilas, 23450 Ville-sur-Test")

    def choose(lat, lon):
        page.evaluate(f"document.querySelector('[data-place-picker]').placePicker.choose(L.latLng({lat}, {lon}))")

    choose(47.0601, 2.03)
    expect(box).to_have_value("1 avenue Jean-Jaurès, 23450 Ville-sur-Test")
    choose(47.08, 2.05)
    expect(page.locator("[data-place-said]")).to_contain_text("latitude 47.08")
    expect(box).to_have_value("")
    expect(page.get_by_label("Un repère ?")).to_have_value("")


def test_nothing_found_and_a_failure_are_said_where_they_are_seen(form, axe):
    said = form.locator("[data-search-said]")
    search(form, "qzxwv kjhgf")
    expect(said).to_have_text("Aucune adresse trouvée. Vérifiez-la, ou montrez le lieu sur la carte.")
    expect(said).not_to_have_class(re.compile("visually-hidden"))
    form.watch.expect("ERR_FAILED")
    form.route("**/api/v1/addresses?*", lambda route: route.abort())
    search(form, "12 rue des lilas")
    expect(said).to_contain_text("La recherche d'adresses ne répond pas.")
    assert axe(form) == []


def test_a_late_answer_to_an_old_question_is_not_shown(form):
    """The first answer comes after the second one; what is shown is for what stands in the box."""
    held = []

    def hold(route):
        if "jaures" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    form.route("**/api/v1/addresses?*", hold)
    with form.expect_request("**/api/v1/addresses?*jaures*"):
        search(form, "av jean jaures")
    search(form, "12 rue des lilas")
    expect(form.get_by_role("option").first).to_contain_text("12 rue des Lilas")
    held[0].fulfill(json=[{"label": "vieux", "name": "vieux", "city": "", "lon": 2, "lat": 47, "kind": "street"}])
    form.wait_for_load_state("networkidle")
    expect(form.get_by_role("option").first).to_contain_text("12 rue des Lilas")


def test_a_whole_town_is_shown_and_not_chosen(form):
    search(form, "Village")
    form.get_by_role("option", name="Village", exact=True).click()
    expect(form.locator("[data-place-said]")).to_have_text("La carte montre Village. Montrez-y maintenant le lieu.")
    expect(form.locator("[data-lat]")).to_have_value("")


@pytest.mark.parametrize("width", [360])
def test_without_javascript_an_address_is_enough(known, open_page, width):
    page = open_page("/signaler/", width, java_script_enabled=False)
    page.watch.expect("422")
    page.get_by_label(BOX).fill("5 rue de la gare")
    page.get_by_label("Lampadaire en panne").check()
    page.get_by_label("Décrivez le problème").fill("Il est éteint.")
    page.get_by_role("button", name="Envoyer").click()
    choice = page.get_by_role("group", name="Lequel est le bon ?")
    expect(choice.get_by_role("radio")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    choice.get_by_label(re.compile("Saint-Éloi")).check()
    page.get_by_role("button", name="Envoyer").click()
    expect(page).to_have_url(re.compile("envoye"))
    assert Alert.objects.get().point.coords == (2.15, 47.05)


def test_a_proposed_address_also_moves_the_pin(known, open_page, axe):
    page = open_page("/signaler/")
    page.watch.expect("422")
    page.get_by_role("combobox", name=BOX).evaluate("(box) => { box.value = '5 rue de la gare'; box.form.submit(); }")
    choice = page.get_by_role("group", name="Lequel est le bon ?")
    expect(page.locator(".place__map")).to_have_class(re.compile("leaflet-container"))
    assert axe(page) == []
    choice.get_by_label(re.compile("Saint-Éloi")).check()
    expect(page.locator("[data-lon]")).to_have_value("2.150000")
    expect(page.locator(".place__pin")).to_be_visible()
