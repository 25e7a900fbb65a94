"""The Atom feed of a territory."""

from xml.etree import ElementTree

import pytest

from alerts import services as alerts
from alerts.models import Alert
from engagement.activity.models import Activity

pytestmark = pytest.mark.django_db
ATOM, GEORSS = "{http://www.w3.org/2005/Atom}", "{http://www.georss.org/georss}"
WEST = "/territoires/quartier/T1001-1/activite.atom"


def report(town, **changes):
    given = {"category": town.street_light, "point": town.IN_WEST, "description": "Le lampadaire <b>est</b> éteint."}
    return alerts.report(**given | changes)


def read(client, path=WEST, **headers):
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response, ElementTree.fromstring(response.content)


def test_it_is_atom_with_a_place(client, town, settings):
    settings.BASE_URL = "https://ville.example"
    alert = report(town)
    response, feed = read(client)
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    for required in ("id", "title", "updated"):
        assert feed.findtext(ATOM + required)
        assert feed.findtext(f"{ATOM}entry/{ATOM}{required}")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == "https://ville.example" + WEST
    entry = feed.find(ATOM + "entry")
    assert entry.find(ATOM + "link").get("href") == "https://ville.example" + alert.get_absolute_url()
    assert entry.findtext(GEORSS + "point") == "47.050000 2.020000"


def test_only_what_is_public_and_there(client, town):
    report(town, point=town.IN_EAST)
    report(town)
    Activity.objects.create(
        verb="alerts.reported", object_type="alert", object_key="1", title="secret", url="/", public=False,
        territories=[town.west.pk],
    )  # fmt: skip
    _response, feed = read(client)
    assert len(feed.findall(ATOM + "entry")) == 1
    assert len(read(client, "/activite.atom")[1].findall(ATOM + "entry")) == 2
    assert client.get("/territoires/quartier/nulle-part/activite.atom").status_code == 404


def test_a_reader_that_has_it_gets_304_until_something_happens(client, town):
    report(town)
    first, _feed = read(client)
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(WEST, headers=known).status_code == 304
    assert client.get(WEST, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    report(town)
    assert client.get(WEST, headers=known).status_code == 200


def test_an_empty_feed_never_changes(client, town):
    first, _feed = read(client)
    assert client.get(WEST, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_its_cost_does_not_grow(client, town, django_assert_num_queries):
    for _turn in range(3):
        report(town)
    with django_assert_num_queries(2):
        read(client)
    for _turn in range(57):
        report(town)
    assert Alert.objects.count() == 60
    with django_assert_num_queries(2):
        _response, feed = read(client)
    assert len(feed.findall(ATOM + "entry")) == 50
