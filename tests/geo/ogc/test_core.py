"""OGC API – Features Part 1 and 2 (17-069r4, 18-058r1), by the names of their requirements."""

import re

import pytest
from django.contrib.gis.geos import Point
from django.utils.timezone import localtime

from alerts.models import Alert
from geo import crs
from geo.ogc import documents
from tests.geo.ogc.conftest import CRS84, ITEMS, L93, WGS84, keys

pytestmark = pytest.mark.django_db
JSON = "application/json"


def rels(body: dict) -> set[str]:
    return {link["rel"] for link in body["links"]}


def test_req_core_root_and_conformance(reports, ask):
    """/req/core/root-success, /req/core/conformance-success"""
    landing = ask("/ogc/")
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= rels(landing)
    assert all(link["type"] and link["href"].startswith("http") for link in landing["links"])
    assert set(documents.CONFORMANCE) == set(ask("/ogc/conformance")["conformsTo"])
    # The four that QGIS wants before it filters on the server.
    for one in ("features-3/1.0/conf/filter", "features-3/1.0/conf/features-filter"):
        assert f"http://www.opengis.net/spec/ogcapi-{one}" in documents.CONFORMANCE
    for one in ("cql2-text", "basic-cql2"):
        assert f"http://www.opengis.net/spec/cql2/1.0/conf/{one}" in documents.CONFORMANCE


def test_req_oas30_definition(reports, client):
    """/req/oas30/oas-definition-1, /req/core/api-definition-success"""
    answer = client.get("/ogc/api")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    body = answer.json()
    assert body["openapi"].startswith("3.0")
    assert "/collections/alerts/items" in body["paths"]
    names = {one["name"] for one in body["paths"]["/collections/alerts/items"]["get"]["parameters"]}
    assert {"limit", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs", "status"} <= names


def test_req_core_collections(reports, ask):
    """/req/core/fc-md-success, /req/core/sfc-md-success, /req/crs/fc-md-crs-list, /req/crs/fc-md-storageCrs"""
    listed = ask("/ogc/collections")
    assert {"self", "alternate"} <= rels(listed)
    one = next(one for one in listed["collections"] if one["id"] == "alerts")
    assert one == ask("/ogc/collections/alerts")
    assert {"self", "items"} <= rels(one)
    assert one["storageCrs"] == CRS84.uri
    assert {system.uri for system in crs.SYSTEMS} == set(one["crs"])
    west, south, east, north = one["extent"]["spatial"]["bbox"][0]
    assert west <= 2.02 <= east
    assert south <= 47.05 <= north
    assert one["extent"]["temporal"]["interval"][0][1] is None


def test_req_core_items_and_item(reports, ask, client):
    """/req/core/fc-response, fc-timeStamp, fc-numberMatched, fc-numberReturned, f-success, f-links; /req/geojson/*"""
    answer = client.get(ITEMS)
    assert answer.headers["Content-Type"] == "application/geo+json"
    page = answer.json()
    assert (page["type"], page["numberMatched"], page["numberReturned"]) == ("FeatureCollection", 7, 7)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)", page["timeStamp"])
    feature = page["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [2.02, 47.05]}
    single = ask(f"{ITEMS}/{feature['id']}")
    assert {"self", "alternate", "collection"} <= rels(single)
    assert {key: single[key] for key in feature} == feature


def test_req_core_limit(reports, ask, refused):
    """/req/core/fc-limit-definition, fc-limit-response: more than the most is the most"""
    assert ask(limit=2)["numberReturned"] == 2
    assert ask(limit=10**9)["numberReturned"] == 7
    assert ask()["numberReturned"] == 7
    for wrong in ("0", "-1", "x", "1.5", "²", "9" * 5000 + "x"):
        assert refused(limit=wrong) == "limit"


def test_req_core_links_lead_through_all_pages_and_back(reports, client):
    """/req/core/fc-links"""
    seen, address, pages = [], f"{ITEMS}?limit=3", []
    while address:
        page = client.get(address).json()
        pages.append(page)
        seen += keys(page)
        links = {link["rel"]: link["href"] for link in page["links"]}
        address = links.get("next")
    assert seen == [alert.reference for alert in reports]
    assert [len(page["features"]) for page in pages] == [3, 3, 1]
    before = client.get(links["prev"]).json()
    assert keys(before) == keys(pages[1])


def test_pages_stay_whole_when_rows_come_and_go(reports, client):
    first = client.get(f"{ITEMS}?limit=3&sortby=-created_at").json()
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    Alert.objects.filter(reference=keys(first)[0]).update(is_public=False)
    second = client.get(following).json()
    assert set(keys(first)).isdisjoint(keys(second))
    assert len(keys(second)) == 3


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "status,-supports", "closed_at", "-closed_at,supports"])
def test_each_order_goes_forth_and_back(reports, client, sort):
    address, seen = f"{ITEMS}?limit=2&sortby={sort.replace('+', '%2B')}", []
    while address:
        page = client.get(address).json()
        seen.append(keys(page))
        links = {link["rel"]: link["href"] for link in page["links"]}
        address = links.get("next")
    back = [keys(page)]
    while "prev" in links:
        page = client.get(links["prev"]).json()
        back.insert(0, keys(page))
        links = {link["rel"]: link["href"] for link in page["links"]}
    assert back == seen
    assert len({one for some in seen for one in some}) == 7


