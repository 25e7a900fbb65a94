"""What a phone is told to install and to keep, and the door through which what it kept comes in."""

import io
import json
import uuid
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from alerts.models import Alert
from frontend import shell

pytestmark = pytest.mark.django_db
SCRIPT = {"HTTP_ACCEPT": "application/json"}


def kept(client, language="fr") -> dict:
    """What the worker is told to keep."""
    first = client.get(f"/sw.js?langue={language}").content.decode().splitlines()[0]
    return json.loads(first.removeprefix("self.SHELL = ").removesuffix(";"))


def report(**changes) -> dict:
    given = {"place_lon": "2.02", "place_lat": "47.05", "category": "lampadaire", "description": "Éteint."}
    return given | {"submission": str(uuid.uuid4())} | changes


def test_the_manifest_names_the_town_and_its_icons_are_what_it_says(client, settings):
    settings.SITE_NAME = "Ville-Exemple en commun"
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["name"] == "Ville-Exemple en commun"
    assert len(manifest["short_name"]) <= 12
    assert {one["purpose"] for one in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as image:
            assert icon["sizes"] == f"{image.width}x{image.height}"
    for shortcut in manifest["shortcuts"]:
        assert client.get(shortcut["url"]).status_code == 200
    with open(finders.find("frontend/css/tokens.css")) as file:
        tokens = file.read()
    assert f"--paper: {manifest['background_color']};" in tokens
    assert f"--accent: {manifest['theme_color']};" in tokens


@pytest.mark.parametrize("language", ["fr", "en", "zz"])
def test_all_that_is_to_be_kept_is_there(client, town, language):
    answer = client.get(f"/sw.js?langue={language}")
    assert (answer["Cache-Control"], answer["Content-Type"]) == ("no-cache", "text/javascript; charset=utf-8")
    listed = kept(client, language)
    assert listed["language"] == ("en" if language == "en" else "fr")
    for path in [*listed["pages"], *listed["data"], listed["offline"]]:
        assert client.get(path).status_code == 200, path
    files = [path.removeprefix("/static/") for path in listed["assets"]]
    assert [name for name in files if not finders.find(name)] == []
    assert {"frontend/pwa/outbox.js", "leaflet/leaflet.js", "frontend/css/base.css"} <= set(files)


def test_what_the_kept_pages_ask_for_is_kept_with_them(client, town):
    """A file that a page names and the worker does not keep is one the page lacks without a network."""
    listed = kept(client)
    for path in listed["pages"]:
        html = client.get(path).content.decode()
        named = {part.split('"')[0] for part in html.split('"/static/')[1:]}
        missing = {f"/static/{name}" for name in named} - set(listed["assets"])
        assert not {name for name in missing if name.endswith((".js", ".css"))}, path


def test_the_version_follows_the_files(settings, tmp_path):
    before = shell.version()
    (tmp_path / "frontend" / "css").mkdir(parents=True)
    (tmp_path / "frontend" / "css" / "town.css").write_text("body { color: red }")
    settings.STATICFILES_DIRS = [tmp_path]
    finders.get_finder.cache_clear()
    shell.version.cache_clear()
    try:
        assert shell.version() != before
    finally:
        settings.STATICFILES_DIRS = []
        finders.get_finder.cache_clear()
        shell.version.cache_clear()
    assert shell.version() == before


def test_a_page_asked_for_without_cookies_is_nobodys(client, town):
    """As the worker asks for it: the same for everybody, whatever browser it runs in."""
    person = town.person("moi@example.org")
    client.force_login(person)
    assert person.email in client.get("/signaler/").content.decode()
    assert person.email not in Client().get("/signaler/").content.decode()


def test_what_is_kept_is_sent_with_a_fresh_token_and_tells_whose_it_is(town):
    phone = Client(enforce_csrf_checks=True)
    assert phone.post("/signaler/", report(), **SCRIPT).status_code == 403
    answer = phone.get("/jeton/")
    assert "no-store" in answer["Cache-Control"]
    nobody = answer.json()
    assert nobody["owner"] == ""
    sent = phone.post("/signaler/", report(), HTTP_X_CSRFTOKEN=nobody["token"], **SCRIPT)
    assert urlsplit(sent.json()["url"]).path == Alert.objects.get().get_tracking_url()
    owners = set()
    for email in ("moi@example.org", "toi@example.org"):
        phone.force_login(town.person(email))
        owners.add(phone.get("/jeton/").json()["owner"])
    assert len(owners) == 2
    assert not any("@" in owner or not owner for owner in owners)


def test_sent_twice_by_a_script_it_is_one_report_with_one_address(client, town):
    given = report()
    first, second = (client.post("/signaler/", given, **SCRIPT) for _ in range(2))
    assert first.json() == second.json() == {"url": f"{Alert.objects.get().get_tracking_url()}?envoye"}


def test_a_script_is_told_what_is_wrong_in_words_and_a_browser_gets_a_page(client, town, settings):
    given = report(description="", place_lat="x")
    answer = client.post("/signaler/", given, **SCRIPT)
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"description", "place"})
    assert all(isinstance(said, str) for texts in answer.json()["errors"].values() for said in texts)
    for accept in ("text/html,application/xhtml+xml,*/*;q=0.8", "*/*"):
        answer = client.post("/signaler/", given, HTTP_ACCEPT=accept)
        assert (answer.status_code, answer["Content-Type"]) == (422, "text/html; charset=utf-8")
    settings.ALERTS_REPORTS_LIMIT = 0
    answer = client.post("/signaler/", report(), **SCRIPT)
    assert answer.status_code == 429
    assert "Nothing is lost" in str(answer.json()) or "Rien n'est perdu" in str(answer.json())


def test_a_place_from_a_photo_is_asked_about(client, town):
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 3.0, 0.0), 3: "E", 4: (2.0, 1.0, 12.0)})
    photo = io.BytesIO()
    Image.new("RGB", (64, 48)).save(photo, "JPEG", exif=exif)
    photo.seek(0)
    photo.name = "photo.jpg"
    answer = client.post("/signaler/", report(place_lon="", place_lat="", photos=photo), **SCRIPT)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"place"}
    assert Alert.objects.count() == 0
