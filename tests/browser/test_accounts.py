"""The proof of work, the page of a confirmation and the keys, in a real browser."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts import confirmations, keys
from accounts.models import Role
from common import proof

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LINK = re.compile(r"/confirmer/\w+/")
LOGIN = "/compte/connexion/"


@pytest.fixture
def flood(settings, rf):
    """As if five codes had just been asked for from this machine."""
    settings.PROOF = True
    for _turn in range(5):
        proof.note(rf.get("/", REMOTE_ADDR="127.0.0.1"), "sign-in")


def fits(page, width):
    return page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360])
def test_in_a_flood_the_browser_proves_its_work_and_goes_on(flood, town, open_page, axe, width):
    page = open_page(LOGIN, width)
    expect(page.get_by_role("status").filter(has_text=re.compile("Vérification.*faite"))).to_be_visible()
    assert axe(page) == []
    assert fits(page, width)
    page.get_by_label("Votre adresse électronique").fill("moi@example.org")
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entrez le code")
    assert mail.outbox[0].to == ["moi@example.org"]


def test_sent_before_the_check_is_done_it_waits_and_leaves_by_itself(flood, town, open_page):
    page = open_page("/")
    held = []
    free = []
    page.route("**/preuve/**", lambda route: route.continue_() if free else held.append(route))
    page.goto(LOGIN)
    page.get_by_label("Votre adresse électronique").fill("moi@example.org")
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_text("Vérification en cours…")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    free.append(True)
    for route in held:
        route.continue_()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entrez le code")


def test_a_page_loaded_before_the_flood_gets_the_check_and_keeps_what_was_typed(town, open_page, settings, rf):
    page = open_page(LOGIN)
    settings.PROOF = True
    for _turn in range(5):
        proof.note(rf.get("/", REMOTE_ADDR="127.0.0.1"), "sign-in")
    page.get_by_label("Votre adresse électronique").fill("moi@example.org")
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_text("Une courte vérification commence toute seule")).to_be_visible()
    expect(page.get_by_label("Votre adresse électronique")).to_have_value("moi@example.org")
    page.get_by_role("button", name="Recevoir un code").click()
    # The proof is some seconds of work where other tests take their share.
    expect(page.get_by_role("heading", level=1)).to_have_text("Entrez le code", timeout=30_000)


@pytest.mark.parametrize("width", [360])
def test_without_javascript_the_form_says_what_to_do(flood, town, open_page, width):
    page = open_page(LOGIN, width, java_script_enabled=False)
    expect(page.get_by_text("Sans JavaScript, attendez dix minutes")).to_be_visible()
    page.get_by_label("Votre adresse électronique").fill("moi@example.org")
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_text("Attendez dix minutes, puis envoyez à nouveau.")).to_be_visible()
    expect(page.get_by_label("Votre adresse électronique")).to_have_value("moi@example.org")
    assert mail.outbox == []


def test_where_no_challenge_comes_the_form_still_leaves(flood, town, open_page):
    page = open_page("/")
    page.watch.expect("net::ERR_FAILED")
    page.route("**/preuve/**", lambda route: route.abort())
    page.goto(LOGIN)
    expect(page.get_by_text("La vérification n’a pas pu se faire.")).to_be_visible()
    page.get_by_label("Votre adresse électronique").fill("moi@example.org")
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_text("Votre navigateur n’a pas pu faire la vérification.")).to_be_visible()


@pytest.fixture
def link():
    """The path of a confirmation that was mailed."""

    def handler(email, payload):
        if payload.get("refuse"):
            raise confirmations.ConfirmationRefused("Ce signalement a déjà été traité.")
        return "/a-propos/"

    def mailed(**payload) -> str:
        summary = "Signaler « Lampadaire en panne », 3 rue du Test, à Ville."
        confirmations.ask(kind="essai", email="moi@example.org", payload=payload, summary=summary)
        confirmations.send_waiting()
        return LINK.search(mail.outbox[-1].body)[0]

    confirmations.register("essai", handler, title="Votre signalement")
    yield mailed
    confirmations._kinds.pop("essai")


def test_a_confirmation_is_read_then_done(town, link, open_page, axe, width):
    path = link()
    page = open_page(path, width)
    assert axe(page) == []
    assert fits(page, width)
    page.get_by_role("button", name="Oui, je confirme").click()
    page.wait_for_url("**/a-propos/")
    page.goto(path)
    expect(page.get_by_text("C’est déjà confirmé")).to_be_visible()
    assert axe(page) == []


def test_a_refusal_and_a_dead_link_say_what_to_do(town, link, open_page, axe, width):
    page = open_page(link(refuse=True), width)
    page.watch.expect("409 (Conflict)")
    page.watch.expect("404 (Not Found)")
    page.get_by_role("button", name="Oui, je confirme").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce signalement a déjà été traité.")
    assert axe(page) == []
    page.goto("/confirmer/inconnu/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien ne mène nulle part")
    assert axe(page) == []


@pytest.fixture
def scope():
    before = dict(keys._scopes)
    keys._scopes.clear()
    keys.register_scope("guichet", "Recevoir et rendre des signalements", needs_mandate_roles=(Role.AGENT,))
    yield
    keys._scopes.clear()
    keys._scopes.update(before)


def test_a_key_is_made_copied_and_revoked(town, scope, client, settings, live_server, open_page, axe, width):
    client.force_login(town.light_agent())
    page = open_page("/a-propos/", width, permissions=["clipboard-read", "clipboard-write"])
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto("/compte/")
    page.get_by_role("link", name="Créer une clé").click()
    page.get_by_label("Nom de la clé").fill("Logiciel des services techniques")
    assert axe(page) == []
    page.get_by_role("button", name="Créer la clé").click()
    page.get_by_role("button", name="Copier la clé").click()
    expect(page.get_by_text("Copié.")).to_be_visible()
    text = page.get_by_label("Votre clé").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == text
    assert keys.identify(text, "guichet")
    assert axe(page) == []
    assert fits(page, width)
    page.get_by_role("button", name="Révoquer Logiciel des services techniques").click()
    expect(page.get_by_text("n’ouvre plus rien")).to_be_visible()
    assert keys.identify(text, "guichet") is None
