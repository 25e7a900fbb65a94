"""The site on a phone that loses its network: it opens, and sends what waited once."""

import re
import uuid
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as NotAnswered
from playwright.sync_api import expect

from alerts.models import Alert, AlertPhoto, Category, Question
from alerts.report_form import ReportForm
from common import proof
from tests.browser.phone import (
    DESCRIPTION,
    DRAFTS,
    KEPT,
    cut,
    kept,
    ready,
    send,
    sign_in,
    soon,
    swallow,
    until,
    wait_kept,
    write,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("town")]


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


@pytest.mark.parametrize("width", [360])
def test_written_without_a_network_it_outlives_the_browser_and_leaves_once_with_its_photos(phone, axe, width):
    page = ready(phone.open(width))
    phone.context.set_offline(True)
    page.goto("/signaler/")
    expect(page.get_by_text("Vous êtes hors connexion")).to_be_visible()
    write(page, photos=2)
    send(page)
    expect(page.locator(".notice", has_text=KEPT)).to_be_focused()
    assert axe(page) == []
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


def test_the_questions_of_a_category_are_asked_without_a_network(phone, town, axe):
    lamp = {"category": town.street_light, "type": Question.Type.ONE, "required": True}
    choices = [{"key": "eteint", "name": "Il est éteint"}, {"key": "clignote", "name": "Il clignote"}]
    Question.objects.create(code="etat", label="Que fait-il ?", choices=choices, **lamp)
    Category.objects.filter(pk=town.dump.pk).update(identity=Category.Identity.EMAIL)
    page = ready(phone.open())
    phone.context.set_offline(True)
    page.goto("/signaler/")
    page.locator("input[type=email]").fill("moi@example.org")
    page.get_by_role("radio", name=re.compile("Dépôt sauvage")).check()
    expect(page.get_by_label("Votre adresse de courriel, à confirmer")).to_have_value("moi@example.org")
    page.get_by_role("button", name=re.compile("Modifier|Changer")).click()
    write(page, photos=1)
    expect(page.get_by_text("gardée sur cet appareil, partira avec le signalement")).to_be_visible()
    page.get_by_role("button", name="Retirer cette photo").click()
    expect(page.locator("[data-photos-kept] img")).to_have_count(0)
    page.get_by_label("Il clignote").check()
    assert axe(page) == []
    send(page)
    expect(page.get_by_text(KEPT)).to_be_visible()
    phone.context.set_offline(False)
    expect(page.get_by_text("Votre signalement est parti.")).to_be_visible()
    alert = Alert.objects.get()
    assert (alert.answers, alert.photos.count()) == ({"etat": "clignote"}, 0)


def test_back_online_it_leaves_by_itself_from_the_open_page(phone):
    page = ready(phone.open(), "/signaler/")
    phone.context.set_offline(True)
    write(page)
    send(page)
    expect(page.get_by_text(KEPT)).to_be_visible()
    phone.context.set_offline(False)
    expect(page.get_by_text("Votre signalement est parti.")).to_be_visible()
    assert Alert.objects.get().description == DESCRIPTION


def test_the_worker_sends_it_when_no_page_does(phone):
    page = ready(phone.open(), "/signaler/")
    with cut(page, lambda route: route.abort("internetdisconnected")):
        write(page)
        send(page)
        expect(page.get_by_text(KEPT)).to_be_visible()
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
        expect(page.get_by_text(KEPT)).to_be_visible()
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


def test_two_pages_at_once_send_it_once(phone):
    page = ready(phone.open(background_sync=False), "/signaler/")
    with cut(page, lambda route: route.abort("internetdisconnected")):
        write(page, photos=1)
        send(page)
        expect(page.get_by_text(KEPT)).to_be_visible()
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


