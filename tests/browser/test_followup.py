"""After a report, in the browser: what its page tells, and what residents do from it and from their mail."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from playwright.sync_api import expect

from alerts import services
from alerts.models import Alert
from tests.alerts.conftest import jpeg, media_root, upload  # noqa: F401 - a fixture
from tests.alerts.steps import AUTHOR, act, join, reported

pytestmark = pytest.mark.browser


def kept(color: str) -> str:
    return services.keep_photo(file=upload(jpeg(color, (640, 480)))).photo.token


def sign_in(page, user) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": page.url}])


def paths(text: str) -> list[str]:
    return re.findall(r"https?://[^/]+(/\S+)", text)


@pytest.fixture
def agent(live_server, town):
    return town.light_agent()


@pytest.fixture
def fixed(town, agent, drain) -> Alert:
    """A report with a photo, one joined with it, somebody who has the problem too; resolved with a photo."""
    alert = reported(town, photo_tokens=[kept("#555")], address="12 rue des Lilas")
    services.support(alert=alert, email="voisin@example.org")
    services.add_update(alert=alert, author=town.person("v@example.org"), text="Il clignote aussi le matin.")
    join(reported(town, contact_email=""), alert, agent)
    drain()
    mail.outbox.clear()
    act(alert, "resolve", agent, "Ampoule changée ce matin.", photo_tokens=[kept("#dc8")])
    drain()
    return Alert.objects.get(pk=alert.pk)


def mailed_to(address: str) -> str:
    """The last mail to that address."""
    return next(message.body for message in reversed(mail.outbox) if message.to == [address])


@pytest.mark.parametrize("width", [360])
def test_who_is_asked_by_mail_says_no_and_opens_it_again(open_page, axe, fixed, agent, drain, width):
    link = next(path for path in paths(mailed_to(AUTHOR)) if "/avis/" in path)
    page = open_page(link, width=width)
    expect(page.get_by_role("heading", level=1)).to_have_text("Est-ce vraiment réglé ?")
    expect(page.locator(".compare img")).to_have_count(2)
    assert axe(page) == []
    page.get_by_text("Donner une note ou laisser un mot").click()
    page.get_by_role("radio", name="2", exact=True).check()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("summary", has_text="Non, ce n'est pas réglé").click()
    page.get_by_label("Qu'est-ce qui ne va toujours pas ?").fill("Il s'éteint à minuit.")
    page.locator("input[type=file]").set_input_files(
        {"name": "nuit.jpg", "mimeType": "image/jpeg", "buffer": jpeg("navy", (300, 200))}
    )
    expect(page.locator("[data-photos-kept] img")).to_have_count(1)
    assert axe(page) == []
    page.get_by_role("button", name="Envoyer : ce n'est pas réglé").click()
    expect(page.get_by_role("status").first).to_contain_text("rouvert")
    fixed.refresh_from_db()
    assert fixed.status == "received"
    assert fixed.events.order_by("pk").last().photos.count() == 1
    assert fixed in Alert.objects.handled_by(agent).waiting()
    mail.outbox.clear()
    drain()
    assert "Ampoule changée ce matin." in mailed_to("eclairage@ville.example")


@pytest.mark.parametrize("width", [360])
def test_everybody_reads_it_and_a_resident_adds_news_without_scripts(open_page, axe, town, fixed, width):
    page = open_page(fixed.get_absolute_url(), width=width)
    expect(page.locator(".compare figcaption")).to_have_text(["Avant", "Après"])
    expect(page.get_by_text("1 autre signalement réuni ici")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    plain = open_page(fixed.get_absolute_url(), width=width, java_script_enabled=False)
    sign_in(plain, town.person("passante@example.org"))
    plain.reload()
    plain.get_by_text("Ajouter une information").click()
    plain.locator("#update textarea").fill("Le poteau penche.")
    plain.locator("#update input[type=file]").set_input_files(
        {"name": "poteau.jpg", "mimeType": "image/jpeg", "buffer": jpeg("blue", (300, 200))}
    )
    plain.get_by_role("button", name="Publier").click()
    expect(plain.locator(".timeline").get_by_text("Le poteau penche.")).to_be_visible()
    expect(plain.locator(".timeline img")).to_have_count(1)


@pytest.mark.parametrize("width", [360])
def test_a_question_is_answered_on_top_of_the_page(open_page, axe, town, agent, width):
    alert = act(reported(town), "ask", agent, "À quel étage ?")
    page = open_page(alert.get_tracking_url(), width=width)
    expect(page.get_by_text("À quel étage ?").first).to_be_in_viewport()
    assert axe(page) == []
    page.get_by_label("Votre réponse").fill("Au troisième.")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("status").first).to_contain_text("Merci")
    expect(page.locator(".timeline").get_by_text("Au troisième.")).to_be_visible()


def test_my_reports_are_a_list_and_a_map(open_page, axe, town, agent, width):
    me = town.person("moi@example.org")
    for place, address in ((town.IN_WEST, "1 rue A"), (town.IN_EAST, "2 rue B")):
        asked = reported(town, reporter=me, point=place, address=address)
    act(asked, "ask", agent)
    page = open_page("/", width=width)
    sign_in(page, me)
    page.goto("/compte/signalements/")
    expect(page.locator("#my-reports > li").first).to_contain_text("2 rue B")
    expect(page.locator(".leaflet-container")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Clos (0)").click()
    expect(page.get_by_text("Aucun de vos signalements n'est clos.")).to_be_visible()
    page.goto("/compte/")
    assert axe(page) == []


def test_what_is_to_be_corrected_is_said_on_top_and_leads_there(open_page, axe, town, agent, width):
    alert = reported(town)
    page = open_page(f"{alert.get_tracking_url()}?envoye", width=width)
    page.watch.expect("422")
    page.get_by_text("Ajouter une information").click()
    page.locator("#update").get_by_role("button", name="Publier").click()
    wrong = page.get_by_role("alert").first
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport()
    expect(page).to_have_title(re.compile("^À corriger"))
    expect(page.get_by_text("Votre signalement est envoyé")).to_have_count(0)
    assert axe(page) == []
    wrong.get_by_role("link").click()
    expect(page.locator("#update textarea")).to_be_in_viewport()
