"""Role × layer × channel: by every door the same rows, and no layer that is not for the viewer."""

import base64
import csv
import io
import re

import mapbox_vector_tile
import pyogrio
import pytest

from accounts import keys
from accounts.models import Role
from alerts import services
from alerts.models import Alert, Category
from tests.budget.proposals.helpers import PROPOSALS
from tests.geo.test_tiles import around

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:.*non conformant file extension")]
BOX = "1.9,46.9,2.2,47.2"


@pytest.fixture
def people(town):
    """Everybody there is, by what they are."""
    person = town.person
    return {
        "stranger": None,
        "resident": person("habitante@ville.example"),
        "reporter": person("auteur@ville.example"),
        "agent": town.light_agent(),
        "other agent": person("voirie@ville.example", Role.AGENT, body=town.road_service),
        "agent elsewhere": person("la@ville.example", Role.AGENT, territory=town.village, body=town.light_service),
        "moderator": person("moderation@ville.example", Role.MODERATOR),
        "official": town.official(),
        "gis": person("sig@ville.example", Role.GIS_OFFICER),
        "gis elsewhere": person("sig-village@ville.example", Role.GIS_OFFICER, territory=town.village),
        "administrator": person("admin@ville.example", Role.ADMINISTRATOR),
        "superuser": person("root@ville.example", is_superuser=True),
    }


@pytest.fixture
def rows(town, people):
    """A public report and one for the service alone, both of the lighting service, in the same place."""
    public = services.report(category=town.street_light, point=town.IN_WEST, description="Public")
    Category.objects.filter(pk=town.street_light.pk).update(visibility="private")
    town.street_light.refresh_from_db()
    private = services.report(
        category=town.street_light, point=town.IN_WEST, description="Privé", reporter=people["reporter"]
    )
    return {"public": public.reference, "private": private.reference}


def by_ogc(client, layer):
    answer = client.get(f"/ogc/collections/{layer}/items?f=json")
    return answer.status_code, {one["id"] for one in answer.json().get("features", [])}


def by_items(client, layer):
    """Each alone, by its number."""
    found, status = set(), 404
    for reference in Alert.objects.values_list("reference", flat=True):
        answer = client.get(f"/ogc/collections/{layer}/items/{reference}?f=json")
        if answer.status_code == 200:
            found.add(reference)
            status = 200
    listed = client.get(f"/ogc/collections/{layer}?f=json").status_code
    return (listed, found) if status == 404 else (status, found)


def by_csv(client, layer):
    answer = client.get(f"/exports/{layer}.csv")
    if answer.status_code != 200:
        return answer.status_code, set()
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return 200, {row["reference"] for row in csv.DictReader(io.StringIO(text))}


def by_package(client, layer):
    """All layers in one file."""
    answer = client.get("/exports/tout.gpkg")
    package = b"".join(answer.streaming_content)
    if layer not in {name for name, _type in pyogrio.list_layers(package)}:
        return 404, set()
    return 200, set(pyogrio.raw.read(package, layer=layer, columns=["reference"])[3][0])


