"""The daily files and their catalogue, as a portal that harvests them meets them."""

import datetime as dt
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from alerts import services
from geo import tasks
from geo.models import AssetKind, Boundary
from geo.opendata import snapshot
from geo.opendata.catalogue import CONTEXT
from tests.budget.proposals.helpers import PROPOSALS

pytestmark = pytest.mark.django_db
CATALOGUE = "/donnees/catalogue.jsonld"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.OPENDATA_ROOT = tmp_path / "opendata"
    settings.BASE_URL = "https://ville.example"
    return settings.OPENDATA_ROOT


@pytest.fixture
def made(town):
    services.report(category=town.street_light, point=town.IN_WEST, description="Éteint.")
    snapshot.make()
    return town


def body(answer) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def terms(node):
    """All keys and types of a JSON-LD document, without its context."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "@context":
                continue
            yield key if key != "@type" else value
            yield from terms(value)
    elif isinstance(node, list):
        for one in node:
            yield from terms(one)


def test_every_distribution_is_there_with_the_size_and_checksum_it_says(made, client):
    answer = client.get(CATALOGUE)
    assert answer["Content-Type"] == "application/ld+json"
    document = answer.json()
    names = {one["@id"].partition("#")[2] for one in document["dcat:dataset"]}
    assert names == {"alerts", *PROPOSALS, "territories", "equipment", "places"}
    seen = 0
    for dataset in document["dcat:dataset"]:
        for one in dataset["dcat:distribution"]:
            address = one["dcat:downloadURL"]["@id"]
            assert address.startswith("https://ville.example/donnees/instantane/")
            content = body(client.get(address.removeprefix("https://ville.example")))
            assert len(content) == int(one["dcat:byteSize"]["@value"])
            assert hashlib.sha256(content).hexdigest() == one["spdx:checksum"]["spdx:checksumValue"]["@value"]
            seen += 1
    assert seen == len(names) * 3


def test_what_dcat_ap_asks_for_is_said_in_terms_the_context_knows(made, client):
    document = client.get(CATALOGUE).json()
    assert document["@context"] == CONTEXT
    assert all(isinstance(one, str) and one.endswith(("#", "/")) for one in CONTEXT.values())
    for term in terms(document):
        assert term.startswith("@") or term.partition(":")[0] in CONTEXT, term
    for dataset in document["dcat:dataset"]:
        assert {one["@language"] for one in dataset["dct:title"]} == {"fr", "en"}
        for needed in ("dct:description", "dct:publisher", "dct:license", "dcat:theme", "dcat:contactPoint"):
            assert dataset[needed]
        assert dataset["dct:accrualPeriodicity"]["@id"].endswith("/DAILY")
    alerts = next(one for one in document["dcat:dataset"] if one["@id"].endswith("#alerts"))
    assert {one["@value"] for one in alerts["dct:title"]} == {"Signalements – Parvis", "Alerts – Parvis"}
    assert alerts["dct:spatial"]["dcat:bbox"]["@value"].startswith("POLYGON((2.02 47.05")
    assert alerts["dct:temporal"]["dcat:startDate"]["@value"]
    services_ = {one["dcat:endpointURL"]["@id"] for one in document["dcat:service"]}
    assert services_ == {"https://ville.example/ogc/", "https://ville.example/tiles/"}
    for one in document["dcat:service"]:
        assert (
            client.get(one["dcat:endpointDescription"]["@id"].removeprefix("https://ville.example")).status_code == 200
        )


def test_the_files_hold_what_the_database_has_and_nothing_that_is_not_public(made, client):
    features = json.loads(body(client.get("/donnees/instantane/territories.geojson")))["features"]
    assert len(features) == Boundary.objects.valid().count()
    assert client.get("/donnees/instantane/alerts_work.geojson").status_code == 404


def test_a_cache_asks_once(made, client):
    first = client.get("/donnees/instantane/alerts.csv")
    assert "public" in first["Cache-Control"]
    again = client.get("/donnees/instantane/alerts.csv", HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304


def test_yesterdays_stays_and_older_ones_go(made, client, folder):
    snapshot.make()
    snapshot.make()
    assert len(list(folder.iterdir())) == snapshot.KEPT
    day = snapshot.current().name[:8]
    assert client.get(f"/donnees/instantane/{day}/alerts.csv").status_code == 200
    assert client.get("/donnees/instantane/20200101/alerts.csv").status_code == 404


def test_what_did_not_change_keeps_its_date(made, town):
    before = snapshot.manifest()["layers"]
    services.report(category=town.pothole, point=town.IN_EAST, description="Trou.")
    snapshot.make()
    after = snapshot.manifest()["layers"]
    assert after["territories"]["modified"] == before["territories"]["modified"]
    assert after["alerts"]["modified"] > before["alerts"]["modified"]
    assert after["alerts"]["issued"] == before["alerts"]["issued"]


def test_one_that_fails_leaves_the_last_one_whole(made, folder, monkeypatch):
    before = snapshot.current()
    # A name that cannot be written to makes the real writer fail.
    monkeypatch.setitem(snapshot.FILES, "nosuch", 4326)
    with pytest.raises(KeyError):
        snapshot.make()
    assert list(folder.iterdir()) == [before]


@pytest.mark.parametrize("path", [CATALOGUE, "/donnees/instantane/alerts.gpkg", "/donnees/instantane/alerts.xyz"])
def test_before_the_first_night_there_is_nothing(client, path):
    assert client.get(path).status_code == 404


def test_the_page_of_open_data_names_the_catalogue(client):
    assert CATALOGUE not in client.get("/donnees/").content.decode()
    call_command("snapshot_open_data")
    page = client.get("/donnees/").content.decode()
    assert f'type="application/ld+json" href="{CATALOGUE}"' in page
    for name in ("alerts", *PROPOSALS, "territories", "equipment", "places"):
        for file_format in snapshot.FILES:
            assert f'href="/donnees/instantane/{name}.{file_format}"' in page


def test_the_first_comes_at_once_and_a_missed_night_is_caught_up(town):
    assert [one["schedule"] for one in site.CELERY_BEAT_SCHEDULE.values() if "snapshot" in one["task"]] == [600.0]
    tasks.snapshot_open_data()
    first = snapshot.current()
    tasks.snapshot_open_data()
    assert snapshot.current() == first
    made = timezone.localtime(dt.datetime.fromisoformat(snapshot.manifest()["made"]))
    night = made.replace(hour=2, minute=40, second=0, microsecond=0)
    night += dt.timedelta(days=1) if night <= made else dt.timedelta()
    assert not snapshot.is_due(night - dt.timedelta(minutes=1))
    for late in (dt.timedelta(), dt.timedelta(hours=9), dt.timedelta(days=3)):
        assert snapshot.is_due(night + late)
    assert snapshot.make_due(night + dt.timedelta(hours=9)) == snapshot.current() != first


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_it_once(town, folder):
    def work(_n):
        try:
            return snapshot.make_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        made = [one for one in threads.map(work, range(4)) if one]
    assert len(made) == 1
    assert list(folder.iterdir()) == made


def test_the_day_of_the_first_publication_stays(made, client):
    first = client.get(CATALOGUE).json()
    snapshot.make()
    again = client.get(CATALOGUE).json()
    assert again["dct:issued"] == first["dct:issued"]
    assert again["dct:modified"] != first["dct:modified"]
    for before, after in zip(first["dcat:dataset"], again["dcat:dataset"], strict=True):
        assert after["dct:issued"] == before["dct:issued"]
        name = after["@id"].partition("#")[2]
        assert after["dcat:landingPage"]["@id"] == f"https://ville.example/exports/{name}/"
        assert client.get(f"/exports/{name}/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("together", [True, False], ids=["snapshot", "control"])
def test_all_files_show_one_moment(together):
    def elsewhere():
        AssetKind.objects.create(code="banc", name="Banc", name_plural="Bancs")
        connection.close()

    with snapshot.one_moment() if together else transaction.atomic():
        assert AssetKind.objects.count() == 0
        with ThreadPoolExecutor(1) as threads:
            threads.submit(elsewhere).result()
        assert AssetKind.objects.count() == (0 if together else 1)
    assert AssetKind.objects.count() == 1
