"""What strangers tried on it, and may not."""

import base64
import json

import pytest

from alerts import services
from alerts.models import Alert
from tests.geo.ogc.conftest import ITEMS

pytestmark = pytest.mark.django_db
WGS84 = "http://www.opengis.net/def/crs/EPSG/0/4326"


def test_a_cursor_says_no_number_and_cannot_be_made(client, reports, ask, refused):
    following = next(one["href"] for one in ask(limit=1)["links"] if one["rel"] == "next")
    token = following.split("cursor=")[1]
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert str(Alert.objects.order_by("pk").first().pk).encode() not in raw.split(b",")
    forged = base64.urlsafe_b64encode(json.dumps([0, reports[0].pk]).encode()).decode()
    assert refused(cursor=forged) == "cursor"
    assert refused(cursor=token[:-2] + "AA") == "cursor"
    assert refused(cursor="é") == "cursor"
    # Nor is it opened where what comes next would tell its number.
    assert refused("/ogc/collections/equipment/items", cursor=token) == "cursor"
    assert refused(cursor=token, sortby="supports") == "cursor"


def test_what_is_public_is_listed_without_numbers_of_rows(client, town):
    for _number in range(25):
        services.report(category=town.street_light, point=town.IN_WEST, description="x")
    page = client.get("/liste/alerts/", headers={"HX-Request": "true"}).content.decode()
    assert "before=" in page
    assert not {f"~{pk}" for pk in Alert.objects.values_list("pk", flat=True)} & set(
        page.replace("%7E", "~").split("&")
    )


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "MultiPoint", "coordinates": []},
        {"type": "LineString", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "GeometryCollection", "geometries": []},
        {
            "type": "GeometryCollection",
            "geometries": [{"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [47, 2]}]}],
        },
    ],
)
def test_no_shape_is_an_error_of_ours(client, reports, shape):
    text = json.dumps({"op": "s_intersects", "args": [{"property": "geometry"}, shape]})
    answer = client.get(ITEMS, {"filter": text, "filter-crs": WGS84, "f": "json"})
    assert answer.status_code in (200, 400)


def test_what_is_not_used_is_checked_all_the_same(refused):
    assert refused(filter_crs="zzz") == "filter-crs"
    assert refused(bbox_crs="zzz") == "bbox-crs"
    assert refused(filter_lang="cql") == "filter-lang"


@pytest.mark.parametrize("text", ["../9999-12-31", "0001-01-01/9999-12-31", "0001-01-01/.."])
def test_the_ends_of_time_are_open_ends(ask, reports, text):
    assert ask(datetime=text)["numberMatched"] == len(reports)


@pytest.mark.parametrize(
    "path", ["/ogc/", ITEMS, "/tiles/alerts/0/0/0.mvt", "/tiles/style.json", "/exports/alerts.csv"]
)
def test_other_sites_may_read_with_a_key_and_nobody_may_write(client, db, path):
    asked = client.options(path, headers={"Access-Control-Request-Headers": "authorization"})
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Headers"] == "Authorization"
    client.handler.enforce_csrf_checks = True
    for method in (client.post, client.put, client.delete):
        answer = method(path)
        assert (answer.status_code, answer.json()["code"]) == (405, "MethodNotAllowed")
    wrong = client.get(path, headers={"Authorization": "Bearer nothing"})
    assert (wrong.status_code, wrong.headers["Access-Control-Allow-Origin"]) == (401, "*")
