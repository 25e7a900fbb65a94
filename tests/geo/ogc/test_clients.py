"""Every layer as GDAL and OWSLib read it, counted and placed as the database has it."""

import pyogrio
import pytest
import shapely
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db.models import Union
from owslib.ogcapi.features import Features

from alerts.models import Alert
from geo import layers
from geo.models import Asset, AssetKind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def served(reports, live_server, settings, town):
    settings.BASE_URL = live_server.url
    kind = AssetKind.objects.create(code="lampadaire", name="Lampadaire", name_plural="Lampadaires")
    Asset.objects.create(kind=kind, code="L1", point=town.IN_WEST)
    return f"{live_server.url}/ogc/"


@pytest.mark.parametrize("srid", [4326, 2154])
@pytest.mark.parametrize("layer", layers.open_to(AnonymousUser()), ids=lambda layer: layer.name)
def test_gdal_reads_each_layer_whole_and_in_its_place(served, layer, srid):
    options = {"CRS": f"EPSG:{srid}", "PAGE_SIZE": "3"}
    meta, _fids, geometries, values = pyogrio.raw.read(f"OAPIF:{served}", layer=layer.name, **options)
    rows = layer.queryset(AnonymousUser())
    assert len(geometries) == rows.count() > 0
    assert {one.name for one in layer.fields} <= set(meta["fields"])
    union = rows.aggregate(all=Union(layer.geometry))["all"]
    union.transform(srid)
    read = shapely.total_bounds(shapely.from_wkb(geometries))
    assert read == pytest.approx(union.extent, abs=0.02 if srid == 2154 else 1e-6)
    known = {str(key) for key in rows.values_list(layer.key, flat=True)}
    assert set(values[list(meta["fields"]).index("id")]) == known


def test_gdal_filters_by_attribute_and_place(served):
    one = pyogrio.raw.read(f"OAPIF:{served}", layer="alerts", where="status = 'resolved'")[2]
    assert len(one) == 1
    west = pyogrio.raw.read(f"OAPIF:{served}", layer="alerts", bbox=(2.0, 47.0, 2.05, 47.1))[2]
    assert len(west) == 5


def test_owslib_reads_documents_and_filters(served):
    client = Features(served)
    assert {"alerts", "territories", "equipment"} == set(client.feature_collections())
    assert client.collection_queryables("alerts")["properties"]["supports"]["type"] == "integer"
    page = client.collection_items("alerts", limit=2, filter="supports > 3")
    assert (page["numberMatched"], page["numberReturned"]) == (3, 2)
    reference = Alert.objects.first().reference
    assert client.collection_item("alerts", reference)["id"] == reference
