"""A phone that loses its network, and what a person does on it."""

import io
import random
import re
from contextlib import contextmanager

from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect

DESCRIPTION = "Le lampadaire est éteint depuis trois jours."
DRAFTS = "/brouillons/"
KEPT = "C'est gardé, et cela partira tout seul."
# What a browser says of requests that a missing network, or a refusal the test provokes, makes fail.
PROVOKED = ("net::ERR_", "Failed to fetch", "422 (Unprocessable", "503 (Service", "429 (Too Many", "htmx:")


class Phone:
    """A browser with a profile on the disk, as a phone's: it may be closed and opened again."""

    def __init__(self, browser, address, folder, watch, options):
        self.type, self.address, self.folder = browser.browser_type, address, folder
        self.watch, self.options = watch, options
        self.context = None

    def open(self, width=360, background_sync=True) -> Page:
        """The phone switched on, at an empty page. Firefox and Safari have no background sync."""
        self.context = self.type.launch_persistent_context(
            self.folder,
            **self.options,
            base_url=self.address,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport={"width": width, "height": 800},
        )
        if not background_sync:
            self.context.add_init_script("delete ServiceWorkerRegistration.prototype.sync;")
        page = self.context.pages[0]
        self.watch.follow(page)
        return page

    def tab(self) -> Page:
        page = self.context.new_page()
        self.watch.follow(page)
        return page

    def close(self) -> None:
        if self.context:
            self.context.close()
        self.context = None


def ready(page: Page, path="/") -> Page:
    """That page, once the worker has kept what it keeps and looks after the page."""
    page.goto(path)
    until(page, "() => navigator.serviceWorker.controller?.state === 'activated'")
    return page


def picture(seed=0) -> dict:
    """A camera's photo, as a file field takes it: 3000 pixels wide, over 1 MB, with the place it was taken at."""
    noise = random.Random(seed).randbytes(750 * 500 * 3)
    image = Image.frombytes("RGB", (750, 500), noise).resize((3000, 2000))
    exif = Image.Exif()
    exif[0x0112] = 1
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 3.0, 0.0), 3: "E", 4: (2.0, 1.0, 12.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=90)
    return {"name": f"photo-{seed}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def place(page: Page, lat="47.05", lon="2.02") -> None:
    """Types the place, once the map has come and put the numbers away."""
    typed = page.locator("[data-place-typed]:not([open]) summary")
    expect(page.locator(".leaflet-container")).to_be_visible()
    if typed.count():
        typed.click()
    page.get_by_label("Latitude").fill(lat)
    page.get_by_label("Longitude").fill(lon)


def write(page: Page, *, description=DESCRIPTION, photos=0) -> None:
    place(page)
    page.get_by_role("radio", name=re.compile("Lampadaire en panne")).check()
    page.locator("textarea[name=description]").fill(description)
    if photos:
        page.locator("input[type=file]").set_input_files([picture(seed) for seed in range(photos)])


def send(page: Page) -> None:
    page.get_by_role("button", name="Envoyer le signalement").click()


def kept(page: Page) -> list[dict]:
    """What lies on the device: its drafts without their photos, and how many photos each has."""
    return page.evaluate(
        """async () => {
            const drafts = await outbox.all();
            return Promise.all(drafts.map(async (one) => ({ ...one, photos: (await outbox.photos(one.id)).length })));
        }"""
    )


def wait_kept(page: Page, condition: str) -> None:
    """Until the `drafts` on the device satisfy a condition in JavaScript; each says how many `photos` it has."""
    until(
        page,
        f"""async () => {{
            const drafts = await outbox.all();
            for (const one of drafts) one.photos = (await outbox.photos(one.id)).length;
            return {condition};
        }}""",
    )


def until(page: Page, condition: str, seconds=20) -> None:
    """Until a function of the page says true. (Playwright's own waiting needs the eval that our policy forbids.)"""
    assert soon(page, condition, seconds), condition


def soon(page: Page, condition: str, seconds) -> bool:
    """Whether a function of the page says true within so many seconds."""
    return page.evaluate(
        f"""async (end) => {{
            const holds = {condition};
            while (performance.now() < end) {{
                if (await holds()) return true;
                await new Promise((next) => setTimeout(next, 30));
            }}
            return false;
        }}""",
        page.evaluate("performance.now()") + seconds * 1000,
    )


@contextmanager
def cut(page: Page, answer):
    """Reports reach `answer(route)` instead of the server; yields how many did."""
    seen = []

    def meet(route):
        if route.request.method != "POST":
            return route.fallback()
        seen.append(route.request)
        return answer(route)

    page.context.route("**/signaler/", meet)
    yield seen
    page.context.unroute("**/signaler/", meet)


def swallow(route) -> None:
    """The server gets it and answers, and the answer never comes."""
    route.fetch(max_redirects=0)
    route.abort("connectionreset")


def sign_in(phone: Phone, user) -> None:
    client = Client()
    client.force_login(user)
    phone.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": phone.address, "httpOnly": True}]
    )