def test_req_core_bbox(reports, ask, refused):
    """/req/core/fc-bbox-definition, fc-bbox-response"""
    assert ask(bbox="2.0,47.0,2.05,47.1")["numberMatched"] == 5
    assert ask(bbox="2.0,47.0,-100,2.05,47.1,100")["numberMatched"] == 5
    assert ask(bbox="179,46,2.05,48")["numberMatched"] == 5, "over the antimeridian"
    for wrong in ("1,2,3", "a,b,c,d", "2,48,3,47", "nan,1,2,3", "1,1,inf,2", "1,-91,2,3", "2,47,3,48,"):
        assert refused(bbox=wrong) == "bbox"


def test_req_crs_bbox_and_coordinates(reports, ask, client, refused):
    """/req/crs/fc-bbox-crs-*, /req/crs/crs-*, ogc-crs-header: in the order of axes of each system"""
    box = Point(2.0, 47.0, srid=4326), Point(2.05, 47.1, srid=4326)
    corners = [point.transform(2154, clone=True) for point in box]
    lambert = ",".join(f"{value:.3f}" for point in corners for value in (point.x, point.y))
    assert ask(bbox=lambert, bbox_crs=L93.uri)["numberMatched"] == 5
    assert ask(bbox="47.0,2.0,47.1,2.05", bbox_crs=WGS84.uri)["numberMatched"] == 5
    for system in crs.SYSTEMS:
        answer = client.get(ITEMS, {"crs": system.uri, "limit": 1})
        assert answer.headers["Content-Crs"] == f"<{system.uri}>"
        x, y = answer.json()["features"][0]["geometry"]["coordinates"]
        point = Point(2.02, 47.05, srid=4326).transform(system.srid, clone=True)
        expected = (point.y, point.x) if system.north_first else (point.x, point.y)
        assert (x, y) == pytest.approx(expected, abs=0.002)
    assert client.get(ITEMS).headers["Content-Crs"] == f"<{CRS84.uri}>"
    for name in ("crs", "bbox-crs"):
        assert refused(**{name: "http://www.opengis.net/def/crs/EPSG/0/27572", "bbox": "1,2,3,4"}) == name
    assert ask(bbox="1e300,1,2e300,2", bbox_crs=L93.uri)["numberMatched"] == 0


def test_req_core_datetime(reports, ask, refused):
    """/req/core/fc-time-definition, fc-time-response"""
    third = localtime(reports[3].created_at)
    assert ask(datetime=third.isoformat())["numberMatched"] == 1
    assert ask(datetime=f"{third.isoformat()}/..")["numberMatched"] == 4
    assert ask(datetime=f"../{third.isoformat()}")["numberMatched"] == 4
    assert ask(datetime=f"/{third.isoformat()}")["numberMatched"] == 4
    assert ask(datetime=f"{third.date()}")["numberMatched"] == 1, "a whole day"
    assert ask(datetime=f"{third.date()}T/..")["numberMatched"] == 4, "as GDAL writes a day"
    assert ask(datetime="2000-01-01T00:00:00Z/2001-01-01T00:00:00Z")["numberMatched"] == 0
    for wrong in ("hier", "2026-13-01", "2026-01-01/2025-01-01", "a/b", "/", "2026-01-01/2026-02-01/2026-03-01"):
        assert refused(datetime=wrong) == "datetime"


def test_req_core_unknown_and_absent(reports, refused, client):
    """/req/core/query-param-unknown, query-param-invalid; what does not exist is a 404 in the same shape"""
    assert refused(couleur="bleu") == "couleur"
    assert refused("/ogc/", x="1") == "x"
    assert refused(f="xml") == "f"
    nothing = ("nope", "collections/", "collections/nope", "collections/nope/items", "collections/alerts/items/nope")
    for path in nothing:
        answer = client.get(f"/ogc/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")
    assert client.post(ITEMS).status_code == 405


def test_properties_and_filters_of_the_layer(reports, ask, refused, town):
    assert set(ask(properties="status,supports")["features"][0]["properties"]) == {"status", "supports"}
    assert ask(properties="")["features"][0]["properties"] == {}
    assert refused(properties="secret") == "properties"
    assert ask(status="resolved")["numberMatched"] == 1
    assert ask(supports="3")["numberMatched"] == 1
    assert refused(supports="trois") == "supports"
    assert ask(territory="quartier:T1001-2")["numberMatched"] == 2
    assert refused(sortby="secret") == "sortby"
    for wrong in ("x", "W10", "WzAsMV0x", "A" * 5000):
        assert refused(cursor=wrong) == "cursor"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "api",
        "conformance",
        *(f"collections{one}" for one in ("", "/alerts", "/alerts/queryables", "/alerts/items")),
    ],
)
def test_req_html_each_page_is_one_for_people_too(reports, client, path):
    """/req/html/definition, /req/html/content"""
    answer = client.get(f"/ogc/{path}", headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in answer.content.decode()
    assert client.get(f"/ogc/{path}?f=json", headers={"accept": "text/html"}).json()


def test_numbers_that_no_column_holds_find_nothing(client, reports, refused):
    """A client's own mistake, whichever way it comes."""
    assert refused(supports="9" * 400) == "supports"
    assert client.get("/ogc/collections/equipment/items/9999999999999999999?f=json").status_code == 404
