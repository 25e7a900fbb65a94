"""CQL2 (21-065r2) and Part 3 (19-079r2): what a filter lets through, and that nothing else gets through it."""

import json

import pytest
from django.contrib.gis.geos import Polygon
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from alerts.models import Alert
from geo.ogc import cql
from tests.geo.ogc.conftest import ITEMS, L93, WGS84, keys

pytestmark = pytest.mark.django_db
WEST = "POLYGON((2.0 47.0,2.05 47.0,2.05 47.1,2.0 47.1,2.0 47.0))"


def numbers(page: dict) -> set[int]:
    return {feature["properties"]["supports"] for feature in page["features"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("supports = 3", {3}),
        ("supports <> 3", {0, 1, 2, 4, 5, 6}),
        ("NOT supports = 3", {0, 1, 2, 4, 5, 6}),
        ("3 < supports", {4, 5, 6}),
        ("supports >= 3 AND supports < 5", {3, 4}),
        ("supports < 1 OR supports > 5", {0, 6}),
        ("supports BETWEEN 2 AND 3", {2, 3}),
        ("supports NOT BETWEEN 2 AND 5", {0, 1, 6}),
        ("supports IN (1, 5)", {1, 5}),
        ("supports NOT IN (1, 5)", {0, 2, 3, 4, 6}),
        ("closed_at IS NULL", {1, 2, 3, 4, 5, 6}),
        ("closed_at IS NOT NULL", {0}),
        ("status = 'resolved'", {0}),
        ("\"status\" = 'resolved'", {0}),
        ("status = 'l''eau'", set()),
        ("description LIKE 'Numéro _'", set(range(7))),
        ("description LIKE '%3'", {3}),
        ("description LIKE 'num%'", set()),
        ("CASEI(description) LIKE CASEI('NUM%6')", {6}),
        ("CASEI(status) = 'RESOLVED'", {0}),
        ("description LIKE '100\\%'", set()),
        ("confirmed = contested AND supports = 2", {2}),
        ("created_at < closed_at", {0}),
        ("true", set(range(7))),
        ("NOT true", set()),
        (f"S_INTERSECTS(geometry, {WEST})", {0, 1, 2, 3, 4}),
        (f"S_WITHIN(geometry, {WEST})", {0, 1, 2, 3, 4}),
        (f"S_CONTAINS({WEST}, geometry)", {0, 1, 2, 3, 4}),
        (f"S_DISJOINT(geometry, {WEST})", {5, 6}),
        (f"NOT S_INTERSECTS(geometry, {WEST})", {5, 6}),
        ("S_EQUALS(geometry, POINT(2.02 47.05))", {0, 1, 2, 3, 4}),
        ("S_INTERSECTS(geometry, BBOX(2.0, 47.0, 2.05, 47.1))", {0, 1, 2, 3, 4}),
        ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(2.02 47.05), POINT(0 0)))", {0, 1, 2, 3, 4}),
        ("S_TOUCHES(geometry, LINESTRING(2.02 47.05, 3 48))", {0, 1, 2, 3, 4}),
    ],
)
def test_what_a_filter_lets_through(reports, ask, text, expected):
    assert numbers(ask(filter=text)) == expected


def day(alert) -> str:
    return alert.created_at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("created_at > TIMESTAMP('{3}')", {4, 5, 6}),
        ("created_at >= TIMESTAMP('{3}')", {3, 4, 5, 6}),
        ("created_at = TIMESTAMP('{3}')", {3}),
        ("created_at > '{3}'", {4, 5, 6}),
        ("created_at > DATE('{d3}')", {4, 5, 6}),
        ("created_at >= DATE('{d3}')", {3, 4, 5, 6}),
        ("created_at = DATE('{d3}')", {3}),
        ("created_at <= DATE('{d3}')", {0, 1, 2, 3}),
        ("T_AFTER(created_at, TIMESTAMP('{3}'))", {4, 5, 6}),
        ("T_BEFORE(created_at, DATE('{d3}'))", {0, 1, 2}),
        ("T_DURING(created_at, INTERVAL('{d2}', '{d4}'))", {2, 3, 4}),
        ("T_DURING(created_at, INTERVAL('{d5}', '..'))", {5, 6}),
        ("T_DISJOINT(created_at, INTERVAL('{d2}', '{d4}'))", {0, 1, 5, 6}),
        ("T_INTERSECTS(INTERVAL('..', '{d1}'), created_at)", {0, 1}),
        ("T_EQUALS(created_at, TIMESTAMP('{3}'))", {3}),
        ("T_INTERSECTS(INTERVAL(created_at, closed_at), INTERVAL('{d4}', '..'))", {0}),
        ("T_STARTS(INTERVAL(created_at, closed_at), INTERVAL('{0}', '..'))", {0}),
        ("T_MEETS(INTERVAL(created_at, closed_at), INTERVAL('{0}', '..'))", set()),
    ],
)
def test_time(reports, ask, text, expected):
    moments = {str(at): day(alert) for at, alert in enumerate(reports)}
    days = {f"d{at}": alert.created_at.astimezone().date().isoformat() for at, alert in enumerate(reports)}
    text = text.replace("{", "%(").replace("}", ")s") % (moments | days)
    assert numbers(ask(filter=text)) == expected


