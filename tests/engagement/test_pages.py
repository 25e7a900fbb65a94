"""Choosing what to follow, changing it, reading all of it, and the same by feed."""

import json
import uuid
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import opaque
from engagement.activity import follows, topics
from engagement.activity.models import FOLLOWED, Follow
from tests.engagement.helpers import act

pytestmark = pytest.mark.django_db
NEW, NEWS = "/suivre/nouveau/", "/suivre/mes-nouvelles/"
ATOM = "{http://www.w3.org/2005/Atom}"
TOPICS = [("Voirie", [("nid", "Nid-de-poule"), ("trottoir", "Trottoir")]), ("Éclairage", [("lampe", "Lampadaire")])]


@pytest.fixture(autouse=True)
def some_topics(monkeypatch):
    monkeypatch.setattr(topics, "_registry", {})
    topics.register_topics("t", lambda: TOPICS)


@pytest.fixture
def person(town, client):
    user = town.person("habitante@example.org")
    client.force_login(user)
    return user


def around(**changes):
    said = {"place_lon": "2.02", "place_lat": "47.05", "radius": "300", "title": "Ma rue", "rhythm": "daily"}
    return said | {"submission": str(uuid.uuid4())} | changes


def errors(response) -> str:
    assert response.status_code == 200
    assert not Follow.objects.exists()
    return response.content.decode()


def test_my_street_is_followed_and_two_sendings_are_one(client, person):
    sent = around(topics=["t:nid"])
    for _turn in range(2):
        assert client.post(NEW, sent).url == NEWS
    (follow,) = Follow.objects.all()
    assert (follow.title, follow.radius, follow.rhythm, follow.topics) == ("Ma rue", 300, "daily", ["t:nid"])
    assert follow.center.coords == (2.02, 47.05)