def test_it_is_said_once_however_many_tell_of_it(phone):
    """The worker, the page's own sending and the page's coming to the fore may all tell of it at one time."""
    page = ready(phone.open(), "/a-propos/")
    page.evaluate(
        """async () => {
            const draft = { id: "one", kind: "report", owner: "", title: "Un banc", entries: [] };
            await outbox.queue(draft);
            const request = indexedDB.open(outbox.NAME);
            const database = await new Promise((done) => (request.onsuccess = () => done(request.result)));
            const transaction = database.transaction("drafts", "readwrite");
            const sent = { state: "sent", url: "/a-propos/", sent: 1, told: false };
            transaction.objectStore("drafts").put({ ...draft, ...sent });
            await new Promise((done) => (transaction.oncomplete = done));
            const worker = new BroadcastChannel(outbox.NAME);
            const news = { id: "one", state: "sent", url: "/a-propos/" };
            for (let time = 0; time < 4; time += 1) worker.postMessage(news);
        }"""
    )
    expect(page.get_by_text("Votre signalement est parti.")).to_be_visible()
    until(page, "async () => (await outbox.all())[0].told")
    assert page.evaluate("outbox.claimTelling('one')") is False
    expect(page.get_by_text("Votre signalement est parti.")).to_have_count(1)


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
    form.close()
    # The form may be closing still when the next page asks: then the page after that has its turn. Under load a page
    # may never be answered at the very moment when one worker takes over from the other: a person opens another.
    for _turn in range(8):
        page = phone.tab()
        with suppress(NotAnswered):
            page.goto("/a-propos/", wait_until="commit", timeout=5000)
            if soon(page, f"() => {controller} === 'en'", seconds=3):
                break
        page.close()
    else:
        pytest.fail("the new worker never took over")
    phone.context.set_offline(True)
    page.goto(DRAFTS)
    expect(page.get_by_role("heading", level=1)).to_have_text("Drafts and reports of this device")


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


def test_what_could_not_leave_by_itself_is_not_promised_to(phone, axe):
    page = ready(phone.open())
    phone.context.set_offline(True)
    page.goto("/signaler/")
    page.locator("textarea[name=description]").fill(DESCRIPTION)
    send(page)
    lacking = page.get_by_role("alert")
    expect(lacking).to_be_focused()
    expect(lacking.get_by_role("listitem")).to_have_text(["Où est-ce ?", "De quoi s'agit-il ?"])
    assert axe(page) == []
    assert [one["state"] for one in kept(page)] == ["draft"]
    write(page)
    send(page)
    expect(page.get_by_text(KEPT)).to_be_visible()
    expect(lacking).to_have_count(0)
    assert [one["state"] for one in kept(page)] == ["queued"]


def test_a_draft_that_is_asked_for_a_little_work_does_it_and_leaves(phone, rf, settings):
    """Many write from one address at once, as phones behind one operator do."""
    settings.PROOF = True
    page = ready(phone.open(), "/signaler/")
    phone.context.set_offline(True)
    write(page, photos=1)
    send(page)
    expect(page.get_by_text(KEPT)).to_be_visible()
    for _time in range(4):
        proof.note(rf.get("/", REMOTE_ADDR="127.0.0.1"), ReportForm.proof_act)
    answers = []
    phone.context.on("response", lambda one: one.request.method == "POST" and answers.append(one.status))
    phone.context.set_offline(False)
    expect(page.get_by_text("Votre signalement est parti.")).to_be_visible()
    assert (Alert.objects.get().photos.count(), answers) == (1, [422, 200])


def test_a_draft_the_town_cannot_take_says_so_on_every_page(phone, axe):
    page = ready(phone.open(background_sync=False), "/signaler/")
    with cut(page, lambda route: route.abort("internetdisconnected")):
        write(page)
        send(page)
        expect(page.get_by_text(KEPT)).to_be_visible()
    Category.objects.filter(code="lampadaire").update(is_active=False)
    page.goto("/a-propos/")
    refused = page.locator(".notice", has_text="Un signalement n'est pas parti")
    expect(refused).to_contain_text(DESCRIPTION)
    assert axe(page) == []
    page.goto("/territoires/")
    refused.get_by_role("link", name="Le compléter").click()
    expect(page.locator("textarea[name=description]")).to_have_value(DESCRIPTION)
    expect(refused).to_have_count(0)
