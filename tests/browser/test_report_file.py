"""The report's file as somebody opens it from a tablet without a network: its map works, and it asks for nothing."""

import datetime as dt

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from alerts.models import Alert
from frontend.report import file
from geo.models import PlanFeature
from tests.browser.conftest import WIDTHS
from tests.conftest import box
from tests.frontend.report.helpers import WEST, report_of, reported

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSTILE = "</script><img src=x onerror=\"window.hacked=1\"><svg onload='window.hacked=1'>"


@pytest.fixture
def busy(town):
    """Nine open alerts in the west, six of them late, in a town with a river; all words are hostile."""
    PlanFeature.objects.create(kind="river", name=HOSTILE, rank=1, geometry=box(2.0, 47.04, 2.1, 47.045))
    for one in (town.west, town.east, town.pothole):
        one.name = HOSTILE
        one.save()
    reported(town, 6, category=town.pothole, public_address=HOSTILE)
    reported(town, 3, category=town.pothole, due_on=dt.date(2100, 1, 1))
    return town


@pytest.fixture
def opened(browser, busy, tmp_path):
    """`opened(width)` opens the file with no network at all; what it asks for or logs fails the test."""
    path = tmp_path / "rapport.html"
    path.write_text(file.html(report_of(busy, busy.official())))
    contexts, troubles = [], []

    def one(width: int) -> Page:
        context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]}, locale="fr-FR", offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on("console", lambda message: troubles.append(f"console: {message.text}"))
        page.on(
            "request",
            lambda request: request.url.startswith(("file:", "data:")) or troubles.append(f"request: {request.url}"),
        )
        page.goto(path.as_uri())
        return page

    yield one
    for context in contexts:
        context.close()
    assert troubles == []


def shapes(page: Page, pane: str) -> int:
    """How many objects the map shows there."""
    return page.locator(f".leaflet-{pane}-pane path").count()


def boxes(page: Page):
    """The list of layers; on a phone it opens under the pointer that reaches its sign."""
    if (toggle := page.locator(".leaflet-control-layers-toggle")).is_visible():
        toggle.scroll_into_view_if_needed()
        place = toggle.bounding_box()
        page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    return page.locator(".leaflet-control-layers-overlays label")


def test_layers_are_switched_without_a_network(opened, width):
    page = opened(width)
    waiting, late = Alert.objects.filter(closed_at=None).count(), Alert.objects.filter(due_on__lt="2100-01-01").count()
    assert (waiting, late) == (9, 6)
    assert (shapes(page, "overlay"), shapes(page, "ground"), shapes(page, "outline")) == (waiting + late, 1, 1)
    assert shapes(page, "areas") == 0
    layers = boxes(page)
    expect(layers).to_have_count(6)
    for place, (pane, before, after) in enumerate(
        [("ground", 1, 0), ("areas", 0, 2), ("areas", 2, 3), ("outline", 1, 0), ("overlay", 15, 6), ("overlay", 6, 0)]
    ):
        assert shapes(page, pane) == before
        layers.nth(place).locator("input").click()
        assert shapes(page, pane) == after
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.images.length + document.querySelectorAll('[onload], [onerror]').length") == 0


def test_what_one_presses_says_what_it_is_in_plain_words(opened, width):
    page = opened(width)
    page.locator(".leaflet-overlay-pane path").last.click(force=True)
    popup = page.locator(".leaflet-popup-content")
    expect(popup).to_contain_text("</script><img src=x")
    expect(popup.locator("a")).to_have_attribute("href", f"{report_url()}")
    assert page.evaluate("window.hacked") is None


def report_url() -> str:
    newest = Alert.objects.filter(due_on__lt="2100-01-01").order_by("pk").last()
    return f"{settings.BASE_URL}{newest.get_absolute_url()}"


def test_it_is_read_by_everybody_and_fits_a_phone(opened, axe, width):
    page = opened(width)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("figure svg[role=img]")).to_have_count(3)


def test_a_report_is_chosen_and_taken_away(open_page, client, busy, axe, width):
    client.force_login(busy.official())
    page = open_page("/accessibilite/", width)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url.split("/acc")[0]}]
    )
    page.goto(f"{WEST}/")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.watch.expect("status of 400")
    page.locator("[name=periode][value=dates]").check()
    page.locator("button[formaction$='.pdf']").click()
    expect(page.locator(".field__error")).to_have_count(1)
    expect(page.locator("[name=periode][value=dates]")).to_be_checked()
    page.locator("[name=periode][value='mois-dernier']").check()
    with page.expect_download() as download:
        page.locator("button[formaction$='.html']").click()
    assert download.value.suggested_filename.endswith(".html")
