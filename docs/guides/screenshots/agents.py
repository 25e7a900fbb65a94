"""What the agents of the demo city do at their desk."""

import datetime as dt

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.demo import people
from accounts.models import Role, User
from alerts.models import Alert, AlertPhoto, ResponseTemplate
from docs.guides.screenshots.album import DESKTOP, Album
from docs.guides.screenshots.residents import somebody

QUEUE = "/agents/signalements/"


def asks(album: Album, report: Alert) -> None:
    """The agent asks the person something."""
    page = _handle(album, report)
    _choose(page, "ask")
    page.locator("#message-part textarea").fill("Quel numéro est écrit sur le mât, à hauteur des yeux ?")
    album.take(page, "agents-repondre", at=page.locator("form.desk-act"), height=850)
    _record(page)


def resolves(album: Album, report: Alert) -> None:
    """With an answer that the service gives often."""
    usual, _made = ResponseTemplate.objects.get_or_create(
        body=report.body,
        transition="resolve",
        defaults={"title": "Ampoule remplacée", "text": "L'ampoule a été remplacée. Merci de nous l'avoir signalé."},
    )
    page = _handle(album, report)
    _choose(page, "resolve")
    page.locator("#template").select_option(str(usual.pk))
    page.locator("button[name=inserer]").click()
    expect(page.locator("#message-part textarea")).not_to_have_value("")
    album.take(page, "agents-modeles", at=page.locator("[data-templates]"), height=400)
    _record(page)


def day(album: Album) -> None:
    """The queue and what one does from it."""
    page = album.page(DESKTOP, as_=_agent())
    page.goto(QUEUE)
    album.take(page, "agents-file", height=1000)
    page.goto(f"{QUEUE}?view=late")
    album.take(page, "agents-delais", at=page.locator("[data-rows]"), height=440)
    page.goto(f"{QUEUE}?priority=1")
    page.locator(".desk-saved summary").click()
    page.locator("#filter-name").fill("Urgents du centre")
    album.take(page, "agents-filtres", height=620)
    page.goto(f"{QUEUE}?view=list")
    album.take(page, "agents-ma-liste")
    page.goto(QUEUE)
    page.locator("body").press("?")
    expect(page.locator("[data-help]")).to_be_visible()
    album.take(page, "agents-clavier", height=700)
    _together(album, page)
    _round(album, page)
    _duplicates(album)
    _transfers(album)


def moderates(album: Album, report: Alert) -> None:
    """A photo waits to be seen before it is published."""
    if not AlertPhoto.objects.filter(state="waiting", alert__isnull=False).exists():
        report.photos.update(state="waiting")
    page = album.page(DESKTOP, as_=somebody(Role.MODERATOR))
    page.goto("/agents/moderation/")
    album.take(page, "agents-moderation", height=700)


def _together(album: Album, page: Page) -> None:
    page.goto(QUEUE)
    for box in page.locator("[data-rows] input[type=checkbox]").all()[:4]:
        box.check()
    page.get_by_role("button", name="Traiter ensemble").click()
    _choose(page, "plan")
    page.locator("#message-part textarea").fill("Une tournée passe dans votre rue la semaine prochaine.")
    page.locator("input[name=planned_for]").fill((timezone.localdate() + dt.timedelta(days=7)).isoformat())
    page.locator("button[name=step][value=preview]").click()
    expect(page.locator("button[name=step][value=do]")).to_be_visible()
    album.take(page, "agents-ensemble")


def _round(album: Album, page: Page) -> None:
    page.goto(f"{QUEUE}?view=list")
    page.get_by_role("link", name="Tournée de ma liste").click()
    album.take(page, "agents-tournee", height=900)


def _duplicates(album: Album) -> None:
    waiting = Alert.objects.handled_by(_agent()).waiting()
    metres = 150
    one = next(one for one in waiting if Alert.objects.same_problem(one, metres).handled_by(_agent()).exists())
    page = _handle(album, one)
    album.take(page, "agents-doublons", at=page.locator("#doublons"), height=480)


def _transfers(album: Album) -> None:
    page = _handle(album, Alert.objects.handled_by(_agent()).waiting().latest("created_at"))
    _choose(page, "transfer")
    page.locator("#service-part select").select_option(index=1)
    page.locator("#message-part textarea").fill(
        "Ce lampadaire appartient à un autre service : nous lui passons la main."
    )
    album.take(page, "agents-transferer", at=page.locator("form.desk-act"), height=1000)


def _agent() -> User:
    """The agent of the demo with the most work shared out: who has a list of their own."""
    return people().filter(mandates__role=Role.AGENT, mandates__body__slug="eclairage-public").first()


def _handle(album: Album, alert: Alert) -> Page:
    page = album.page(DESKTOP, as_=_agent())
    page.goto(alert.get_handle_url())
    page.wait_for_load_state("networkidle")
    return page


def _choose(page: Page, act: str) -> None:
    page.locator(f"input[name=act][value={act}]").check()


def _record(page: Page) -> None:
    steps = page.locator(".timeline__item").count()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".timeline__item")).to_have_count(steps + 1)
