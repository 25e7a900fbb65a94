"""A resident reports on a phone and on a desktop: photo first, place first, “me too”, without scripts."""

import io
import json
import re

import pytest
from django.core import mail
from PIL import Image
from playwright.sync_api import Page, expect

from accounts import confirmations
from alerts import services
from alerts.models import Alert, Category, Question, Support
from geo.models import Asset, AssetKind
from tests.alerts.conftest import jpeg

pytestmark = pytest.mark.browser
HERE = (2.02, 47.05)
METRE = 1 / 111_194  # degrees of latitude
# Presses of a thumb for a report with photo, place, category, one question and a text: the two keyboards not counted.
TAPS = 6
# Waits until the device has kept what was typed.
KEPT = """async () => {
    while (!(await outbox.all()).some(({ title }) => title)) await new Promise(requestAnimationFrame);
}"""
# Waits until it keeps nothing any more.
DROPPED = """async () => {
    while ((await outbox.all()).length) await new Promise(requestAnimationFrame);
}"""
COUNT_TAPS = """
addEventListener("pointerdown", ({ isTrusted }) => {
  if (isTrusted) sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1;
}, true);
"""


@pytest.fixture
def catalogue(town):
    """The town with headings, words to search with, questions and street lights."""
    lights = Category.objects.create(code="eclairage", name="Éclairage", position=0)
    clean = Category.objects.create(code="proprete", name="Propreté", position=1)
    Category.objects.filter(pk=town.street_light.pk).update(
        parent=lights, keywords="lumière, réverbère, rue sombre", asset_kind="lampadaire", description="Éteint."
    )
    Category.objects.filter(pk=town.dump.pk).update(parent=clean, keywords="ordures, encombrants", duplicate_radius=80)
    Category.objects.create(
        code="corbeille", name="Corbeille pleine", parent=clean, icon="♻", keywords="poubelle, caca, chien"
    )
    Category.objects.create(
        code="urgence",
        name="Danger immédiat",
        icon="🚨",
        is_stopper=True,
        notice="Appelez le 112.",
        keywords="incendie",
    )
    Question.objects.create(
        category=town.street_light,
        code="etat",
        label="Que fait-il ?",
        type=Question.Type.ONE,
        required=True,
        choices=[{"key": "eteint", "name": "Il est éteint"}, {"key": "clignote", "name": "Il clignote"}],
    )
    kind = AssetKind.objects.create(code="lampadaire", name="Lampadaire", name_plural="Lampadaires", icon="💡")
    for number, metres in ((1, 8), (2, 30)):
        Asset.objects.create(kind=kind, code=f"L{number}", name=f"Lampadaire {number}", point=town.IN_WEST.clone())
        Asset.objects.filter(code=f"L{number}").update(point=_north(town, metres))
    return town


def _north(town, metres):
    point = town.IN_WEST.clone()
    point.y += metres * METRE
    return point


def ready(page: Page) -> Page:
    """Wait until scripts, map and drafts are there."""
    expect(page.locator(".place__map")).to_have_class(re.compile("leaflet-container"))
    page.wait_for_load_state("networkidle")
    return page


def photo(place=None) -> dict:
    return {"name": "lampe.jpg", "mimeType": "image/jpeg", "buffer": jpeg("#345", (640, 480), place)}


def said(page: Page, name: str) -> str:
    return page.evaluate(f"document.querySelector('form.report').elements[{json.dumps(name)}].value")


