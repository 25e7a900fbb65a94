"""What an attacker sends gets a refusal, never an error of ours."""

import pytest

from alerts import services

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/territoires/quartier/%00/", 404),
        ("/signalements/%00/", 404),
        ("/signalements/suivi/%00/", 404),
        ("/signaler/service/?place_lon=2.02&place_lat=47.05&category=%00", 200),
        ("/map/alerts.json?bbox=1,46,3,48&zoom=10&territory=commune:%00", 400),
        ("/map/plan/99999999999999999999.json", 404),
    ],
)
def test_zero_bytes_and_huge_numbers(client, town, path, status):
    assert client.get(path).status_code == status


def test_an_unknown_host_is_refused(client, db, settings):
    settings.ALLOWED_HOSTS = ["ville.example"]
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/signaler/", headers={"host": "evil.example"}).status_code == 400


def test_without_redis_pages_answer_and_codes_are_sent(client, town, settings, mailoutbox):
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock"}
    }
    services.report(category=town.street_light, point=town.IN_WEST, description="Éteint.")
    assert client.get("/").status_code == 200
    assert client.get("/map/alerts.json?bbox=1,46,3,48&zoom=10").json()["total"] == 1
    assert client.post("/compte/connexion/", {"email": "moi@example.org"}).status_code == 302
    assert [message.to for message in mailoutbox] == [["moi@example.org"]]
