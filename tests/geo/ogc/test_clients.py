"""Every layer as GDAL and OWSLib read it, counted and placed as the database has it."""

import json
import subprocess
import sys

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db.models import Union
from owslib.ogcapi.features import Features

from alerts.models import Alert
from geo import layers
from geo.models import Asset, AssetKind
from tests.budget.proposals.helpers import PROPOSALS, make_budget, propose_shapes

pytestmark = pytest.mark.django_db(transaction=True)
# In a process of its own: GDAL waits for its answer with Python's lock in its hand.
GDAL = """
import json, sys
import pyogrio, shapely
address, layer, options = json.loads(sys.argv[1])
if "bbox" in options:
    options["bbox"] = tuple(options["bbox"])
meta, _fids, geometries, values = pyogrio.raw.read(f"OAPIF:{address}", layer=layer, **options)
ids = [str(one) for one in values[list(meta["fields"]).index("id")]]
bounds = list(shapely.total_bounds(shapely.from_wkb(geometries)))
print(json.dumps({"ids": ids, "fields": list(meta["fields"]), "bounds": bounds, "crs": meta["crs"]}))
"""


@pytest.fixture
def served(reports, live_server, settings, town):
    settings.BASE_URL = live_server.url
    kind = AssetKind.objects.create(code="lampadaire", name="Lampadaire", name_plural="Lampadaires")
    Asset.objects.create(kind=kind, code="L1", point=town.IN_WEST)
    school = AssetKind.objects.create(code="ecole", name="École", name_plural="Écoles", is_place=True)
    Asset.objects.create(kind=school, code="E1", point=town.IN_EAST)
    propose_shapes(make_budget(town), town.person("inventeur@example.org"))
    return f"{live_server.url}/ogc/"


def by_gdal(address: str, layer: str, **options) -> dict:
    asked = json.dumps([address, layer, options])
    done = subprocess.run([sys.executable, "-c", GDAL, asked], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("srid", [4326, 2154])
@pytest.mark.parametrize("layer", layers.open_to(AnonymousUser()), ids=lambda layer: layer.name)
def test_gdal_reads_each_layer_whole_and_in_its_place(served, layer, srid):
    read = by_gdal(served, layer.name, CRS=f"EPSG:{srid}", PAGE_SIZE="3")
    rows = layer.queryset(AnonymousUser())
    assert rows.exists()
    assert sorted(read["ids"]) == sorted(str(key) for key in rows.values_list(layer.key, flat=True))
    assert {one.name for one in layer.fields} <= set(read["fields"])
    union = rows.aggregate(all=Union(layer.geometry))["all"]
    union.transform(srid)
    assert read["bounds"] == pytest.approx(union.extent, abs=0.02 if srid == 2154 else 1e-6)


def test_gdal_filters_by_attribute_and_place(served):
    assert len(by_gdal(served, "alerts", where="status = 'resolved'")["ids"]) == 1
    assert len(by_gdal(served, "alerts", bbox=(2.0, 47.0, 2.05, 47.1))["ids"]) == 5


def test_owslib_reads_documents_and_filters(served):
    client = Features(served)
    assert {"alerts", *PROPOSALS, "territories", "equipment", "places"} == set(client.feature_collections())
    assert client.collection_queryables("alerts")["properties"]["supports"]["type"] == "integer"
    page = client.collection_items("alerts", limit=2, filter="supports > 3")
    assert (page["numberMatched"], page["numberReturned"]) == (3, 2)
    reference = Alert.objects.first().reference
    assert client.collection_item("alerts", reference)["id"] == reference
