"""An agent's day in the browser: by hand, by keyboard, on a phone in the street, and without scripts."""

import re

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Role
from alerts import services
from alerts.models import Alert, AlertPhoto, ResponseTemplate, ShortlistItem
from tests.alerts.conftest import jpeg, upload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = "/agents/signalements/"


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def agent(town):
    return town.person("agent@ville.example", Role.AGENT, body=town.light_service, display_name="Marc Tessier")


@pytest.fixture
def alerts(town):
    """Four reports, due in their order; the first has a photo."""
    photo = services.keep_photo(file=upload(jpeg(size=(600, 400)))).photo
    made = []
    for number, street in enumerate(("Lilas", "Acacias", "Tilleuls", "Charmes")):
        made.append(
            services.report(
                category=town.street_light,
                point=town.IN_WEST,
                description="Le lampadaire est éteint.",
                address=f"{number + 1} rue des {street}",
                photo_tokens=[] if number else [photo.token],
            )
        )
    return made


@pytest.fixture
def desk(open_page, agent, live_server):
    """`desk(path, width, **context)`: a page of this agent's browser."""

    def open_one(path=QUEUE, width=1280, **context):
        page = open_page("/a-propos/", width, **context)
        client = Client()
        client.force_login(agent, "allauth.account.auth_backends.AuthenticationBackend")
        name = django_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    return open_one


def test_axe_finds_nothing_on_any_page_of_the_desk(desk, alerts, agent, axe, width):
    first = alerts[0]
    services.merge(alerts=[alerts[3]], into=first, actor=agent)
    services.hide(alert=first, actor=agent, target="text", reason="personal")
    AlertPhoto.objects.update(state="waiting")
    ResponseTemplate.objects.create(title="Réparé", text="Ampoule changée.", transition="resolve")
    services.save_filter(user=agent, name="Urgents", query="priority=1")
    page = desk(width=width)
    for path in (
        QUEUE,
        f"{QUEUE}?view=list",
        first.get_handle_url(),
        alerts[3].get_handle_url(),
        f"{QUEUE}tournee/?alert={first.reference}&alert={alerts[1].reference}",
        "/agents/moderation/",
        f"/agents/moderation/{first.reference}/",
        f"/agents/moderation/photos/{first.photos.get().token}/",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_day_by_keyboard(desk, alerts, agent, axe):
    page = desk()
    keys = page.keyboard
    row = page.locator("[data-rows] > li")
    keys.press("j")
    keys.press("j")
    expect(row.nth(1).locator(".rows__title a")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("k")
    expect(row.nth(1).locator(".rows__title a")).to_be_focused()
    keys.press("x")
    expect(row.nth(1).get_by_role("checkbox")).to_be_checked()
    expect(page.locator("[data-selected]")).to_have_text("1 choisi")
    with page.expect_response(re.compile("ma-liste")):
        keys.press("s")
    expect(row.nth(1).locator(".star")).to_have_attribute("aria-pressed", "true")
    assert ShortlistItem.objects.get().alert == alerts[1]
    keys.press("/")
    expect(page.get_by_label("Référence ou mots")).to_be_focused()
    keys.type("jxs?/")
    expect(page.get_by_label("Référence ou mots")).to_have_value("jxs?/")
    page.locator("h1").click()
    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe(page) == []
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    keys.press("j")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(alerts[0].reference))
    services.apply(alert=alerts[0], transition="resolve", actor=agent, message="Fait.")
    page.get_by_role("link", name="Retour à la liste").click()
    expect(row).to_have_count(len(alerts) - 1)
    keys.press("j")
    expect(row.first.locator(".rows__title a")).to_be_focused()
    keys.press("j")
    keys.press("Enter")
    page.get_by_role("link", name="Retour à la liste").click()
    expect(row).to_have_count(len(alerts) - 1)
    keys.press("j")
    expect(row.nth(2).locator(".rows__title a")).to_be_focused()


def test_single_keys_can_be_switched_off(desk, alerts):
    page = desk()
    page.get_by_role("button", name="Clavier").click()
    page.get_by_label("Les touches seules agissent sur la liste").uncheck()
    page.get_by_role("button", name="Fermer").click()
    page.reload()
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator("[data-rows] a:focus")).to_have_count(0)


@pytest.mark.parametrize("width", [1280])
def test_many_at_once_with_a_preview(desk, alerts, width):
    page = desk(width=width)
    for alert in alerts[:2]:
        page.get_by_label(f"Choisir le signalement {alert.reference}").check()
    page.get_by_role("button", name="Traiter ensemble").click()
    page.get_by_label("Planifier").check()
    page.get_by_role("textbox", name="Message public").fill("Passage mardi.")
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    assert not Alert.objects.filter(status="planned").exists()
    page.get_by_role("button", name="Confirmer pour 2 signalements").click()
    expect(page.get_by_role("status").first).to_contain_text("fait pour 2")
    assert set(Alert.objects.filter(status="planned")) == set(alerts[:2])


