"""What elected officials of the demo city look at."""

from playwright.sync_api import expect

from accounts.models import Role
from docs.guides.screenshots.album import DESKTOP, Album
from docs.guides.screenshots.residents import somebody

CITY = "/territoires/commune/XA001/tableau-de-bord/"


def looks(album: Album) -> None:
    """The dashboard of a district, the list behind a figure, and the maps of the whole city."""
    page = album.page(DESKTOP, as_=somebody(Role.OFFICIAL))
    page.get_by_role("link", name="Tableau de bord").click()
    album.take(page, "elus-chiffres", height=1000)
    page.locator(".board__figure").filter(has_text="En retard").locator(".stat__value").click()
    page.wait_for_load_state("networkidle")
    album.take(page, "elus-liste", height=900)
    page = album.page(DESKTOP, as_=somebody(Role.ADMINISTRATOR))
    page.goto(CITY)
    section = page.locator("[data-board-map]")
    expect(section.locator(".board-label").first).to_be_visible()
    for _step in range(3):
        section.get_by_role("slider").press("ArrowLeft")
    album.take(page, "elus-carte", at=section, height=1080)
    album.take(page, "elus-categories", at=page.locator("#kinds-title"), height=700)
