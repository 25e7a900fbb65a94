"""Tiles, decoded by a library of others: each object once in its place, and fresh as soon as it changes."""

import math

import mapbox_vector_tile
import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as some

from alerts.models import Alert
from geo.models import Asset, AssetKind
from geo.tiles import render
from geo.tiles.grid import EXTENT, MAX_ZOOM, Tile
from tests.geo.test_viewport import make_alerts

pytestmark = pytest.mark.django_db


def around(lon: float, lat: float, z: int) -> Tile:
    """The tile in which a place lies, by the formula of the grid's own definition."""
    n = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n
    return Tile(z, int((lon + 180) / 360 * n), int(y))


def path(tile: Tile, layer="alerts") -> str:
    return f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt"


def decoded(answer, layer="alerts") -> list[dict]:
    assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    found = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    return found[layer]["features"]


@given(lon=some.floats(-180, 179.999), lat=some.floats(-85, 85), z=some.integers(0, MAX_ZOOM))
def test_a_tile_lies_where_the_grid_says(lon, lat, z):
    tile = around(lon, lat, z)
    west, south, east, north = tile.box()
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


@pytest.mark.parametrize("z", [8, 12, 16])
def test_an_object_lies_where_it_is_with_what_is_known_of_it(client, town, z):
    make_alerts(town, 1, point=town.IN_WEST)
    tile = around(2.02, 47.05, z)
    [feature] = decoded(client.get(path(tile)))
    west, south, east, north = tile.box()
    x, y = feature["geometry"]["coordinates"]
    assert x == pytest.approx((2.02 - west) / (east - west) * EXTENT, abs=1.5)
    assert y == pytest.approx((north - 47.05) / (north - south) * EXTENT, abs=EXTENT * 0.02)
    properties = feature["properties"]
    alert = Alert.objects.get()
    assert (properties["key"], properties["style"], properties["label"]) == (
        alert.reference,
        "received",
        "Lampadaire en panne",
    )
    assert properties["supports"] == 0
    assert client.get(path(Tile(z, 0, 0))).status_code == 204


def test_many_are_counts_that_lose_none(client, town, monkeypatch):
    monkeypatch.setattr(render, "MAX_OBJECTS", 50)
    make_alerts(town, 40, point=town.IN_WEST)
    make_alerts(town, 20, point=town.IN_EAST, status="planned")
    tile = around(2.02, 47.05, 8)
    counts = {one["properties"]["style"]: one["properties"]["count"] for one in decoded(client.get(path(tile)))}
    assert counts == {"received": 40, "planned": 20}


def test_outlines_are_in_tiles_and_simpler_from_afar(client, town):
    kind = AssetKind.objects.create(code="banc", name="Banc", name_plural="Bancs")
    Asset.objects.create(kind=kind, code="B1", point=town.IN_WEST)
    found = decoded(client.get(path(around(2.02, 47.05, 10), "territories")), "territories")
    names = {one["properties"]["name"] for one in found}
    assert {"Ville", "Ouest", "Département"} <= names
    [bench] = decoded(client.get(path(around(2.02, 47.05, 16), "equipment")), "equipment")
    assert bench["properties"]["kind"] == "banc"


@pytest.mark.django_db(transaction=True)
def test_a_tile_is_kept_until_its_layer_changes(client, town, django_assert_num_queries):
    make_alerts(town, 1)
    tile = path(around(2.02, 47.05, 12))
    first = client.get(tile)
    assert client.get(tile, headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    with django_assert_num_queries(1):  # only: has anything changed?
        assert client.get(tile).content == first.content
    make_alerts(town, 1)
    second = client.get(tile, headers={"if-none-match": first.headers["ETag"]})
    assert second.status_code == 200
    assert len(decoded(second)) == 2
    Alert.objects.all().delete()
    assert client.get(tile).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_what_is_not_public_moves_nothing_that_a_stranger_sees(client, town):
    make_alerts(town, 1)
    tile = path(around(2.02, 47.05, 12))
    before = client.get(tile).headers["ETag"]
    make_alerts(town, 1, is_public=False)
    assert client.get(tile).headers["ETag"] == before
    assert client.get(tile, headers={"If-None-Match": before}).status_code == 304
    make_alerts(town, 1)
    assert client.get(tile, headers={"If-None-Match": before}).status_code == 200


def test_what_is_asked_otherwise_is_another_tile(client, town):
    make_alerts(town, 1)
    make_alerts(town, 1, status="planned")
    tile = path(around(2.02, 47.05, 12))
    assert len(decoded(client.get(tile))) == 2
    assert len(decoded(client.get(tile, {"status": "planned"}))) == 1
    assert client.get(tile, {"status": "nulle"}).json()["parameter"] == "status"
    assert client.get(tile, {"couleur": "bleu"}).json()["parameter"] == "couleur"
    for other in ("/tiles/style.json", "/tiles/alerts.json", "/tiles/", "/exports/alerts.qml"):
        answer = client.get(other, {"couleur": "bleu"})
        assert (answer.status_code, answer.json()["parameter"]) == (400, "couleur")


@pytest.mark.parametrize(
    "place", ["23/0/0", "-1/0/0", "1/2/0", "1/0/2", "a/b/c", "1/0/%00", "1/0/1.5", "9999999999/0/0"]
)
def test_tiles_that_are_none_are_refused(client, town, place):
    answer = client.get(f"/tiles/alerts/{place}.mvt")
    assert answer.status_code in (400, 404)


def test_tilejson_and_style_lead_to_tiles(client, town, settings):
    make_alerts(town, 1)
    cache.delete("ogc-extent:alerts")
    body = client.get("/tiles/alerts.json").json()
    address = body["tiles"][0].replace(settings.BASE_URL, "")
    tile = around(2.02, 47.05, 12)
    assert len(decoded(client.get(address.format(z=tile.z, x=tile.x, y=tile.y)))) == 1
    assert body["vector_layers"][0]["id"] == "alerts"
    style = client.get("/tiles/style.json").json()
    assert style["version"] == 8
    for source in style["sources"].values():
        assert client.get(source["url"].replace(settings.BASE_URL, "")).status_code == 200
    assert {one["source-layer"] for one in style["layers"] if "source" in one} == set(style["sources"])