def test_json_and_reference_systems_say_the_same(reports, ask):
    many = {"op": ">", "args": [{"property": "supports"}, 2]}
    said = {"op": "and", "args": [many, {"op": "=", "args": [{"property": "status"}, "received"]}]}
    assert numbers(ask(filter=json.dumps(said), filter_lang="cql2-json")) == {3, 4, 5, 6}
    box = Polygon.from_bbox((2.0, 47.0, 2.05, 47.1))
    box.srid = 4326
    lambert = box.transform(2154, clone=True).wkt
    assert numbers(ask(filter=f"S_INTERSECTS(geometry, {lambert})", filter_crs=L93.uri)) == {0, 1, 2, 3, 4}
    north_first = "POLYGON((47.0 2.0,47.0 2.05,47.1 2.05,47.1 2.0,47.0 2.0))"
    assert numbers(ask(filter=f"S_INTERSECTS(geometry, {north_first})", filter_crs=WGS84.uri)) == {0, 1, 2, 3, 4}


WRONG = [
    "supports =",
    "secret = 1",
    "reporter__email = 'x'",
    "contact_email IS NULL",
    "supports = 'trois'",
    "status = 3",
    "status LIKE 3",
    "description LIKE 'x\\'",
    "supports = 1e400",
    "supports = 1e30",
    "created_at > 'hier'",
    "T_AFTER(supports, DATE('2026-01-01'))",
    "T_AFTER(created_at, DATE('2026-02-31'))",
    "S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))",
    "S_INTERSECTS(status, POINT(0 0))",
    "S_INTERSECTS(geometry, 'ici')",
    "S_INTERSECTS(geometry, geometry)",
    "status",
    "'a' = 'a'",
    "1 = 1",
    "supports + 1 = 2",
    "pg_sleep(10) = 1",
    "status = 'x'; DROP TABLE alerts_alert",
    "CASEI(supports) = 'x'",
    "(" * 3_000 + "supports = 1" + ")" * 3_000,
    "NOT " * 1_500 + "supports = 1",
    "supports = " + "-" * 5_000 + "1",
    "supports = 1 AND " * 600 + "supports = 1",
    "x" * 7_000,
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_filter_is_refused(reports, refused, text):
    assert refused(filter=text) == "filter"


@pytest.mark.parametrize(
    "tree",
    [
        "[]",
        "{}",
        "null",
        '{"op":"="}',
        '{"op":"and","args":[]}',
        '{"op":"=","args":[{"property":"status"}]}',
        '{"op":"in","args":[{"property":"status"},"x"]}',
        '{"op":"in","args":[{"property":"status"},[]]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[]}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":["a","b"]}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[1,2]}]}',
        '{"op":"not","args":[' * 30 + "true" + "]}" * 30,
    ],
)
def test_what_is_no_tree_is_refused(reports, client, tree):
    answer = client.get(ITEMS, {"filter": tree, "filter-lang": "cql2-json"})
    assert answer.status_code == 400 or keys(answer.json())


def test_a_filter_of_50_megabytes_is_refused_at_once(reports, refused):
    assert refused(filter="supports = 1 OR " * 3_000_000 + "supports = 1") == "filter"
    assert refused(filter="status = 1", filter_lang="sql") == "filter-lang"
    assert refused(filter="status = 1", filter_crs="EPSG:2154") == "filter-crs"


def test_no_filter_shows_what_the_viewer_may_not_see(reports, ask):
    hidden = reports[3]
    Alert.objects.filter(pk=hidden.pk).update(is_public=False)
    for text in ("true", f"reference = '{hidden.reference}'", "supports = 3 OR true", "NOT (status = 'x')"):
        assert hidden.reference not in keys(ask(filter=text))


WORDS = some.sampled_from(
    [
        *("supports", "status", "geometry", "created_at", "(", ")", "=", "<>", "AND", "OR", "NOT", "IN", "LIKE"),
        *("BETWEEN", "IS NULL", "1", "-1", "'a'", "'%'", ",", "CASEI(", "S_INTERSECTS(", "POINT(2 47)", "T_AFTER("),
        *("DATE('2026-01-01')", "INTERVAL('..','2026-01-01')", "BBOX(1,2,3,4)", "true", "+", "*", "\\", '"', "é"),
        *("POINT EMPTY", "1e999", "NaN"),
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.one_of(some.lists(WORDS, max_size=14).map(" ".join), some.text(max_size=60)))
def test_whatever_is_sent_is_answered(reports, client, text):
    answer = client.get(ITEMS, {"filter": text, "limit": 1})
    assert answer.status_code in (200, 400)


def test_the_depth_of_a_filter_is_never_underestimated():
    """The parser goes down with brackets and NOT; far too deep it would take the process with it."""
    deep = 41
    for text in (f"{'(' * deep}a=1{')' * deep}", f"{'NOT(' * deep}a=1{')' * deep}", "not " * deep + "a=1"):
        assert cql._depth(text) > cql.MAX_DEPTH
    assert cql._depth("a = 'x' AND (b = 1 OR NOT c = 2)") < 4