@pytest.mark.parametrize("width", [1280])
def test_map_and_list_say_the_same(desk, alerts, width):
    page = desk(width=width)
    if width == 360:
        expect(page.locator("[data-desk-map]")).to_be_hidden()
        page.get_by_role("button", name="Carte").click()
        expect(page.locator(".desk__list")).to_be_hidden()
    expect(page.locator("[data-map-status]")).to_have_text("4 signalements de la liste dans cette partie de la carte.")


@pytest.mark.parametrize("width", [1280])
def test_a_usual_answer_and_a_photo_of_the_result(desk, alerts, tmp_path, width):
    ResponseTemplate.objects.create(title="Réparé", text="Ampoule changée.", transition="resolve")
    photo = tmp_path / "apres.jpg"
    photo.write_bytes(jpeg("green"))
    page = desk(alerts[0].get_handle_url(), width)
    page.get_by_role("button", name="Insérer dans le message").click()
    expect(page.get_by_role("textbox", name="Message public")).to_have_value("Ampoule changée.")
    expect(page.get_by_label("Résoudre")).to_be_checked()
    page.get_by_label("Photos du résultat").set_input_files(photo)
    page.locator(".desk-act").get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").first).to_contain_text("enregistré")
    step = alerts[0].events.last()
    assert (step.transition, step.message, step.photos.count()) == ("resolve", "Ampoule changée.", 1)


@pytest.mark.parametrize("width", [1280])
def test_without_scripts_the_answer_comes_back_in_the_message_and_the_star_works(desk, alerts, width):
    ResponseTemplate.objects.create(title="Réparé", text="Ampoule changée.")
    page = desk(alerts[0].get_handle_url(), width, java_script_enabled=False)
    page.get_by_role("button", name="Insérer dans le message").click()
    expect(page.get_by_role("textbox", name="Message public")).to_have_value("Ampoule changée.")
    page.goto(QUEUE)
    page.get_by_role("button", name=f"Signalement {alerts[1].reference} sur ma liste").click()
    expect(page.locator(".star[aria-pressed=true]")).to_have_count(1)


@pytest.mark.parametrize("width", [1280])
def test_one_click_joins_two_reports_and_another_separates_them(desk, alerts, width):
    page = desk(alerts[1].get_handle_url(), width)
    page.get_by_role("button", name=f"Garder {alerts[0].reference}, ranger celui-ci dessous").click()
    expect(page.get_by_role("status").first).to_contain_text(alerts[0].reference)
    alerts[1].refresh_from_db()
    assert alerts[1].duplicate_of == alerts[0]
    page.get_by_role("button", name=f"Séparer de nouveau {alerts[1].reference}").click()
    alerts[1].refresh_from_db()
    assert alerts[1].status == "received"


@pytest.mark.parametrize("width", [360])
def test_a_face_is_blurred_with_the_finger_or_by_numbers(desk, alerts, width):
    photo = alerts[0].photos.get()
    page = desk(f"/agents/moderation/photos/{photo.token}/", width)
    frame = page.locator("[data-frame]")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.75, steps=4)
    page.mouse.up()
    expect(page.locator("[data-area]")).to_have_count(1)
    assert float(page.get_by_label("Gauche (%)").input_value()) == pytest.approx(25, abs=1)
    page.get_by_role("button", name="Ajouter une zone").click()
    second = page.locator("[data-area]").nth(1)
    expect(second.get_by_label("Gauche (%)")).to_be_focused()
    second.get_by_label("Largeur (%)").fill("5")
    page.get_by_role("button", name="Flouter définitivement").click()
    expect(page.get_by_role("status").first).to_contain_text("Flouté")
    photo.refresh_from_db()
    assert photo.is_blurred
    assert alerts[0].events.last().data["areas"] == 2


def test_a_round_is_printed_with_boxes_and_without_a_map(desk, alerts):
    names = "&".join(f"alert={alert.reference}" for alert in alerts)
    page = desk(f"{QUEUE}tournee/?{names}")
    expect(page.locator(".desk-pin")).to_have_count(4)
    page.emulate_media(media="print")
    expect(page.locator("[data-round-map]")).to_be_hidden()
    expect(page.locator(".desk-stop__boxes").first).to_be_visible()
    expect(page.locator(".desk-stop")).to_have_count(4)
