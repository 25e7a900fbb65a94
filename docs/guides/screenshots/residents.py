"""What a resident of the demo city does on a phone."""

import io
import re

from django.db.models import Exists, OuterRef
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from accounts.demo import people
from accounts.models import Role, User
from alerts.models import Alert, AlertPhoto, Category
from docs.guides.screenshots.album import PHONE, Album

CATEGORY = "lampadaire"
DESCRIPTION = "Le lampadaire devant l'entrée de l'école est éteint depuis lundi soir."


def somebody(role: Role) -> User:
    """The first person of the demo with a mandate of that role."""
    return people().filter(mandates__role=role).first()


def reports(album: Album) -> Alert:
    """Somebody reports a broken street light, photo first; gives the report."""
    person, category = somebody(Role.RESIDENT), Category.objects.get(code=CATEGORY)
    place = _quiet_place(category)
    page = album.page(PHONE, as_=person)
    _open_form(page, place.point)
    page.locator("input[type=file]").set_input_files(
        {"name": "lampadaire.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    expect(page.locator("[data-photos-kept] img")).to_have_count(1)
    expect(page.locator("[name=place_search]")).not_to_have_value("")
    album.take(page, "habitants-signaler", at=page.locator("#photos-part"), height=900)
    _describe(page, category)
    page.get_by_role("button", name="Envoyer le signalement").click()
    page.wait_for_url(re.compile("/suivi/"))
    return Alert.objects.filter(reporter=person).latest("created_at")


def answers(album: Album, report: Alert) -> None:
    """The service has asked something: the person answers on the page of the report."""
    page = album.page(PHONE, as_=report.reporter)
    page.goto(report.get_tracking_url())
    asked = page.locator(".act--asked")
    asked.locator("textarea").fill("Il porte le numéro 214, juste à droite de la grille de l'école.")
    album.take(page, "habitants-repondre", at=asked)
    asked.locator("button[type=submit]").click()
    expect(page.locator(".act--asked")).to_have_count(0)


def judges(album: Album, report: Alert) -> None:
    """The service says that it is done: is it really? And if not, the report is opened again."""
    page = album.page(PHONE, as_=report.reporter)
    page.goto(report.get_tracking_url())
    opinion = page.locator("#avis")
    opinion.locator("summary").first.click()
    album.take(page, "habitants-avis", at=opinion)
    again = page.locator(".answers__no")
    again.locator("summary").click()
    again.locator("textarea").fill("Rallumé un soir, de nouveau éteint depuis hier.")
    album.take(page, "habitants-rouvrir", at=again)


def elsewhere(album: Album) -> None:
    """Me too, no network, my street, my data."""
    person = somebody(Role.RESIDENT)
    page = album.page(PHONE, as_=person)
    known = _known_by_many(person)
    _open_form(page, known.point, known.category)
    near = page.locator("#near-part fieldset")
    expect(near).to_be_visible()
    album.take(page, "habitants-moi-aussi", at=near)

    page.goto("/suivre/nouveau/")
    street = re.sub(r"^\d+\s*(bis|ter)?\s*", "", known.address)
    search = page.locator("input[role=combobox]")
    search.fill(street)
    page.locator("[role=listbox] [role=option]").first.click()
    page.get_by_label("Nom", exact=True).fill("Ma rue")
    album.take(page, "habitants-suivre", at=page.locator("label", has_text="Adresse, rue, lieu"), height=900)

    page.goto("/compte/")
    mine = page.locator("section", has=page.get_by_role("heading", name="Mes données", exact=True))
    album.take(page, "habitants-donnees", at=mine, height=340)

    _without_network(album, known.category)


def _without_network(album: Album, category: Category) -> None:
    page = album.page(PHONE, workers="allow")
    page.goto("/")
    page.evaluate(
        """async () => {
            while (navigator.serviceWorker.controller?.state !== "activated") await new Promise(requestAnimationFrame);
        }"""
    )
    page.context.set_offline(True)
    _open_form(page, _quiet_place(category).point)
    _describe(page, category)
    page.get_by_role("button", name="Envoyer le signalement").click()
    expect(page.get_by_text("C'est gardé, et cela partira tout seul.")).to_be_visible()
    album.take(page, "habitants-sans-reseau", height=480)
    page.context.close()


def _open_form(page: Page, point, category: Category | None = None) -> None:
    known = f"&category={category.code}" if category else ""
    page.goto(f"/signaler/?lon={point.x:.6f}&lat={point.y:.6f}{known}")
    expect(page.locator(".place__map")).to_have_class(re.compile("leaflet-container"))
    page.wait_for_load_state("networkidle")


def _describe(page: Page, category: Category) -> None:
    page.get_by_label("Dites-le avec vos mots").fill(category.name)
    page.get_by_role("radio", name=re.compile(re.escape(category.name))).first.check()
    expect(page.locator("#asks-part input[name=asked]")).to_have_value(category.code)
    for asked in page.locator("#asks-part [id^='q-']").all():
        no = asked.get_by_label("Non", exact=True)
        if asked.get_by_role("radio").count():
            (no if no.count() else asked.get_by_role("radio")).first.check()
    page.locator("textarea[name=description]").fill(DESCRIPTION)


def _quiet_place(category: Category) -> Alert:
    """An old report with an address, around which nothing of that category waits now."""
    old = Alert.objects.kept().filter(category=category, status="resolved").exclude(address="").order_by("-pk")
    return next(one for one in old if not Alert.objects.possible_duplicates(category, one.point).exists())


def _known_by_many(person: User) -> Alert:
    """A public open report of others: one with a photo if there is one, then the one most people support."""
    shown = AlertPhoto.objects.filter(alert=OuterRef("pk"), state="shown")
    open_ones = Alert.objects.kept().waiting().filter(is_public=True).exclude(address="").exclude(reporter=person)
    return open_ones.annotate(pictured=Exists(shown)).order_by("-pictured", "-supports", "pk").first()


def _photo() -> bytes:
    """A street light that is off, at dusk, drawn."""
    image = Image.new("RGB", (1200, 900))
    draw = ImageDraw.Draw(image)
    for y in range(900):
        draw.line([(0, y), (1200, y)], fill=(30 + y // 12, 38 + y // 14, 74 + y // 20))
    for left, top, right in ((0, 420, 260), (260, 500, 420), (820, 380, 1010), (1010, 460, 1200)):
        draw.rectangle([left, top, right, 760], fill=(38, 40, 58))
        for x in range(left + 25, right - 40, 60):
            draw.rectangle([x, top + 40, x + 24, top + 76], fill=(232, 190, 104) if x % 3 else (52, 56, 76))
    draw.rectangle([0, 760, 1200, 900], fill=(52, 52, 58))
    draw.rectangle([590, 190, 606, 800], fill=(14, 16, 22))
    draw.line([(598, 196), (720, 170)], fill=(14, 16, 22), width=14)
    draw.ellipse([690, 150, 800, 196], fill=(24, 26, 34))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
