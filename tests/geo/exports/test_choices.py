"""What an address may ask for, and who gets an answer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import keys
from geo.exports.wanted import MAX_QUERY
from tests.budget.proposals.helpers import PROPOSALS
from tests.geo.exports.files import fetch, read, save
from tests.geo.test_viewport import make_alerts

pytestmark = pytest.mark.django_db


def test_filters_territory_and_period_hold_for_the_file(client, town, tmp_path):
    make_alerts(town, 2)
    make_alerts(town, 3, category=town.pothole)
    make_alerts(town, 4, point=town.IN_VILLAGE, territories=[town.village.pk, town.departement.pk])

    def rows(**parameters):
        return len(read(save(client, tmp_path, "alerts.fgb", **parameters))[1])

    assert rows(category="nid-de-poule") == 3
    assert rows(territory="commune:T1002") == 4
    assert rows(category=["nid-de-poule", "lampadaire"], territory="commune:T1001") == 5
    assert rows(since="2999-01-01") == 0
    assert rows(bbox="2.1,47.0,2.2,47.1") == 4


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"crs": "EPSG:27572"}, "crs"),
        ({"crs": "EPSG:²"}, "crs"),
        ({"crs": "2154;DROP"}, "crs"),
        ({"crs": "urn:x"}, "crs"),
        ({"crs": "-1"}, "crs"),
        ({"crs": "9" * 5000}, "crs"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"territory": "commune:nowhere"}, "territory"),
        ({"since": "hier"}, "since"),
        ({"until": "9999-99-99"}, "until"),
        ({"days": "-1"}, "days"),
        ({"status": "unknown"}, "status"),
        ({"colour": "red"}, "colour"),
        ({"layer": "alerts"}, "layer"),
        ({"territory": "x" * (MAX_QUERY + 1)}, "territory"),
        ({"territory": "a\0b"}, "territory"),
    ],
)
@pytest.mark.parametrize("name", ["gpkg", "csv"])
def test_what_cannot_be_understood_is_named(client, town, parameters, named, name):
    response = client.get(f"/exports/alerts.{name}", parameters)
    assert response.status_code == 400
    if "\0" not in str(parameters):
        assert response.json()["parameter"] == named


def test_several_layers_understand_what_all_do(client, town):
    for parameters, named in [({"status": "received"}, "status"), ({"layer": "nobody"}, "layer")]:
        response = client.get("/exports/tout.gpkg", parameters)
        assert (response.status_code, response.json()["parameter"]) == (400, named)
    assert client.get("/exports/tout.csv").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["alerts.exe", "people.gpkg", "people/", "people.qml", "people.sld", "demandes/x/", "demandes/x/fichier"],
)
def test_what_is_not_there(client, town, path):
    assert client.get(f"/exports/{path}").status_code == 404


RESTRICTED = ["alerts_work.gpkg", "alerts_work.csv", "alerts_work/", "alerts_work.qml", "alerts_work.sld"]


@pytest.mark.parametrize("path", RESTRICTED)
def test_a_restricted_layer_does_not_exist_without_the_mandate(client, town, path):
    make_alerts(town, 1)
    assert client.get(f"/exports/{path}").status_code == 404
    client.force_login(town.person("resident@example.org"))
    assert client.get(f"/exports/{path}").status_code == 404
    client.force_login(town.light_agent())
    assert client.get(f"/exports/{path}").status_code == 200


def test_all_layers_are_those_of_the_viewer(client, town, tmp_path):
    import pyogrio

    make_alerts(town, 2)
    public = {"alerts", *PROPOSALS, "territories", "equipment", "places", "layer_styles"}
    assert {name for name, _type in pyogrio.list_layers(save(client, tmp_path, "tout.gpkg"))} == public
    refused = client.get("/exports/tout.gpkg", {"layer": "alerts_work"})
    assert (refused.status_code, refused.json()["parameter"]) == (400, "layer")
    client.force_login(town.light_agent())
    mine = save(client, tmp_path, "tout.gpkg", layer=["alerts", "alerts_work"])
    assert {name for name, _type in pyogrio.list_layers(mine)} == {"alerts", "alerts_work", "layer_styles"}


def test_a_key_opens_what_its_mandate_covers_and_no_more(client, town):
    make_alerts(town, 2)
    agent = town.light_agent()
    _key, bare = keys.issue(user=agent, label="x", scope=keys.LAYERS)
    mandate = agent.mandates.get()
    _key, carried = keys.issue(user=agent, mandate=mandate, label="x", scope=keys.LAYERS)
    assert client.get("/exports/alerts_work.csv", {"api_key": bare}).status_code == 404
    assert fetch(client, "/exports/alerts_work.csv", api_key=carried).count(b"\n") == 3


@pytest.mark.parametrize("name", ["gpkg", "csv", "parquet"])
def test_thirty_rows_cost_as_many_queries_as_three(client, town, name):
    counts = []
    for _more in range(2):
        make_alerts(town, 3 if not counts else 27)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            fetch(client, f"/exports/alerts.{name}")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_head_makes_nothing(client, town):
    make_alerts(town, 1)
    response = client.head("/exports/alerts.gpkg")
    assert (response.status_code, response.content) == (200, b"")
    assert "attachment" in response["Content-Disposition"]