def by_tile(client, layer):
    tile = around(2.02, 47.05, 10)
    answer = client.get(f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt")
    if answer.status_code not in (200, 204):
        return answer.status_code, set()
    decoded = mapbox_vector_tile.decode(answer.content) if answer.content else {}
    return 200, {one["properties"]["reference"] for one in decoded.get(layer, {}).get("features", [])}


def by_map(client, layer):
    answer = client.get(f"/map/{layer}.json", {"bbox": BOX, "zoom": 12})
    return answer.status_code, {one[0] for one in answer.json()["objects"]} if answer.status_code == 200 else set()


CHANNELS = {"ogc": by_ogc, "items": by_items, "csv": by_csv, "package": by_package, "tiles": by_tile, "map": by_map}
# What is for all is the same for all: it leaves under an open licence, whoever fetches it.
ALL, ONE, NONE, ABSENT = {"public", "private"}, {"public"}, set(), None
MATRIX = {
    "stranger": (ONE, ABSENT),
    "resident": (ONE, ABSENT),
    "reporter": (ONE, ABSENT),
    "agent": (ONE, ALL),
    "other agent": (ONE, NONE),
    "agent elsewhere": (ONE, NONE),
    "moderator": (ONE, ABSENT),
    "official": (ONE, ABSENT),
    "gis": (ONE, ALL),
    "gis elsewhere": (ONE, NONE),
    "administrator": (ONE, ALL),
    "superuser": (ONE, ALL),
}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("who", MATRIX)
def test_each_channel_shows_each_role_what_is_theirs(client, town, people, rows, who, channel):
    if people[who]:
        client.force_login(people[who])
    for layer, expected in zip(("alerts", "alerts_work"), MATRIX[who], strict=True):
        status, found = CHANNELS[channel](client, layer)
        if expected is ABSENT:
            assert (status, found) == (404, set())
        else:
            assert (status, found) == (200, {rows[name] for name in expected})


@pytest.mark.parametrize("channel", ["ogc", "items", "csv", "tiles"])
def test_a_key_opens_what_its_mandate_covers_and_no_more(client, town, people, rows, channel):
    agent = people["agent"]
    _key, text = keys.issue(user=agent, mandate=agent.mandates.get(), label="QGIS", scope=keys.LAYERS)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    assert CHANNELS[channel](client, "alerts_work") == (200, set(rows.values()))
    client.defaults["HTTP_AUTHORIZATION"] = "Basic " + base64.b64encode(f"moi:{text}".encode()).decode()
    assert CHANNELS[channel](client, "alerts_work") == (200, set(rows.values()))
    _key, text = keys.issue(user=agent, label="sans mandat", scope=keys.LAYERS)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    assert CHANNELS[channel](client, "alerts_work")[0] == 404


def test_a_key_in_the_address_opens_each_door_that_knows_no_other_way(client, people, rows):
    agent = people["agent"]
    _key, text = keys.issue(user=agent, mandate=agent.mandates.get(), label="script", scope=keys.LAYERS)
    tile = around(2.02, 47.05, 10)
    doors = ("ogc/collections/alerts_work/items", "exports/alerts_work.csv")
    for path in (*doors, f"tiles/alerts_work/{tile.z}/{tile.x}/{tile.y}.mvt"):
        assert client.get(f"/{path}", {"api_key": text}).status_code == 200


def test_lists_of_layers_name_only_what_exists_for_the_viewer(client, town, people):
    def named():
        return {
            "ogc": {one["id"] for one in client.get("/ogc/collections").json()["collections"]},
            "tiles": {one["name"] for one in client.get("/tiles/").json()["layers"]},
            "style": set(client.get("/tiles/style.json").json()["sources"]),
            "qgis": set(re.findall(r"typename='(\w+)'", client.get("/ogc/parvis.qgs").content.decode())),
            "exports": set(re.findall(r'name="layer" value="(\w+)"', client.get("/exports/").content.decode())),
        }

    public = {"alerts", *PROPOSALS, "territories", "equipment", "places"}
    assert all(found == public for found in named().values())
    assert "alerts_work" not in str(client.get("/ogc/api").json())
    client.force_login(people["gis"])
    assert all(found == public | {"alerts_work", "proposals_work"} for found in named().values())


@pytest.mark.parametrize("wrong", ["Bearer parvis_x", "Basic bW9pOnBhcnZpc194", "Bearer  x"])
def test_a_key_that_opens_nothing_is_told_so(client, town, wrong):
    for path in ("/ogc/", "/tiles/", "/exports/alerts.csv"):
        answer = client.get(path, headers={"authorization": wrong})
        assert (answer.status_code, answer.json()["code"]) == (401, "KeyRefused")
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
