"""The JSON API of places: right answers, and for whatever else is sent a code and a sentence."""

import pytest

pytestmark = pytest.mark.django_db
AT, ROUTE = "/api/v1/territories/at", "/api/v1/route"
WEST = {"lon": "2.02", "lat": "47.05"}


def test_territories_come_smallest_first_in_one_query(town, client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get(AT, WEST)
    assert answer.status_code == 200
    assert [(one["level"], one["code"]) for one in answer.json()] == [
        ("quartier", "T1001-1"),
        ("commune", "T1001"),
        ("departement", "T1"),
    ]
    commune = answer.json()[1]
    assert (commune["name"], commune["population"], commune["population_year"]) == ("Ville", 60_000, 2023)


def test_any_site_may_read_and_keep_the_answer_for_a_while(town, client):
    for path, query in ((AT, WEST), (ROUTE, WEST | {"competence": "voirie"})):
        answer = client.get(path, query)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
    refused = client.get(AT)
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert "Cache-Control" not in refused.headers


def test_a_route_names_the_body_and_explains(town, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        answer = client.get(ROUTE, WEST | {"competence": "eclairage-public", "date": "2026-01-01"}).json()
    assert answer["body"] == {"slug": "eclairage-ville", "name": "Service éclairage", "kind": "service"}
    assert answer["fallback"] is False
    assert len(answer["explanation"]) == len(answer["reasons"]) == 3


def test_outside_there_are_no_territories_and_no_route(town, client):
    outside = {"lon": "-30", "lat": "40"}
    assert client.get(AT, outside).json() == []
    answer = client.get(ROUTE, outside | {"competence": "voirie"})
    assert (answer.status_code, answer.json()["code"]) == (400, "outside")


def test_the_decimal_comma_is_understood(town, client):
    assert len(client.get(AT, {"lon": "2,02", "lat": "47,05"}).json()) == 3


BAD = [
    ({}, 422, "invalid_parameter"),
    ({"lon": "2"}, 422, "invalid_parameter"),
    ({"lon": "", "lat": ""}, 400, "not_a_number"),
    ({"lon": "nan", "lat": "47"}, 400, "not_finite"),
    ({"lon": "2", "lat": "inf"}, 400, "not_finite"),
    ({"lon": "1e999", "lat": "47"}, 400, "not_finite"),
    ({"lon": "deux", "lat": "47"}, 400, "not_a_number"),
    ({"lon": "2\x00", "lat": "47"}, 400, "not_a_number"),
    ({"lon": "2" * 5000, "lat": "47"}, 400, "not_finite"),
    ({"lon": "200", "lat": "47"}, 400, "out_of_range"),
    ({"lon": "2", "lat": "91"}, 400, "out_of_range"),
    (WEST | {"date": "hier"}, 422, "invalid_parameter"),
    (WEST | {"date": "2026-02-30"}, 422, "invalid_parameter"),
]


@pytest.mark.parametrize(("query", "status", "code"), BAD)
@pytest.mark.parametrize("path", [AT, ROUTE])
def test_bad_input_is_named(town, client, path, query, status, code):
    answer = client.get(path, query | ({"competence": "voirie"} if path == ROUTE else {}))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json().keys() == {"code", "detail"}
    assert answer.json()["detail"]


@pytest.mark.parametrize("competence", ["chasse-aux-licornes", "", "\x00", "a" * 10_000])
def test_an_unknown_competence_is_not_found(town, client, competence):
    answer = client.get(ROUTE, WEST | {"competence": competence})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_competence")


def test_swapped_coordinates_are_noticed(town, client):
    answer = client.get(ROUTE, {"lon": "47.05", "lat": "2.02", "competence": "voirie"})
    assert (answer.status_code, answer.json()["code"]) == (400, "outside")
    assert "inversé" in answer.json()["detail"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar(town, client, day):
    assert client.get(AT, WEST | {"date": day}).status_code == 200


def test_the_description_is_served(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {AT, ROUTE} <= paths.keys()
    assert "422" in paths[AT]["get"]["responses"]
