"""Voting in a browser: by account with the cart, by code without JavaScript."""

import pytest
from django.test import Client

from budget.voting import published, services
from budget.voting.models import Ballot, Cart
from tests.budget.voting.town import Vote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
DOOR = "/budgets/bp/voter/"


@pytest.fixture
def vote(town):
    return Vote(town, amount=60_000_00)


def line(page, vote, cost: int):
    """The box of the project of that cost, in thousands of euros."""
    (number,) = (row.number for row in published.paper(vote.envelopes["ouest"]) if row.cost == cost * 1000_00)
    return page.locator(f"#line-{number}")


def test_by_account_with_a_cart_that_says_what_is_left(open_page, axe, width, vote, live_server):
    vote.settle(votes_age=16)
    page = open_page("/", width=width)
    client = Client()
    client.force_login(vote.resident(), "allauth.account.auth_backends.AuthenticationBackend")
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(DOOR)
    page.get_by_label("sur l’honneur").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("link", name="Ouest").click()
    page.locator(".leaflet-container").wait_for()
    bar = page.locator("[data-left]")
    assert bar.inner_text().replace("\u202f", " ").replace("\xa0", " ") == "Il vous reste 60 000 € sur 60 000 €"
    line(page, vote, 40).check()
    assert "20 000" in bar.inner_text().replace("\u202f", " ")
    # What no longer fits stays in reach, is not ticked, and says why.
    dear = line(page, vote, 30)
    assert dear.get_attribute("aria-disabled") == "true"
    dear.focus()
    page.keyboard.press("Space")
    assert not dear.is_checked()
    assert "10 000" in page.locator("[data-status]").inner_text().replace("\u202f", " ")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 204):
        line(page, vote, 20).check()
    assert Cart.objects.get().choices.count(",") == 1
    assert axe(page) == []
    # Elsewhere nothing is lost.
    page.reload()
    assert line(page, vote, 40).is_checked()
    page.get_by_role("button", name="Relire et voter").click()
    assert axe(page) == []
    page.get_by_role("button", name="Déposer ce bulletin").click()
    assert page.locator(".receipt").inner_text() == Ballot.objects.get().receipt
    assert axe(page) == []
    page.get_by_role("link", name="Comment vérifier ce vote").click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_by_code_without_javascript(open_page, vote):
    vote.settle(votes_proof="code")
    _batch, (code,) = services.make_codes(budget=vote.budget, label="x", count=1, user=None, territory=vote.town.west)
    page = open_page(DOOR, width=360, java_script_enabled=False)
    page.watch.expect("422")
    page.get_by_label("Code de vote").fill(code[:-1])
    page.get_by_role("button", name="Voter avec ce code").click()
    assert page.get_by_label("Code de vote").input_value() == code[:-1]
    page.get_by_label("Code de vote").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Voter avec ce code").click()
    page.get_by_role("link", name="Ouest").click()
    for cost in (40, 30):
        line(page, vote, cost).check()
    page.get_by_role("button", name="Relire et voter").click()
    assert "10 000" in page.get_by_role("alert").inner_text().replace("\u202f", " ")
    assert line(page, vote, 40).is_checked()
    line(page, vote, 30).uncheck()
    page.get_by_role("button", name="Relire et voter").click()
    page.get_by_role("button", name="Déposer ce bulletin").click()
    assert page.locator(".receipt").inner_text() == Ballot.objects.get().receipt
    page.get_by_role("button", name="J’ai terminé").click()
    assert page.get_by_label("Code de vote").is_visible()
