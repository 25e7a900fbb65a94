"""A result counted by whom it may be and read by all; works kept up to date and signed: on a phone and a desktop."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from budget.delivery import services as works
from budget.results import tasks
from budget.results.models import CountOrder
from tests.budget.delivery.works import agent
from tests.budget.results.voted import finished, west_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page, person, live_server):
    client = Client()
    client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )


def whole(page) -> bool:
    """Nothing of the page stands out on the right."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_votes_are_counted_and_everybody_reads_why(town, open_page, live_server, axe, width):
    budget = finished(town)
    page = open_page(f"/budgets/{budget.slug}/resultats/", width)
    expect(page.get_by_text("Pas encore de résultat")).to_be_visible()
    sign_in(page, town.person("chef@ville.example", Role.ADMINISTRATOR), live_server)
    page.reload()
    page.get_by_role("button", name="Compter les votes").click()
    expect(page.get_by_text("2 enveloppes vont être comptées")).to_be_visible()
    tasks.sweep()
    page.reload()
    assert axe(page) == []
    page.get_by_role("table").first.get_by_role("link", name="Ouest").click()
    expect(page.get_by_text("il manquait 10")).to_be_visible()
    expect(page.locator(".leaflet-container")).to_have_count(1)
    page.get_by_text("Voir toutes les étapes").click()
    page.get_by_text("Côte à côte").click()
    assert axe(page) == []
    assert whole(page)
    with page.expect_download() as got:
        page.get_by_role("link", name="Télécharger l’élection (.pb)").click()
    assert got.value.suggested_filename == "ouest.pb"


@pytest.mark.parametrize("width", [360])
def test_the_works_are_kept_and_signed(town, open_page, live_server, axe, width):
    budget = finished(town)
    CountOrder.objects.create(envelope=west_of(budget))
    tasks.count_waiting()
    page = open_page(f"/budgets/{budget.slug}/realisation/", width)
    assert axe(page) == []
    page.watch.expect("422")
    sign_in(page, agent(town), live_server)
    page.goto("/agents/realisation/")
    page.get_by_role("link", name="Bancs").first.click()
    form = page.get_by_role("form", name="Ajouter une étape")
    form.get_by_label("Étape").fill("Pose des bancs")
    form.get_by_role("button", name="Enregistrer l’étape").click()
    expect(page.get_by_role("alert")).to_contain_text("Prévu")
    assert axe(page) == []
    assert form.get_by_label("Étape").input_value() == "Pose des bancs"
    form.get_by_label("Prévu").fill(timezone.localdate().isoformat())
    form.get_by_role("button", name="Enregistrer l’étape").click()
    expect(page.get_by_text("L’étape est enregistrée.")).to_be_visible()
    assert whole(page)
    sign_in(page, town.official(), live_server)
    page.goto(budget.get_absolute_url())
    assert axe(page) == []
    page.goto(works.url_of(west_of(budget)))
    page.get_by_label("Vos mots aux habitants").fill("Tout avance.")
    page.get_by_role("button", name="Je signe").click()
    expect(page.get_by_text("Rien n’a changé depuis.")).to_be_visible()
    assert axe(page) == []
    assert whole(page)
