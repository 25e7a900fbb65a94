"""A resident on a phone proposes a cycle lane, drawn with the keyboard, and sees what is alike before sending."""

import re

import pytest
from playwright.sync_api import expect

from budget.proposals.models import Proposal
from tests.browser.test_loop import _sign_in
from tests.budget.proposals.helpers import make_budget, propose

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_cycle_lane_is_drawn_and_sent(town, open_page, axe):
    known = propose(make_budget(town), town.person("autre@example.org"), "Une piste cyclable vers l'école")
    page = open_page("/", 360)
    _sign_in(page, town.person("habitante@example.org", display_name="Inès"))
    page.goto("/budgets/bp-2026/proposer/")
    page.get_by_label(re.compile("Une ligne")).check()
    frame = page.locator("[data-area-draw] .map")
    expect(page.get_by_text("Touchez la carte là où la ligne commence")).to_be_visible()
    # To the west of the district's border, whatever the map shows at first.
    page.evaluate(
        "document.querySelector('[data-area-draw]').areaDraw.map.setView([47.05, 2.021], 16, {animate: false})"
    )
    frame.focus()
    page.keyboard.press("Enter")
    middle = "document.querySelector('[data-area-draw]').areaDraw.map.getCenter().lng"
    before = page.evaluate(middle)
    page.keyboard.press("ArrowRight")
    # The map glides there: a corner put down at once would be the first again.
    page.wait_for_function(f"before => {middle} - before > 0.001", arg=before)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Une ligne de 2 points")).to_be_visible()
    expect(page.locator("#envelope-part").get_by_text("Ouest").first).to_be_visible()
    page.get_by_label("Votre idée en quelques mots").fill("Piste cyclable de l'école au stade")
    page.get_by_label("Thème").select_option("velo")
    expect(page.get_by_role("link", name=known.title)).to_be_visible()
    page.get_by_label("Décrivez-la").fill("Pour aller à l'école **à vélo** sans danger.")
    page.get_by_role("button", name=re.compile("Prendre mon dessin")).click()
    expect(page.locator("[data-sum]")).not_to_have_text(re.compile(r"^0"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe(page) == []
    page.get_by_role("button", name="Envoyer ma proposition").last.click()
    expect(page.get_by_role("heading", name="Piste cyclable de l'école au stade", level=1)).to_be_visible()
    expect(page.get_by_text("votre proposition est publiée")).to_be_visible()
    sent = Proposal.objects.get(theme__code="velo")
    assert sent.shape.geom_type == "LineString"
    assert sent.envelope.title == "Ouest"
    assert sent.estimate == sent.estimate_lines[0]["quantity"] * 35_000 > 0
    page.get_by_role("button", name=re.compile("Je la soutiens")).click()
    expect(page.get_by_text("Vous la soutenez. Merci.")).to_be_visible()
    page.locator(".leaflet-container").scroll_into_view_if_needed()
    assert axe(page) == []
    page.goto("/budgets/bp-2026/propositions/")
    expect(page.get_by_role("link", name=known.title)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
