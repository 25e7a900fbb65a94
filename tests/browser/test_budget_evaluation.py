"""A service studies a proposal on a phone, then the official signs at a desk: everybody reads it."""

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import expect

from budget.evaluation.models import Study as Written
from tests.budget.evaluation.making import DESK, REASON, Study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page_of(open_page, live_server):
    """`page_of(user, path, width)`: a page of their browser."""

    def open_one(user, path=DESK, width=1280):
        page = open_page("/a-propos/", width)
        client = Client()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        name = django_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    return open_one


def sound(page, axe, width=1280) -> None:
    assert axe(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_from_the_study_on_a_phone_to_the_signature(town, page_of, axe):
    study = Study(town)
    (asked,) = study.asked()
    page = page_of(study.agent, width=360)
    page.watch.expect("422")
    sound(page, axe, 360)
    page.get_by_role("link", name=asked.proposal.title).click()
    sound(page, axe, 360)
    names, amounts = page.get_by_label("Pour quoi"), page.get_by_label("Montant (€)")
    names.nth(0).fill("Deux bancs")
    amounts.nth(0).fill("1 234,56")
    page.get_by_role("button", name="Ajouter une ligne").click()
    expect(names).to_have_count(4)
    expect(names.nth(3)).to_be_focused()
    names.nth(3).fill("Pose")
    amounts.nth(3).fill("800.01")
    expect(page.locator("[data-lines-total]")).to_have_text("2\u202f034,57\xa0€")
    page.get_by_role("button", name="Rendre l'étude").click()
    expect(page.get_by_role("alert")).to_contain_text("Dites si c'est réalisable")
    sound(page, axe, 360)
    expect(amounts.nth(1)).to_have_value("800.01")
    page.get_by_label("Réalisable", exact=True).check()
    page.get_by_role("textbox", name="Motif public").fill(REASON)
    page.get_by_role("radiogroup", name="Le terrain est-il à la ville").get_by_label("Oui").check()
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_text("Le brouillon est enregistré.")).to_be_visible()
    page.get_by_role("button", name="Rendre l'étude").click()
    expect(page.get_by_text("Elle est rendue et reste en l'état.")).to_be_visible()
    sound(page, axe, 360)
    assert list(Written.objects.values_list("submitted", flat=True)) == [False, True]

    page = page_of(study.official)
    page.get_by_role("link", name=asked.proposal.title).click()
    sound(page, axe)
    amounts = page.get_by_label("Montant (€)")
    amounts.nth(1).fill("900")
    page.get_by_role("button", name="Signer et publier").click()
    expect(page.get_by_role("alert")).to_contain_text("dites pourquoi")
    sound(page, axe)
    page.get_by_label("Pourquoi les montants").fill("Le prix de la pose a été revu.")
    page.get_by_role("button", name="Signer et publier").click()
    expect(page.get_by_text("C'est signé.")).to_be_visible()
    signed = page.locator("#etude")
    expect(signed).to_contain_text("2\u202f134,56\xa0€")
    expect(signed).to_contain_text("Le prix de la pose a été revu.")
    sound(page, axe)

    page = page_of(study.admin, f"{DESK}?vue=etudier")
    for path in (f"/agents/budgets/{study.budget.slug}/services/", f"{DESK}{asked.proposal.reference}/services/"):
        sound(page, axe)
        page.goto(path)
    sound(page, axe)
