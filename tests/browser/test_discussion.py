"""Taking part in a discussion: on a phone, on a desktop, without script; as everybody and as a moderator."""

import re
from urllib.parse import urljoin

import pytest
from django.core import mail
from playwright.sync_api import expect

from engagement.discussion.models import Comment
from tests.browser.test_follow import fits
from tests.engagement.discussion import bench
from tests.engagement.discussion.conftest import pages, people  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def become(page, client, person) -> None:
    client.force_login(person)
    here = urljoin(page.url, "/")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": here}])


@pytest.mark.parametrize("width", [360])
def test_all_is_done_without_leaving_the_page(people, open_page, client, axe, width):  # noqa: F811
    bench.say(people["amina"], "Ma mère ne peut pas traverser la place.")
    bench.say(people["amina"], "Qui paiera l’entretien ?", "question")
    bench.say(people["odile"], "Trop cher.", "against")
    page = open_page("/essai/1/", width)
    assert axe(page) == []
    become(page, client, people["karim"])
    page.goto("/essai/1/")
    page.evaluate("() => { window.stayed = true; }")
    page.get_by_text("Donner mon avis ou poser une question").click()
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("Écrivez quelques mots.")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Un argument contre").check()
    page.get_by_label(re.compile("Vos mots")).fill("Il y en a **déjà six**.")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("status").filter(has_text="Votre texte est publié")).to_be_focused()
    expect(page.get_by_text("déjà six").first).to_be_visible()
    assert axe(page) == []
    assert fits(page, width)
    support = page.get_by_role("button", name=re.compile("Je soutiens.*Amina"))
    support.click()
    expect(page.get_by_role("button", pressed=True)).to_be_focused()
    assert Comment.objects.get(text__startswith="Ma mère").supports == 1
    card = page.locator("article", has_text="Ma mère")
    card.get_by_role("link", name="Répondre à Amina").click()
    card.get_by_role("link", name="Annuler").click()
    expect(card.get_by_label(re.compile("Votre réponse"))).to_have_count(0)
    card.get_by_role("link", name="Répondre à Amina").click()
    card.get_by_label(re.compile("Votre réponse")).fill("La mienne non plus.")
    assert axe(page) == []
    card.get_by_role("button", name="Publier ma réponse").click()
    expect(card.get_by_text("La mienne non plus.")).to_be_visible()
    expect(card.get_by_text("Votre réponse est publiée.")).to_be_focused()
    other = page.locator("article", has_text="Trop cher.")
    other.locator("summary", has_text="Autres actions").click()
    other.get_by_role("link", name="Signaler").click()
    other.get_by_label("sans rapport avec le sujet").check()
    other.get_by_role("button", name="Envoyer aux modérateurs").click()
    expect(other.get_by_text("La modération va l’examiner")).to_be_visible()
    page.get_by_role("link", name=re.compile("Questions")).click()
    expect(page.get_by_text("Qui paiera l’entretien ?")).to_be_visible()
    expect(page.get_by_text("Trop cher.")).to_have_count(0)
    assert page.evaluate("window.stayed"), "no page was loaded anew"
    become(page, client, people["lise"])
    page.goto("/discussions/moderation/")
    assert axe(page) == []
    assert fits(page, width)
    page.get_by_role("link", name="Trop cher.").first.click()
    page.get_by_role("textbox", name=re.compile("Pourquoi")).fill("Hors sujet.")
    page.get_by_label(re.compile("^Motif")).select_option("off_topic")
    assert axe(page) == []
    page.get_by_role("button", name="Le masquer").click()
    expect(page.get_by_text("Rien n’est signalé.")).to_be_visible()
    page.goto("/essai/1/")
    expect(page.get_by_text("Masqué par la modération : sans rapport avec le sujet.")).to_be_visible()


def test_without_script_one_argues_answers_and_changes_ones_words(people, open_page):  # noqa: F811
    argument = bench.say(people["amina"], "Ma mère ne peut pas traverser la place.")
    page = open_page("/essai/1/", 360, java_script_enabled=False)
    page.watch.expect("422")
    page.get_by_text("Donner mon avis ou poser une question").click()
    page.get_by_label(re.compile("Vos mots")).fill("Et le bruit ?")
    page.get_by_role("button", name="Me connecter pour publier").click()
    page.locator("input[type=email]").fill(people["karim"].email)
    page.locator("main form button[type=submit]").first.click()
    field = page.locator("main input[name=code]")
    expect(field).to_be_visible()
    field.fill(re.search(r"^ {4}(\S+)$", mail.outbox[-1].body, re.MULTILINE).group(1))
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_label(re.compile("Vos mots"))).to_have_value("Et le bruit ?")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("Choisissez : pour, contre, ou une question.")).to_be_visible()
    page.get_by_label("Une question").check()
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("Et le bruit ?")).to_be_visible()
    page.locator(f"#c-{argument.reference}").get_by_role("link", name="Répondre").click()
    page.get_by_label(re.compile("Votre réponse")).fill("La mienne non plus.")
    page.get_by_role("button", name="Publier ma réponse").click()
    expect(page.get_by_text("La mienne non plus.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("summary", has_text="Autres actions sur le texte de Karim").click()
    page.get_by_role("link", name="Modifier mon texte").click()
    page.get_by_label(re.compile("Votre texte")).fill("La mienne s’assoit par terre.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("La mienne s’assoit par terre.")).to_be_visible()
    page.get_by_role("link", name=re.compile("modifié")).click()
    expect(page.get_by_text("La mienne non plus.")).to_be_visible()
