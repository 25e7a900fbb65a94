"""What is written on a phone stays there until it is sent, for its writer alone."""

import re

import pytest
from playwright.sync_api import expect

from alerts.models import Alert, Category
from tests.browser.phone import (
    DESCRIPTION,
    DRAFTS,
    KEPT,
    cut,
    kept,
    picture,
    place,
    ready,
    send,
    sign_in,
    until,
    wait_kept,
    write,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("town")]


def test_what_is_typed_is_there_again_after_the_page_is_lost(phone, axe):
    page = ready(phone.open(), "/signaler/")
    phone.context.set_offline(True)
    write(page, photos=1)
    page.locator("input[type=email]").fill("moi@example.org")
    wait_kept(page, "drafts[0]?.photos === 1 && drafts[0].entries.some(([, value]) => value === 'moi@example.org')")
    phone.close()
    page = phone.open()
    page.goto("/signaler/")
    expect(page.get_by_text("Vous avez un brouillon du")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Reprendre").click()
    expect(page.locator("textarea[name=description]")).to_have_value(DESCRIPTION)
    expect(page.locator("[name=place_lat]")).to_have_value("47.05")
    expect(page.locator("[name=category][value=lampadaire]")).to_be_checked()
    expect(page.locator("input[type=email]")).to_have_value("moi@example.org")
    expect(page.locator("[data-photos-kept] img")).to_have_count(1)
    assert axe(page) == []
    send(page)
    expect(page.get_by_text(DESCRIPTION)).to_be_visible()
    alert = Alert.objects.get()
    assert (alert.contact_email, alert.photos.count()) == ("moi@example.org", 1)


def test_going_back_to_the_form_finds_the_subject_that_was_chosen_by_words(phone):
    page = ready(phone.open(), "/signaler/")
    place(page)
    page.get_by_label("Dites-le avec vos mots").fill("dépôt")
    page.get_by_role("radio", name=re.compile("Dépôt sauvage")).check()
    page.locator("textarea[name=description]").fill("Un canapé.")
    wait_kept(page, "drafts[0]?.entries.some(([, value]) => value === 'Un canapé.')")
    page.goto("/a-propos/")
    page.go_back()
    expect(page.locator("textarea[name=description]")).to_have_value("Un canapé.")
    expect(page.locator("[name=category]:checked")).to_have_value("depot-sauvage")
    expect(page.locator("[data-chosen-name]")).to_have_text("Dépôt sauvage")


def test_a_draft_nobody_wants_is_deleted(phone):
    page = ready(phone.open(), "/signaler/")
    page.locator("textarea[name=description]").fill("Finalement non.")
    wait_kept(page, "drafts.length === 1")
    page.reload()
    page.get_by_role("button", name="Supprimer").click()
    expect(page.get_by_text("Vous avez un brouillon du")).to_have_count(0)
    assert kept(page) == []


def test_what_the_town_refuses_waits_with_its_words_and_all_that_was_typed(phone, axe):
    """The category went while the phone was away."""
    page = ready(phone.open(), "/signaler/")
    phone.context.set_offline(True)
    write(page, photos=1)
    send(page)
    expect(page.get_by_text(KEPT)).to_be_visible()
    Category.objects.filter(code="lampadaire").update(is_active=False)
    page.goto(DRAFTS)
    phone.context.set_offline(False)
    row = page.locator("[data-draft]")
    expect(row).to_have_attribute("data-state", "fix")
    expect(row).to_contain_text("Cette catégorie n'est plus proposée")
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


def test_a_draft_leaves_in_nobody_elses_name(phone, town):
    page = ready(phone.open(background_sync=False), "/signaler/")
    with cut(page, lambda route: route.abort("internetdisconnected")):
        write(page)
        send(page)
        expect(page.get_by_text(KEPT)).to_be_visible()
    person = town.person("moi@example.org")
    sign_in(phone, person)
    page.goto(DRAFTS)
    row = page.locator("[data-draft]")
    expect(row).to_have_attribute("data-state", "held")
    assert Alert.objects.count() == 0
    row.get_by_role("button", name="Envoyer avec mon compte").click()
    expect(row).to_have_attribute("data-state", "sent")
    assert Alert.objects.get().reporter == person


def test_signing_out_asks_about_what_is_unsent_and_erases_the_rest(phone, town, axe):
    page = phone.open()
    sign_in(phone, town.person("moi@example.org"))
    ready(page, "/signaler/")
    write(page)
    send(page)
    page.wait_for_url("**/suivi/**")
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


def test_a_photo_on_its_way_is_kept_once(phone):
    """One is on our side, one leaves, and the field still holds both: the draft has two."""
    page = ready(phone.open(), "/signaler/")
    held = []
    count = []

    def second_waits(route):
        count.append(route)
        return held.append(route) if len(count) == 2 else route.fallback()

    page.context.route("**/signaler/photo/", second_waits)
    page.locator("input[type=file]").set_input_files([picture(1), picture(2)])
    expect(page.locator("[data-photos-kept] img")).to_have_count(1)
    wait_kept(page, "drafts[0]?.photos === 2")
    page.evaluate("document.querySelector('form[data-offline]').dispatchEvent(new Event('input'))")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.evaluate("() => document.querySelector('form[data-offline]').draftForm.saving")
    assert [one["photos"] for one in kept(page)] == [2]
    held[0].fallback()
    expect(page.locator("[data-photos-kept] img")).to_have_count(2)