def test_photo_first_in_a_few_taps(catalogue, open_page, axe, width):
    page = open_page("/a-propos/", width, has_touch=True)
    page.add_init_script(COUNT_TAPS)
    page.goto("/signaler/")
    ready(page)
    assert axe(page) == []
    with page.expect_file_chooser() as chooser:
        page.locator("input[type=file]").tap()
    chooser.value.set_files(photo(HERE))
    expect(page.get_by_text("La photo a été prise ici : utiliser ce lieu ?")).to_be_visible()
    assert said(page, "place_lon") == "", "never taken silently"
    assert axe(page) == []
    page.get_by_role("button", name="Utiliser ce lieu").tap()
    assert said(page, "place_lon") == "2.020000"
    page.locator(".theme summary", has_text="Éclairage").tap()
    page.get_by_role("radio", name=re.compile("Lampadaire en panne")).tap()
    page.get_by_label("Il est éteint").tap()
    page.locator("textarea[name=description]").fill("Tout est noir.")
    expect(page.get_by_text("Service éclairage", exact=True)).to_be_visible()
    expect(page.locator("[data-equipment]")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Envoyer le signalement").tap()
    expect(page).to_have_url(re.compile("/suivi/"))
    alert = Alert.objects.get()
    assert (alert.point.coords, alert.answers, alert.photos.count()) == (HERE, {"etat": "eteint"}, 1)
    assert int(page.evaluate("sessionStorage.taps")) <= TAPS


@pytest.mark.parametrize("width", [360])
def test_place_first_words_questions_and_which_one(catalogue, open_page, axe, width):
    page = ready(open_page("/signaler/?lon=2.02&lat=47.05", width))
    search = page.get_by_label("Dites-le avec vos mots")
    search.fill("lumiere ru")
    found = page.locator("[data-found] [data-category]")
    expect(found).to_have_count(1)
    expect(page.locator("[data-found-said]")).to_have_text("1 réponse :")
    assert axe(page) == []
    search.press("Enter")
    expect(page.locator("[data-chosen-name]")).to_have_text("Lampadaire en panne")
    expect(page.get_by_role("button", name=re.compile("Modifier|Changer"))).to_be_focused()
    page.get_by_label("Il clignote").check()
    expect(page.locator(".equipment__map")).to_have_class(re.compile("leaflet-container"))
    expect(page.get_by_label("Je ne sais pas")).to_be_checked()
    second = page.get_by_role("radio", name=re.compile("Lampadaire 2"))
    second.check()
    expect(page.locator("[data-lat]").first).to_have_value(f"{47.05 + 30 * METRE:.6f}")
    page.wait_for_load_state("networkidle")
    expect(second).to_be_checked()
    assert axe(page) == []
    page.locator("textarea[name=description]").fill("Il clignote.")
    page.get_by_role("button", name="Envoyer le signalement").click()
    expect(page).to_have_url(re.compile("/suivi/"))
    alert = Alert.objects.get()
    assert (alert.asset_code, alert.answers) == ("L2", {"etat": "clignote"})


@pytest.mark.parametrize(
    ("words", "best"),
    [
        ("lumière rue", "Lampadaire en panne"),
        ("lampadères", "Lampadaire en panne"),
        ("poubelle pleine", "Corbeille pleine"),
        ("caca de chien", "Corbeille pleine"),
        ("depot savage", "Dépôt sauvage"),
        ("nids de poules", "Nid-de-poule"),
        ("eclairaje", "Lampadaire en panne"),
    ],
)
def test_plain_words_find_their_category(catalogue, open_page, words, best):
    page = open_page("/signaler/")
    page.get_by_label("Dites-le avec vos mots").fill(words)
    expect(page.locator("[data-found] [data-category]").first).to_have_attribute("data-name", best)


def test_words_that_name_nothing_leave_the_list(catalogue, open_page):
    page = open_page("/signaler/")
    page.get_by_label("Dites-le avec vos mots").fill("zzyzx")
    expect(page.locator("[data-found-said]")).to_contain_text("Rien ne ressemble à cela.")
    expect(page.locator(".theme").first).to_be_visible()
    page.get_by_label("Dites-le avec vos mots").fill("")
    expect(page.locator("[data-found-said]")).to_have_text("")


def test_the_list_is_walked_by_keyboard(catalogue, open_page):
    page = open_page("/signaler/")
    page.locator(".theme summary", has_text="Propreté").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-choosing]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[data-chosen]")).to_be_visible()
    expect(page).to_have_url(re.compile("/signaler/$"))


