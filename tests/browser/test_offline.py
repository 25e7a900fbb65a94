"""The site on a phone that loses its network: it opens, keeps what is written, and sends it once."""

import io
import random
import re
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect

from alerts.models import Alert, AlertPhoto, Category
from tests.browser.conftest import ARGUMENTS, CHROMIUM, WIDTHS, Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESCRIPTION = "Le lampadaire est éteint depuis trois jours."
DRAFTS = "/brouillons/"
# What a browser says of requests that a missing network, or a refusal the test provokes, makes fail.
PROVOKED = ("net::ERR_", "Failed to fetch", "422 (Unprocessable", "503 (Service", "429 (Too Many", "htmx:")


class Phone:
    """A browser with a profile on the disk, as a phone's: it may be closed and opened again."""

    def __init__(self, browser, address, folder, watch):
        self.type, self.address, self.folder, self.watch = browser.browser_type, address, folder, watch
        self.context = None

    def open(self, width=360, background_sync=True) -> Page:
        """The phone switched on, at an empty page. Firefox and Safari have no background sync."""
        self.context = self.type.launch_persistent_context(
            self.folder,
            executable_path=str(CHROMIUM),
            args=ARGUMENTS,
            base_url=self.address,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport={"width": width, "height": WIDTHS[width]},
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


@pytest.fixture
def phone(browser, live_server, settings, tmp_path, town):
    settings.BASE_URL = live_server.url
    watch = Watch(urlsplit(live_server.url).netloc)
    for text in PROVOKED:
        watch.expect(text)
    one = Phone(browser, live_server.url, tmp_path / "profile", watch)
    yield one
    for page in one.context.pages if one.context else ():
        page.wait_for_load_state("networkidle")
    one.close()
    assert watch.found == []


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
    held = page.evaluate(
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
    assert held, condition


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


def test_it_can_be_installed(phone, live_server):
    page = ready(phone.open())
    devtools = phone.context.new_cdp_session(page)
    read = devtools.send("Page.getAppManifest")
    assert read["url"] == f"{live_server.url}/manifest.webmanifest"
    assert read["errors"] == []
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []


def test_without_a_network_its_pages_open_and_others_say_so(phone, axe, width):
    page = ready(phone.open(width), "/a-propos/")
    phone.context.set_offline(True)
    for path, title in (
        ("/signaler/?lon=2.02&lat=47.05", "Signaler un problème"),
        (DRAFTS, "Brouillons et envois de cet appareil"),
        ("/territoires/", "Cette page n'est pas sur votre appareil"),
    ):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto("/")
    expect(page.get_by_text("Le réseau ne répond pas : voici la page gardée")).to_be_visible()
    expect(page.locator(".leaflet-container").first).to_be_visible()


def test_nothing_of_the_person_signed_in_is_in_what_the_worker_keeps(phone, town):
    person = town.person("moi@example.org")
    page = phone.open()
    sign_in(phone, person)
    ready(page, "/signaler/")
    expect(page.locator("input[type=email]")).to_have_value(person.email)
    page.goto("/compte/")
    everything = page.evaluate(
        """async () => {
            const texts = [];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) {
                    texts.push(`${request.url} ${await (await cache.match(request)).text()}`);
                }
            }
            return texts;
        }"""
    )
    assert len(everything) > 30
    assert [text[:80] for text in everything if person.email in text or "/compte/ " in text] == []
    phone.context.set_offline(True)
    page.goto("/signaler/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Signaler un problème")
    expect(page.locator("input[type=email]")).to_have_value("")


def test_written_without_a_network_it_outlives_the_browser_and_leaves_once_with_its_photos(phone, width):
    page = ready(phone.open(width))
    phone.context.set_offline(True)
    page.goto("/signaler/")
    expect(page.get_by_text("Vous êtes hors connexion")).to_be_visible()
    write(page, photos=2)
    send(page)
    expect(page.get_by_text("C'est gardé, et cela partira tout seul.")).to_be_visible()
    assert Alert.objects.count() == 0
    assert [(one["state"], one["photos"]) for one in kept(page)] == [("queued", 2)]
    phone.close()
    page = phone.open(width)
    page.goto("/")
    expect(page.get_by_text("Votre signalement est parti.")).to_be_visible()
    alert = Alert.objects.get()
    assert (alert.description, alert.photos.count(), AlertPhoto.objects.count()) == (DESCRIPTION, 2, 2)
    assert [(one["state"], one["photos"], "entries" in one) for one in kept(page)] == [("sent", 0, False)]
    page.get_by_role("link", name="Suivre ce signalement").click()
    expect(page.get_by_text(alert.reference).first).to_be_visible()


def test_back_online_it_leaves_by_itself_from_the_open_page(phone):
    page = ready(phone.open(), "/signaler/")
    phone.context.set_offline(True)
    write(page)
    send(page)
    expect(page.get_by_text("C'est gardé, et cela partira tout seul.")).to_be_visible()
    phone.context.set_offline(False)
    expect(page.get_by_text("Votre signalement est parti.")).to_be_visible()
    assert Alert.objects.get().description == DESCRIPTION


def test_the_worker_sends_it_when_no_page_does(phone):
    page = ready(phone.open(), "/signaler/")
    with cut(page, lambda route: route.abort("internetdisconnected")):
        write(page)
        send(page)
        expect(page.get_by_text("C'est gardé, et cela partira tout seul.")).to_be_visible()
    devtools = phone.context.new_cdp_session(page)
    found = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")
    until(page, "async () => Boolean(await navigator.serviceWorker.ready)")
    sync = {"registrationId": found[-1]["registrationId"], "tag": "parvis-outbox", "lastChance": False}
    devtools.send("ServiceWorker.dispatchSyncEvent", {"origin": phone.address, **sync})
    expect(page.get_by_text("Votre signalement est parti.")).to_be_visible()
    assert Alert.objects.count() == 1


@pytest.mark.parametrize(("number", "reports"), [("its own", 1), ("another", 2)])
def test_when_the_answer_is_lost_the_second_try_makes_no_second_report(phone, number, reports):
    """With another number in the draft it does: it is the number that keeps it one."""
    page = ready(phone.open(background_sync=False), "/signaler/")
    with cut(page, swallow) as seen:
        write(page, photos=1)
        expect(page.locator("[data-photos-kept] img")).to_have_count(1)
        send(page)
        expect(page.get_by_text("C'est gardé, et cela partira tout seul.")).to_be_visible()
        assert len(seen) == 1
    assert Alert.objects.count() == 1
    if number == "another":
        page.evaluate(
            """async (other) => {
                const [draft] = await outbox.all();
                const entries = draft.entries.map(([name, value]) => [name, name === "submission" ? other : value]);
                await outbox.queue({ ...draft, entries });
            }""",
            str(uuid.uuid4()),
        )
    page.goto(DRAFTS)
    wait_kept(page, "drafts[0].state === 'sent'")
    assert Alert.objects.count() == reports
    assert Alert.objects.order_by("created_at").first().photos.count() == 1


def test_two_pages_and_the_worker_at_once_send_it_once(phone):
    page = ready(phone.open(background_sync=False), "/signaler/")
    with cut(page, lambda route: route.abort("internetdisconnected")):
        write(page, photos=1)
        send(page)
        expect(page.get_by_text("C'est gardé, et cela partira tout seul.")).to_be_visible()
    other = phone.tab()
    other.goto("/a-propos/")
    posts = []
    phone.context.on("request", lambda one: one.method == "POST" and posts.append(one.url))
    started = "() => { self.sent = Promise.all([outbox.flush(), outbox.flush()]); }"
    page.evaluate(started)
    other.evaluate(started)
    for one in (page, other):
        one.evaluate("() => self.sent")
    wait_kept(page, "drafts[0].state === 'sent'")
    assert (Alert.objects.count(), len(posts)) == (1, 1)


def test_what_is_typed_is_there_again_after_the_page_is_lost(phone, axe, width):
    page = ready(phone.open(width), "/signaler/")
    phone.context.set_offline(True)
    write(page, photos=1)
    page.locator("input[type=email]").fill("moi@example.org")
    wait_kept(page, "drafts[0]?.photos === 1 && drafts[0].entries.some(([, value]) => value === 'moi@example.org')")
    phone.close()
    page = phone.open(width)
    page.goto("/signaler/")
    expect(page.get_by_text("Vous avez un brouillon du")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Reprendre").click()
    expect(page.locator("textarea[name=description]")).to_have_value(DESCRIPTION)
    expect(page.locator("[name=place_lat]")).to_have_value("47.05")
    expect(page.get_by_role("radio", name=re.compile("Lampadaire en panne"))).to_be_checked()
    expect(page.locator("input[type=email]")).to_have_value("moi@example.org")
    expect(page.locator("[data-photos-kept] img")).to_have_count(1)
    assert axe(page) == []
    send(page)
    expect(page.get_by_text(DESCRIPTION)).to_be_visible()
    alert = Alert.objects.get()
    assert (alert.contact_email, alert.photos.count()) == ("moi@example.org", 1)


def test_a_draft_nobody_wants_is_deleted(phone):
    page = ready(phone.open(), "/signaler/")
    page.locator("textarea[name=description]").fill("Finalement non.")
    wait_kept(page, "drafts.length === 1")
    page.reload()
    page.get_by_role("button", name="Supprimer").click()
    expect(page.get_by_text("Vous avez un brouillon du")).to_have_count(0)
    assert kept(page) == []


def test_what_the_town_refuses_waits_with_its_words_and_all_that_was_typed(phone, axe, width):
    """The category went while the phone was away; the place comes from the photo, so it must be agreed to."""
    page = ready(phone.open(width), "/signaler/")
    phone.context.set_offline(True)
    write(page, photos=1)
    place(page, "", "")
    send(page)
    expect(page.get_by_text("C'est gardé, et cela partira tout seul.")).to_be_visible()
    Category.objects.filter(code="lampadaire").update(is_active=False)
    page.goto(DRAFTS)
    phone.context.set_offline(False)
    row = page.locator("[data-draft]")
    expect(row).to_have_attribute("data-state", "fix")
    expect(row).to_contain_text("Cette catégorie n'est plus proposée")
    expect(row).to_contain_text("le lieu où votre photo a été prise")
    expect(row.locator("img")).to_have_count(1)
    assert axe(page) == []
    row.get_by_role("link", name="Modifier").click()
    expect(page.locator("textarea[name=description]")).to_have_value(DESCRIPTION)
    expect(page.get_by_text("Cette catégorie n'est plus proposée")).to_be_visible()
    page.get_by_role("radio", name=re.compile("Nid-de-poule")).check()
    place(page)
    send(page)
    expect(page.get_by_text(DESCRIPTION)).to_be_visible()
    alert = Alert.objects.get()
    assert (alert.category.code, alert.photos.count()) == ("nid-de-poule", 1)


def test_a_mistake_made_online_is_shown_beside_its_field(phone):
    page = ready(phone.open(), "/signaler/")
    write(page, description="")
    send(page)
    expect(page.locator(".field__error")).to_contain_text("Décrivez le problème")
    page.locator("textarea[name=description]").fill(DESCRIPTION)
    send(page)
    expect(page.get_by_text(DESCRIPTION)).to_be_visible()
    assert Alert.objects.count() == 1
    assert [one["state"] for one in kept(page)] == ["sent"]


@pytest.mark.parametrize(
    ("status", "headers", "least", "most", "said"),
    [
        (503, {}, 25, 35, "Notre service ne répond pas"),
        (429, {"Retry-After": "120"}, 110, 125, "venus de votre connexion"),
        (429, {}, 590, 605, "venus de votre connexion"),
    ],
)
def test_a_busy_or_broken_server_is_left_in_peace_for_a_while(phone, status, headers, least, most, said):
    page = ready(phone.open(background_sync=False), "/signaler/")
    with cut(page, lambda route: route.fulfill(status=status, headers=headers, body="")) as seen:
        write(page)
        send(page)
        expect(page.get_by_text(said)).to_be_visible()
        page.goto(DRAFTS)
        expect(page.locator("[data-draft]")).to_contain_text("Prochain essai")
        assert len(seen) == 1
    (draft,) = kept(page)
    assert (draft["state"], draft["attempts"]) == ("queued", 1)
    assert least < (draft["after"] - page.evaluate("Date.now()")) / 1000 < most
    page.get_by_role("button", name="Envoyer maintenant").click()
    expect(page.locator("[data-draft]")).to_have_attribute("data-state", "sent")
    assert Alert.objects.count() == 1


def test_a_draft_leaves_in_nobody_elses_name(phone, town):
    page = ready(phone.open(background_sync=False), "/signaler/")
    with cut(page, lambda route: route.abort("internetdisconnected")):
        write(page)
        send(page)
        expect(page.get_by_text("C'est gardé, et cela partira tout seul.")).to_be_visible()
    person = town.person("moi@example.org")
    sign_in(phone, person)
    page.goto(DRAFTS)
    row = page.locator("[data-draft]")
    expect(row).to_have_attribute("data-state", "held")
    assert Alert.objects.count() == 0
    row.get_by_role("button", name="Envoyer avec mon compte").click()
    expect(row).to_have_attribute("data-state", "sent")
    assert Alert.objects.get().reporter == person


def test_signing_out_asks_about_what_is_unsent_and_erases_the_rest(phone, town, axe, width):
    page = phone.open(width)
    sign_in(phone, town.person("moi@example.org"))
    ready(page, "/signaler/")
    write(page)
    send(page)
    expect(page.get_by_text(DESCRIPTION)).to_be_visible()
    page.goto("/signaler/")
    page.locator("textarea[name=description]").fill("Un secret.")
    wait_kept(page, "drafts.length === 2")
    page.goto("/compte/")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("button", name="Effacer et me déconnecter")).to_be_focused()
    assert axe(page) == []
    page.get_by_role("button", name="Rester connecté").click()
    assert len(kept(page)) == 2
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="Effacer et me déconnecter").click()
    expect(page.locator(".site-header a[href='/compte/connexion/']").first).to_be_attached()
    assert kept(page) == []


def test_what_is_kept_at_signing_out_is_not_shown_to_the_next_person(phone, town):
    page = phone.open()
    sign_in(phone, town.person("moi@example.org"))
    ready(page, "/signaler/")
    page.locator("textarea[name=description]").fill("Un secret.")
    wait_kept(page, "drafts.length === 1")
    page.goto("/compte/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="Les garder et me déconnecter").click()
    expect(page.locator(".site-header a[href='/compte/connexion/']").first).to_be_attached()
    page.goto(DRAFTS)
    expect(page.locator("[data-draft]")).to_contain_text("Un brouillon d'un compte qui n'est pas connecté ici.")
    expect(page.get_by_text("Un secret.")).to_have_count(0)
    page.goto("/signaler/")
    expect(page.locator("[data-map-config]")).to_be_attached()
    until(page, "() => document.querySelector('form[data-offline]').draftForm?.owner === ''")
    expect(page.get_by_text("Vous avez un brouillon du")).to_have_count(0)


DAY = 24 * 3600 * 1000


def test_the_page_of_drafts_shows_each_state_and_drops_what_is_old(phone, axe, width):
    page = ready(phone.open(width), DRAFTS)
    expect(page.get_by_text("Rien n'attend ici.")).to_be_visible()
    page.evaluate(
        """async ([day, png]) => {
            const blob = await (await fetch(png)).blob();
            const places = { action: "/signaler/", page: "/signaler/", session: "/jeton/" };
            const base = { ...places, kind: "report", owner: "", entries: [] };
            const put = async (id, fields, photos) => {
                await outbox.queue({ ...base, id, title: `Signalement ${id}` }, photos);
                await new Promise((done) => {
                    const opened = indexedDB.open(outbox.NAME);
                    opened.onsuccess = () => {
                        const store = opened.result.transaction("drafts", "readwrite").objectStore("drafts");
                        store.get(id).onsuccess = ({ target }) => {
                            store.put({ ...target.result, ...fields }).onsuccess = done;
                        };
                    };
                });
            };
            const now = Date.now();
            await put("brouillon", { state: "draft" }, [{ field: "photos", name: "photo.png", blob }]);
            await put("attente", { after: now + day });
            await put("correction", { state: "fix", errors: ["Décrivez le problème en quelques mots."] });
            await put("vieux", { created: now - 31 * day, changed: now - 31 * day });
            await put("autre", { owner: "quelqu-un" });
            const sent = { state: "sent", told: true };
            await put("parti", { ...sent, url: "/signalements/suivi/x/?envoye", sent: now });
            await put("parti-avant", { ...sent, url: "/signalements/suivi/y/", sent: now - 8 * day });
            await put("oublié", { state: "draft", changed: now - 31 * day });
            await put("perdu", { state: "fix", changed: now - 91 * day });
        }""",
        [DAY, page.evaluate("document.querySelector('link[rel=apple-touch-icon]').href")],
    )
    page.reload()
    expect(page.locator("[data-draft='vieux']")).to_have_attribute("data-state", "expired")
    expect(page.locator("[data-draft='oublié']")).to_have_count(0)
    states = page.locator("[data-draft]").evaluate_all("(rows) => rows.map((row) => row.dataset.state)")
    assert sorted(states) == ["draft", "expired", "fix", "held", "queued", "sent", "sent"]
    expect(page.get_by_text("Signalement parti-avant")).to_have_count(0)
    expect(page.locator("[data-draft='parti-avant'] a")).to_have_attribute("href", "/signalements/suivi/y/")
    expect(page.locator("[data-draft='parti'] a")).to_have_attribute("href", "/signalements/suivi/x/")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Supprimer « Signalement correction »").click()
    expect(page.locator("[data-draft='correction']")).to_have_count(0)
    page.get_by_role("button", name="Tout effacer de cet appareil").click()
    page.get_by_role("button", name="Oui, tout effacer").click()
    expect(page.locator("[data-draft]")).to_have_count(0)
    assert kept(page) == []


def test_a_new_version_waits_for_the_open_form(phone):
    """Another language is another worker, as a new version is."""
    form = ready(phone.open(), "/signaler/")
    other = phone.tab()
    phone.context.add_cookies([{"name": "django_language", "value": "en", "url": phone.address}])
    controller = "navigator.serviceWorker.controller.scriptURL.split('=')[1]"
    other.goto("/a-propos/")
    until(other, "async () => (await navigator.serviceWorker.getRegistration()).waiting?.state === 'installed'")
    other.reload()
    until(other, "async () => (await navigator.serviceWorker.getRegistration()).waiting?.state === 'installed'")
    assert form.evaluate(controller) == "fr"
    form.goto("/a-propos/")
    until(form, f"() => {controller} === 'en'")
    phone.context.set_offline(True)
    form.goto(DRAFTS)
    expect(form.get_by_role("heading", level=1)).to_have_text("Drafts and reports of this device")


@pytest.mark.parametrize("missing", ["indexedDB", "Worker"])
def test_an_old_browser_sends_a_plain_form(open_page, town, missing):
    page = open_page("/a-propos/")
    if missing == "indexedDB":
        page.context.add_init_script("Object.defineProperty(self, 'indexedDB', { value: undefined });")
    else:
        page.context.add_init_script("delete Navigator.prototype.serviceWorker; delete Navigator.prototype.locks;")
    page.goto("/signaler/")
    write(page, photos=1)
    expect(page.locator("[data-photos-kept] img")).to_have_count(1)
    send(page)
    expect(page.get_by_text(DESCRIPTION)).to_be_visible()
    assert Alert.objects.get().photos.count() == 1
