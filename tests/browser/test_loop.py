"""The product in one test: report, route, answer, mail, dashboard, file for GIS; on Toulouse and on the demo city."""

import io
import re
from dataclasses import dataclass

import pyogrio
import pytest
import shapely
from django.core import mail
from PIL import Image
from playwright.sync_api import expect

from accounts.models import Mandate, Role, User, Verification
from alerts.board import PUBLIC
from alerts.models import Alert, Category, Question
from frontend.demo import seed_people
from geo.demo.seed import seed as seed_places
from geo.models import Body, Competence, Jurisdiction, Territory
from tests.geo import realdata

pytestmark = pytest.mark.browser
DESCRIPTION = "Le lampadaire est éteint depuis trois jours."
RESIDENT = "habitante@example.org"
ANSWER = "Ampoule remplacée ce matin."


@dataclass
class Place:
    """Where the loop runs: a point in degrees, and the territories and service expected there."""

    lon: float
    lat: float
    quartier: Territory
    commune: Territory
    service: Body
    agent: User
    official: User


def toulouse() -> Place:
    for position in range(4):
        realdata.load(position)
    commune = Territory.objects.get(level__code="commune", code="31555")
    lighting = Competence.objects.create(code="eclairage-public", name="Éclairage public")
    service = Body.objects.create(
        slug="eclairage", name="Direction de l'éclairage", territory=commune, email="eclairage@toulouse.example"
    )
    Jurisdiction.objects.create(body=service, competence=lighting, territory=commune)
    Category.objects.create(code="lampadaire", name="Lampadaire en panne", competence=lighting)
    # Place du Capitole.
    quartier = Territory.objects.get(level__code="quartier", code="1")
    agent = User.objects.create_user("agent@toulouse.example", verification=Verification.EMAIL)
    official = User.objects.create_user("elue@toulouse.example", verification=Verification.EMAIL)
    Mandate.objects.create(user=agent, role=Role.AGENT, territory=commune, body=service)
    Mandate.objects.create(user=official, role=Role.OFFICIAL, territory=quartier)
    return Place(1.4442, 43.6045, quartier, commune, service, agent, official)


def demo() -> Place:
    from alerts.demo.seed import seed as seed_alerts

    territories = seed_places()
    seed_people(territories)
    seed_alerts()
    return Place(
        1.9555296,
        46.7548292,
        territories["XA001-01"],
        territories["XA001"],
        Body.objects.get(slug="eclairage-public"),
        User.objects.get(email__startswith="agent-eclairage@"),
        User.objects.get(email__startswith="elue@"),
    )


@realdata.needed
def test_on_toulouse_a_report_finds_its_service_and_gets_its_answer(live_server, loop):
    loop(toulouse())


def test_in_the_demo_city_a_report_finds_its_service_and_gets_its_answer(live_server, loop):
    loop(demo())


@pytest.fixture
def loop(open_page, axe, drain, tmp_path):
    """`loop(place)` drives the whole loop there, each person in a browser of their own."""

    def drive(place: Place) -> None:
        alert = _resident_reports(place, open_page("/signaler/", width=360), axe)
        assert drain() == 2
        assert {message.to[0] for message in mail.outbox} == {RESIDENT, place.service.email}
        _agent_answers(place, alert, open_page("/", width=360), axe)
        mail.outbox.clear()
        assert drain() == 1
        assert mail.outbox[0].to == [RESIDENT]
        assert ANSWER in mail.outbox[0].body
        _resident_reads(open_page(_link(mail.outbox[0].body), width=360), axe)
        path = _official_downloads(place, open_page("/", width=1280), axe, tmp_path)
        _check_file(path, Alert.objects.in_territory(place.quartier).visible_to(place.official).count(), alert)

    return drive


