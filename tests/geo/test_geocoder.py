"""Another geocoder over real HTTP: its answers are used, and whatever is wrong with it our own table answers."""

import json
import logging
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.gis.geos import Point

from geo import addresses
from tests.geo import ban

pytestmark = pytest.mark.django_db


def feature(label="3 Rue d'Ailleurs", lon=2.03, lat=47.03, **said) -> dict:
    """As the national geocoder gives one."""
    properties = {
        "label": label,
        "type": "housenumber",
        "name": label,
        "housenumber": label.split()[0],
        "street": label.split(" ", 1)[1],
        "postcode": "23450",
        "city": "Ville",
        "score": 0.97,
        "distance": 4,
    }
    return {"geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties | said}


def collection(*features) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@contextmanager
def served(content: bytes, status=200, wait=None):
    """A geocoder that always answers that; gives its address and the questions it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            asked.append((parts.path, parse_qs(parts.query)))
            if wait:
                wait.wait(20)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/geocodage", asked
    finally:
        if wait:
            wait.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def known(town, tmp_path):
    ban.load(tmp_path)
    return town


def test_its_answers_are_ours(known, settings):
    near = Point(2.5, 47.5, srid=4326)
    with served(collection(feature())) as (url, asked):
        settings.GEOCODER_URL = url
        (found,) = addresses.search("12 rue des lilas & co", near=near, limit=3)
        place = addresses.reverse(Point(2.03, 47.03, srid=4326))
        assert addresses.reverse(Point(2.03, 47.03, srid=4326), metres=3) is None
    assert (found.kind, found.label, found.lon, found.lat) == ("address", "3 rue d'Ailleurs, 23450 Ville", 2.03, 47.03)
    assert (place.name, place.distance) == ("3 rue d'Ailleurs", 4)
    assert asked[0] == (
        "/geocodage/search/",
        {"q": ["12 rue des lilas & co"], "limit": ["3"], "lon": ["2.5"], "lat": ["47.5"]},
    )
    assert asked[1][0] == "/geocodage/reverse/"


def test_only_what_lies_in_the_territory_is_kept(known, settings):
    with served(collection(feature(lon=2.08), feature("4 Rue de l'Ouest", lon=2.01))) as (url, _asked):
        settings.GEOCODER_URL = url
        assert [one.name for one in addresses.search("rue", territory=known.west)] == ["4 rue de l'Ouest"]


def test_nothing_found_there_is_an_answer_too(known, settings):
    with served(collection()) as (url, _asked):
        settings.GEOCODER_URL = url
        assert addresses.search("12 rue des lilas") == []
        assert addresses.reverse(known.IN_WEST) is None


WRONG = {
    "error": (b"{}", 500),
    "no json": (b"<html>", 200),
    "no geojson": (b'{"features": 3}', 200),
    "a list": (b"[]", 200),
    "deep": (b"[" * 200_000, 200),
    "no properties": (b'{"features": [{"geometry": null}]}', 200),
    "no place": (collection(feature(lon=None)), 200),
    "outside the world": (collection(feature(lon=2000)), 200),
    "no figures": (collection(feature(score="NaN")), 200),
    "endless": (b" " * 1_500_000, 200),
}


@pytest.mark.parametrize(("content", "status"), WRONG.values(), ids=WRONG)
def test_what_it_gets_wrong_is_logged_and_our_own_table_answers(known, settings, caplog, content, status):
    with served(content, status) as (url, asked):
        settings.GEOCODER_URL = url
        assert addresses.search("12 rue des lila")[0].name == "12 rue des Lilas"
        # It is left alone for a while, so that nobody waits for it again.
        assert addresses.reverse(Point(2.02, 47.05, srid=4326)).name == "1 rue des Lilas"
    assert len(asked) == 1
    assert [one.levelno for one in caplog.records if one.name == "geo.addresses.remote"] == [logging.WARNING]


def test_one_that_does_not_answer_is_not_waited_for(known, settings, caplog):
    settings.GEOCODER_TIMEOUT = 0.3
    with served(b"", wait=threading.Event()) as (url, _asked):
        settings.GEOCODER_URL = url
        started = time.monotonic()
        assert addresses.search("12 rue des lila")[0].name == "12 rue des Lilas"
        assert time.monotonic() - started < 5
    assert "timed out" in caplog.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "file:///etc/passwd", "ailleurs", "http://[", "http://a b/"])
def test_an_address_that_is_none_leaves_our_own_table(known, settings, url):
    settings.GEOCODER_URL = url
    assert addresses.search("12 rue des lila")[0].name == "12 rue des Lilas"