def test_danger_is_sent_elsewhere(catalogue, open_page, axe, width):
    page = ready(open_page("/signaler/", width))
    page.get_by_label("Dites-le avec vos mots").fill("incendie")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Appelez le 112.").first).to_be_visible()
    expect(page.get_by_role("button", name="Envoyer le signalement")).to_be_hidden()
    assert axe(page) == []


@pytest.mark.parametrize("width", [360])
def test_me_too_from_the_list_by_mail(catalogue, open_page, axe, width):
    near = services.report(category=catalogue.dump, point=_north(catalogue, 20), description="Un matelas.")
    token = services.keep_photo(file=io.BytesIO(_picture())).photo.token
    services.join_photos(alert=near, tokens=[token])
    page = ready(open_page("/signaler/?lon=2.02&lat=47.05", width))
    page.get_by_label("Dites-le avec vos mots").fill("encombrants")
    page.keyboard.press("Enter")
    item = page.locator(".near__item")
    expect(item).to_contain_text("À 20 m")
    expect(item.locator("img")).to_be_visible()
    assert axe(page) == []
    item.get_by_role("button", name=re.compile("Moi aussi")).click()
    field = item.locator("input[type=email]")
    expect(field).to_be_focused()
    # The browser itself gives the focus, a moment before htmx listens: who is faster than that gets the whole page.
    expect(page.locator(".htmx-added")).to_have_count(0)
    field.fill("personne")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert axe(page) == []
    field.fill("voisine@example.org")
    field.press("Enter")
    expect(item.get_by_text("voisine@example.org")).to_be_visible()
    assert axe(page) == []
    assert Support.objects.count() == 0
    confirmations.send_waiting()
    page.goto(re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1])
    page.get_by_role("button", name="Oui, je confirme").click()
    expect(page).to_have_url(re.compile(near.reference))
    near.refresh_from_db()
    assert near.supports == 1


def test_signed_in_me_too_is_one_press_and_can_be_taken_back(catalogue, open_page):
    near = services.report(category=catalogue.dump, point=_north(catalogue, 20), description="Un matelas.")
    person = catalogue.person("voisine@example.org")
    page = open_page("/compte/connexion/", 360)
    _sign_in(page, person)
    page.goto(f"/signaler/?lon=2.02&lat=47.05&category={catalogue.dump.code}")
    page.locator("textarea[name=description]").fill("Un matelas ?")
    page.evaluate(KEPT)
    page.get_by_role("button", name=re.compile("Moi aussi")).click()
    expect(page.get_by_text("Vous aussi")).to_be_visible()
    page.evaluate(DROPPED)
    assert Support.objects.get().alert == near
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("button", name=re.compile("Moi aussi"))).to_be_visible()
    assert Support.objects.count() == 0


@pytest.mark.parametrize("width", [360])
def test_without_scripts_the_whole_way(catalogue, open_page, width):
    near = services.report(category=catalogue.street_light, point=_north(catalogue, 20), description="Mât tordu.")
    page = open_page("/signaler/", width, java_script_enabled=False)
    page.watch.expect("422")
    page.get_by_label("Latitude").fill("47.05")
    page.get_by_label("Longitude").fill("2.02")
    page.locator(".theme summary", has_text="Éclairage").click()
    page.get_by_role("radio", name=re.compile("Lampadaire en panne")).check()
    page.locator("textarea[name=description]").fill("Tout est noir.")
    page.locator("input[type=file]").set_input_files(photo())
    page.get_by_role("button", name="Envoyer le signalement").click()
    expect(page.get_by_text("Un dernier regard avant l'envoi")).to_be_visible()
    expect(page.get_by_text("Mât tordu.")).to_be_visible()
    page.get_by_label("Il est éteint").check()
    page.get_by_role("radio", name=re.compile("Lampadaire 1")).check()
    page.get_by_role("button", name="Ce n'est pas celui-ci : envoyer le mien").click()
    expect(page).to_have_url(re.compile("/suivi/"))
    alert = Alert.objects.exclude(pk=near.pk).get()
    assert (alert.asset_code, alert.answers, alert.photos.count()) == ("L1", {"etat": "eteint"}, 1)