@pytest.mark.parametrize(
    "changes",
    [
        {"radius": "49"},
        {"radius": "2001"},
        {"radius": "-5"},
        {"radius": "loin"},
        {"radius": "9" * 400},
        {"place_lon": "", "place_lat": ""},
        {"place_lon": "-30", "place_lat": "40"},
        {"rhythm": "hourly"},
        {"topics": ["t:rien"]},
        {"title": "x" * 101},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, person, changes):
    html = errors(client.post(NEW, around(**changes)))
    assert "Ma rue" in html or "title" in changes
    assert 'aria-invalid="true"' in html or "field__error" in html or "errorlist" in html


@pytest.mark.parametrize(
    "text", ["", "47.05, 2.02\n47.06, 2.03", "a\nb\nc", "47, 2\n" * 501, "999, 2\n47, 2\n47.1, 2.1"]
)
def test_corners_that_make_no_area_are_refused(client, person, text):
    html = errors(client.post(NEW + "?forme=zone", {"corners": text, "rhythm": "daily"}))
    assert text.strip()[:20].replace("\n", "\r\n") in html or text.strip()[:5] in html


def test_an_area_a_territory_and_topics(client, town, person):
    drawn = "47,05; 2,02\n47.06, 2.02\n47.06, 2.03\n"
    assert client.post(NEW + "?forme=zone", {"corners": drawn, "rhythm": "weekly"}).url == NEWS
    sent = {"territory": town.west.pk, "rhythm": "instant", "topics": ["t:lampe"]}
    assert client.post(NEW + "?forme=territoire", sent).url == NEWS
    assert client.post(NEW + "?forme=sujet", {"topics": ["t:nid", "t:lampe"], "rhythm": "daily"}).url == NEWS
    assert sorted(Follow.objects.values_list("object_type", "title", "rhythm")) == [
        ("area", "Zone dessinée sur la carte", "weekly"),
        ("territory", "Ouest", "instant"),
        ("topic", "Lampadaire", "daily"),
        ("topic", "Nid-de-poule", "daily"),
    ]
    assert client.get(NEW + "?forme=autre").status_code == 404


def test_changing_a_follow_keeps_what_was_not_touched(client, town, person):
    client.post(NEW, around())
    follow = Follow.objects.get()
    before = follow.area
    said = {"place_lon": "2.020000", "place_lat": "47.050000", "radius": "300", "title": "École", "rhythm": "weekly"}
    assert client.post(f"/suivre/{follow.pk}/", said).url == "/compte/"
    follow.refresh_from_db()
    assert (follow.title, follow.rhythm, follow.area.wkt) == ("École", "weekly", before.wkt)
    client.post(f"/suivre/{follow.pk}/", said | {"radius": "600"})
    follow.refresh_from_db()
    assert follow.radius == 600
    assert follow.area.area / before.area == pytest.approx(4, rel=0.01)
    assert client.post(f"/suivre/{follow.pk}/rythme/", {"rhythm": "instant"}).url == "/compte/"
    assert client.post(f"/suivre/{follow.pk}/rythme/", {"rhythm": "x"}).status_code == 404
    client.post("/suivre/pause/", {"paused": "1"})
    assert Follow.objects.get().paused
    client.post("/suivre/pause/", {"paused": "0"})
    assert not Follow.objects.get().paused


def test_a_drawn_area_put_right_is_not_lost_by_changing_its_name(client, town, person):
    bow = "47.00, 2.00\n47.02, 2.02\n47.00, 2.02\n47.02, 2.00"
    client.post(NEW + "?forme=zone", {"corners": bow, "rhythm": "daily"})
    follow = Follow.objects.get()
    page = client.get(f"/suivre/{follow.pk}/").context["form"]
    client.post(f"/suivre/{follow.pk}/", {"corners": page["corners"].value(), "title": "Nœud", "rhythm": "daily"})
    assert len(Follow.objects.get(title="Nœud").area) == len(follow.area) == 2


def test_nobody_sees_or_changes_the_follows_of_another(client, town, person):
    other = town.person("autre@example.org")
    follow = follows.follow(
        user=other,
        object_type="area",
        object_key="1",
        title="Chez moi",
        url="/",
        area=follows.circle(town.IN_WEST, 99),
    )
    for path in (f"/suivre/{follow.pk}/", f"/suivre/{follow.pk}/rythme/", f"/suivre/{follow.pk}/adresse/"):
        assert client.post(path, {"rhythm": "weekly"}).status_code == 404
    assert client.get(f"{NEWS}?suivi={follow.pk}").status_code == 404
    assert "Chez moi" not in client.get(NEWS).content.decode()


def test_the_limit_is_said_by_the_form_and_by_the_button(client, town, person):
    for number in range(follows.MAX_FOLLOWS):
        follows.follow(user=person, object_type="thing", object_key=number, title="x", url="/")
    assert "50" in client.post(NEW, around()).content.decode()
    sent = {"object_type": "territory", "object_key": opaque.sealed(FOLLOWED, str(town.west.pk))}
    assert client.post("/suivre/", sent, follow=True).status_code == 200
    assert person.follows.count() == follows.MAX_FOLLOWS


def test_my_news_are_those_i_follow_in_pages_by_key(client, town, person):
    west = {"territories": [town.west.pk], "place": town.IN_WEST}
    follows.follow(user=person, object_type="territory", object_key=town.west.pk, title="Ouest", url="/")
    client.post(NEW, around(topics=["t:nid"]))
    follows.follow(user=person, object_type="topic", object_key="t:lampe", title="Lampes", url="/")
    follows.follow(user=person, object_type="thing", object_key="77", title="Chose", url="/")
    for number in range(25):
        act(number, **west)
    found = [act(50, topic="t:lampe"), act(77), act(51, topic="t:nid", place=town.IN_WEST)]
    act(90), act(91, topic="t:trottoir", place=town.IN_WEST), act(92, public=False, **west)
    first = client.get(NEWS)
    page = first.context["page"]
    assert [one.pk for one in page.activities[:3]] == [one.pk for one in reversed(found)]
    assert len(page.activities) == 20
    older = client.get(f"{NEWS}?avant={first.context['older']}").context["page"]
    assert len(older.activities) == 8
    assert older.older is None
    street = Follow.objects.get(object_type="area")
    assert [one.pk for one in client.get(f"{NEWS}?suivi={street.pk}").context["page"].activities] == [found[2].pk]
    for bad in ("avant=x", "avant=-1", "avant=" + "9" * 30, "suivi=x", "suivi=0"):
        assert client.get(f"{NEWS}?{bad}").status_code == 404


def test_pages_cost_as_much_for_3_follows_as_for_30(client, town, person):
    def cost(path):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    def more(count, start):
        for number in range(start, start + count):
            act(number, territories=[town.west.pk])
            area = follows.circle(town.IN_WEST, 100)
            follows.follow(user=person, object_type="area", object_key=number, title="x", url="/", area=area)
        return [cost(NEWS), cost("/compte/")]

    follows.follow(user=person, object_type="territory", object_key=town.west.pk, title="x", url="/")
    assert more(3, 0) == more(30, 100)


def feed(client, query, form="geojson"):
    response = client.get(f"/activite.{form}?{query}")
    assert response.status_code == 200
    return response


def titles(response) -> list[str]:
    return [one["properties"]["title"] for one in json.loads(response.content)["features"]]


def test_one_question_answered_by_atom_and_geojson(client, town):
    act(1, place=town.IN_WEST, territories=[town.west.pk], topic="t:nid")
    act(2, place=town.IN_EAST, territories=[town.east.pk], topic="t:nid")
    act(3, place=town.IN_WEST, territories=[town.west.pk], topic="t:lampe")
    act(4, public=False, place=town.IN_WEST, territories=[town.west.pk])
    act(5)
    for query, expected in {
        "": [5, 3, 2, 1],
        "territoire=quartier:T1001-1": [3, 1],
        "sujet=t:nid": [2, 1],
        "sujet=t:nid&sujet=t:lampe": [3, 2, 1],
        "autour=2.02,47.05&rayon=50": [3, 1],
        "autour=2.02,47.05&rayon=50&sujet=t:nid": [1],
        "depuis=2020-01-01": [5, 3, 2, 1],
        "depuis=2999-01-01T00:00:00Z": [],
    }.items():
        assert titles(feed(client, query)) == [f"Chose {number}" for number in expected]
        atom = ElementTree.fromstring(feed(client, query, "atom").content)
        assert len(atom.findall(ATOM + "entry")) == len(expected)
    one = json.loads(feed(client, "sujet=t:lampe").content)["features"][0]
    assert one["geometry"] == {"type": "Point", "coordinates": [2.02, 47.05]}


@pytest.mark.parametrize(
    "query",
    ["territoire=x", "territoire=commune:", "sujet=", "sujet=t:rien", "autour=2,47", "rayon=5", "autour=2;47&rayon=50",
     "autour=200,47&rayon=50", "autour=2,47&rayon=-1", "autour=2,47&rayon=99999", "depuis=hier", "depuis=2026-13-45",
     "depuis=0001-01-01T00:00:00%2B14:00", "lieu=ici"],
)  # fmt: skip
def test_a_bad_question_is_refused_in_words(client, town, query):
    answer = client.get(f"/activite.geojson?{query}")
    assert answer.status_code == 400
    assert answer.json()["description"]
    assert answer.json()["parameter"] in {"territoire", "sujet", "autour", "rayon", "depuis", "lieu"}
    assert client.get(f"/activite.atom?{query}").status_code == 400


def test_an_area_has_a_secret_address_that_can_be_changed_and_ended(client, town, person):
    client.post(NEW, around())
    follow = Follow.objects.get()
    act(1, place=town.IN_WEST), act(2, place=town.IN_EAST)
    client.logout()
    for form in ("atom", "geojson"):
        response = client.get(f"/suivre/{follow.token}.{form}")
        assert b"Chose 1" in response.content
        assert b"Chose 2" not in response.content
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert "private" in response.headers["Cache-Control"]
        known = {"If-None-Match": response.headers["ETag"]}
        assert client.get(f"/suivre/{follow.token}.{form}", headers=known).status_code == 304
    client.force_login(person)
    assert follow.token in client.get(f"/suivre/{follow.pk}/").content.decode()
    client.post(f"/suivre/{follow.pk}/adresse/")
    assert client.get(f"/suivre/{follow.token}.atom").status_code == 404
    follow.refresh_from_db()
    assert client.get(f"/suivre/{follow.token}.atom").status_code == 200
    client.post(f"/suivre/{follow.pk}/adresse/", {"revoke": "1"})
    assert client.get(f"/suivre/{follow.token}.atom").status_code == 404


def test_what_was_drawn_is_given_out_and_erased(client, town, person):
    from accounts import privacy

    client.post(NEW, around())
    (known,) = privacy.export(person)["follows"]
    assert (known["title"], known["radius_metres"], known["center"]) == ("Ma rue", 300, [2.02, 47.05])
    assert known["area"]["type"] == "MultiPolygon"
    privacy.erase(user=person)
    assert not Follow.objects.exists()