def _resident_reports(place: Place, page, axe) -> Alert:
    page.locator("[data-place-typed]:not([open]) summary").click()  # the map has taken the place of the numbers
    page.get_by_label("Latitude").fill(str(place.lat))
    page.get_by_label("Longitude").fill(str(place.lon))
    page.get_by_label("Dites-le avec vos mots").fill("lampadaire")
    page.get_by_role("radio", name=re.compile("Lampadaire en panne")).check()
    if Question.objects.filter(category__code="lampadaire").exists():
        page.get_by_label("Il est éteint").check()
    expect(page.get_by_text(place.service.name).first).to_be_visible()
    page.locator("textarea[name=description]").fill(DESCRIPTION)
    page.locator("input[type=file]").set_input_files(
        {"name": "lampe.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    expect(page.locator("[data-photos-kept] img")).to_have_count(1)
    page.locator("input[type=email]").fill(RESIDENT)
    assert axe(page) == []
    page.get_by_role("button", name=re.compile("Envoyer")).click()
    expect(page.get_by_text(place.service.name).first).to_be_visible()
    expect(page.get_by_text(place.quartier.name).first).to_be_visible()
    expect(page.get_by_text(DESCRIPTION)).to_be_visible()
    assert axe(page) == []
    alert = Alert.objects.get(contact_email=RESIDENT)
    assert (alert.body, alert.photos.count()) == (place.service, 1)
    return alert


def _agent_answers(place: Place, alert: Alert, page, axe) -> None:
    _sign_in(page, place.agent)
    page.goto("/agents/signalements/")
    assert axe(page) == []
    page.goto(alert.get_handle_url())
    page.get_by_role("radio", name=re.compile("Résoudre")).check()
    page.locator("[name=message]").fill(ANSWER)
    assert axe(page) == []
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".timeline").get_by_text(ANSWER)).to_be_visible()


def _resident_reads(page, axe) -> None:
    expect(page.get_by_text(ANSWER)).to_be_visible()
    expect(page.locator(".badge--fixed").first).to_be_visible()
    assert axe(page) == []


def _official_downloads(place: Place, page, axe, folder):
    _sign_in(page, place.official)
    page.goto(f"{place.quartier.get_absolute_url()}tableau-de-bord/?periode=tout")
    figures = Alert.objects.in_territory(place.quartier).filter(PUBLIC).statistics()
    cards = page.locator(".board__figure")
    for label, name in (("Signalés", "total"), ("Encore ouverts", "open"), ("Résolus", "resolved")):
        shown = cards.filter(has=page.get_by_text(label, exact=True)).locator(".stat__value").inner_text()
        assert int(re.sub(r"\D", "", shown)) == figures[name], label
    assert axe(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("GeoPackage")).first.click()
    path = folder / "district.gpkg"
    download.value.save_as(path)
    return path


def _link(text: str) -> str:
    """The path of the tracking page a mail names."""
    return re.search(r"https?://[^/]+(/\S+/suivi/\S+)", text).group(1)


def _sign_in(page, user: User) -> None:
    """By the code that is mailed, as everybody does."""
    mail.outbox.clear()
    page.goto("/compte/connexion/")
    page.locator("input[type=email]").fill(user.email)
    page.locator("main form button[type=submit]").first.click()
    field = page.locator("main input[name=code]")
    expect(field).to_be_visible()
    field.fill(re.search(r"^ {4}(\S+)$", mail.outbox[-1].body, re.MULTILINE).group(1))
    page.locator("main form button[type=submit]").first.click()
    expect(field).to_have_count(0)


def _check_file(path, count: int, alert: Alert) -> None:
    info = pyogrio.read_info(path)
    assert (info["crs"], info["features"]) == ("EPSG:2154", count)
    meta, _ids, geometry, columns = pyogrio.raw.read(path)
    row = list(columns[list(meta["fields"]).index("reference")]).index(alert.reference)
    expected = alert.point.transform(2154, clone=True)
    assert shapely.get_coordinates(shapely.from_wkb(geometry[row]))[0] == pytest.approx(expected.coords, abs=0.01)
    assert columns[list(meta["fields"]).index("status")][row] == "resolved"


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#334").save(out, "JPEG")
    return out.getvalue()