@pytest.mark.parametrize("width", [360])
def test_without_scripts_me_too_is_a_page_of_its_own(catalogue, open_page, width):
    near = services.report(category=catalogue.dump, point=_north(catalogue, 20), description="Un matelas.")
    page = open_page(f"/signaler/?lon=2.02&lat=47.05&category={catalogue.dump.code}", width, java_script_enabled=False)
    page.watch.expect("422")
    page.get_by_role("button", name=re.compile("Moi aussi")).click()
    field = page.locator(".me-too input[type=email]")
    field.fill("voisine@example.org")
    page.get_by_role("button", name=re.compile("Moi aussi")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ouvrez votre courriel")
    confirmations.send_waiting()
    assert near.reference in mail.outbox[-1].body


@pytest.mark.parametrize("width", [360])
def test_an_address_to_confirm_is_said_before_typing_and_sends_by_the_mail(catalogue, open_page, axe, width):
    Category.objects.filter(code="corbeille").update(identity=Category.Identity.EMAIL)
    page = ready(open_page("/signaler/?lon=2.02&lat=47.05", width))
    page.get_by_label("Dites-le avec vos mots").fill("poubelle")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Votre adresse de courriel, à confirmer")).to_be_visible()
    page.locator("textarea[name=description]").fill("Elle déborde.")
    page.get_by_label("Votre adresse de courriel, à confirmer").fill("moi@example.org")
    assert axe(page) == []
    page.get_by_role("button", name="Envoyer le signalement").click()
    expect(page.get_by_text("moi@example.org")).to_be_visible()
    assert axe(page) == []
    assert Alert.objects.count() == 0
    confirmations.send_waiting()
    page.goto(re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1])
    page.get_by_role("button", name="Oui, je confirme").click()
    expect(page).to_have_url(re.compile("/suivi/"))
    assert Alert.objects.get().contact_email == "moi@example.org"


@pytest.mark.parametrize("width", [360])
def test_signing_in_on_the_way_loses_nothing(catalogue, open_page, width):
    Category.objects.filter(code="corbeille").update(identity=Category.Identity.ACCOUNT)
    person = catalogue.person("moi@example.org")
    page = ready(open_page("/signaler/?lon=2.02&lat=47.05", width))
    page.locator("textarea[name=description]").fill("Elle déborde.")
    page.get_by_label("Dites-le avec vos mots").fill("poubelle")
    page.keyboard.press("Enter")
    page.evaluate(KEPT)
    page.locator("a[data-sign-in]").click()
    _sign_in(page, person)
    expect(page.locator("textarea[name=description]")).to_have_value("Elle déborde.")
    expect(page.locator("[data-chosen-name]")).to_have_text("Corbeille pleine")
    page.get_by_role("button", name="Envoyer le signalement").click()
    expect(page).to_have_url(re.compile("/suivi/"))
    assert Alert.objects.get().reporter == person


def _sign_in(page: Page, person) -> None:
    """On the page of the sign-in, by the code that is mailed."""
    mail.outbox.clear()
    page.locator("main input[type=email]").fill(person.email)
    page.locator("main form button[type=submit]").first.click()
    code = page.locator("main input[name=code]")
    expect(code).to_be_visible()
    code.fill(re.search(r"^ {4}(\S+)$", mail.outbox[-1].body, re.MULTILINE)[1])
    page.locator("main form button[type=submit]").first.click()
    expect(code).to_have_count(0)


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#334").save(out, "JPEG")
    return out.getvalue()
