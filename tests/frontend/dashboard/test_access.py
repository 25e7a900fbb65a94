"""Who may see a dashboard, its lists and maps; and where each person finds theirs."""

import pytest

from accounts.models import Mandate, Role
from tests.frontend.dashboard.reading import read, words
from tests.geo.dashboards.given import alert

pytestmark = pytest.mark.django_db
URL = "/territoires/quartier/T1001-1/tableau-de-bord/"
MINE = "/tableaux-de-bord/"
PATHS = ("", "alerts/reported/", "alerts/reported/carte.json?bbox=2,47,2.1,47.1&zoom=12", "alerts/points-chauds.json")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("role", "where", "status"),
    [
        (None, None, 302),
        (Role.RESIDENT, "west", 403),
        (Role.MODERATOR, "commune", 403),
        (Role.GIS_OFFICER, "commune", 403),
        (Role.OFFICIAL, "east", 403),
        (Role.OFFICIAL, "west", 200),
        (Role.OFFICIAL, "commune", 200),
        (Role.ADMINISTRATOR, "departement", 200),
    ],
)
def test_who_may_see_it(town, client, path, role, where, status):
    if role:
        client.force_login(town.person("qui@ville.example", role, territory=getattr(town, where)))
    assert client.get(URL + path).status_code == status


@pytest.mark.parametrize("code", ["inconnu", "%00", "x" * 3000])
def test_an_unknown_territory_is_not_found(town, office, code):
    assert office.get(f"/territoires/quartier/{code}/tableau-de-bord/").status_code == 404


def test_the_way_up_holds_only_what_one_may_see(town, client):
    def trail(person):
        client.force_login(person)
        return [words(one) for one in read(client.get(URL).content).css(".breadcrumb a")]

    assert trail(town.official()) == []
    assert trail(town.person("maire@ville.example", Role.OFFICIAL, town.commune)) == ["Ville"]
    assert trail(town.person("prefet@ville.example", Role.OFFICIAL, town.departement)) == ["Département", "Ville"]


def test_one_mandate_leads_straight_to_its_dashboard(town, office):
    assert office.get(MINE).url == URL
    assert read(office.get("/").content).xpath(f"//nav//a[@href='{URL}']")


def test_several_mandates_have_a_page_with_a_line_each(town, client):
    person = town.person("elu@ville.example", Role.OFFICIAL, town.west)
    Mandate.objects.create(user=person, role=Role.OFFICIAL, territory=town.village)
    Mandate.objects.create(user=person, role=Role.ADMINISTRATOR, territory=town.village)
    alert(town, 3)
    client.force_login(person)
    page = read(client.get(MINE).content)
    lines = [words(one) for one in page.css(".board__mine li")]
    assert [line.split(" ")[0] for line in lines] == ["Village", "Ouest"]
    assert "Signalés : 1" in lines[1].replace("\N{NO-BREAK SPACE}", " ")
    assert page.xpath(f"//nav//a[@href='{MINE}']")


def test_territories_below_are_listed_and_searched(town, client):
    client.force_login(town.person("maire@ville.example", Role.OFFICIAL, town.departement))

    def below(wanted=""):
        page = read(client.get(MINE, {"q": wanted}).content)
        return [words(one) for one in page.xpath("//section[@aria-labelledby='below-title']//li/a")]

    assert below() == ["Village", "Ville", "Est", "Ouest"]
    assert below("ou") == ["Ouest"]
    assert below("T1001-2") == ["Est"]
    assert below("\0") == below()


@pytest.mark.parametrize(("role", "status"), [(None, 302), (Role.RESIDENT, 403), (Role.AGENT, 403)])
def test_who_has_no_dashboard_is_told(town, client, role, status):
    if role:
        body = town.light_service if role == Role.AGENT else None
        client.force_login(town.person("qui@ville.example", role, body=body))
    assert client.get(MINE).status_code == status


def test_the_account_page_names_them(town, office):
    assert f'href="{URL}"' in office.get("/compte/").content.decode()
