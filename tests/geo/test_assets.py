"""Equipment comes from the city's files, twice the same, and can be pointed at."""

import io
import json

import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from django.utils import translation

from geo.importers import ImportRefused
from geo.importers.assets import import_assets
from geo.models import Asset, AssetKind

pytestmark = pytest.mark.django_db
LIGHTS = "/map/equipements/lampadaire.json"


@pytest.fixture(autouse=True)
def in_french():
    """As a French administrator runs it, whatever language an earlier test's visitor spoke."""
    with translation.override("fr"):
        yield


def geojson(path, rows, crs=None) -> str:
    """Rows are (properties, coordinates or geometry or None)."""
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": "Point", "coordinates": place} if isinstance(place, list) else place,
        }
        for properties, place in rows
    ]
    content = {"type": "FeatureCollection", "features": features}
    if crs:
        content["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(content))
    return str(path)


ROWS = [
    ({"num": "L1", "nom": "Lampadaire 1", "watts": 70}, [2.02, 47.05]),
    ({"num": "L2", "nom": "Lampadaire 2", "watts": None}, [2.021, 47.05]),
    ({"num": "L3", "nom": None, "watts": 150}, [2.07, 47.05]),
]


def load(path, rows=ROWS, **options):
    given = {"kind": "lampadaire", "kind_name": "Lampadaire", "id_column": "num", "name_column": "nom"} | options
    return import_assets(source=geojson(path / "eclairage.geojson", rows), **given)


def counts(report) -> tuple[int, ...]:
    return report.created, report.changed, report.unchanged, report.deactivated


def test_a_second_import_changes_nothing_and_what_is_gone_becomes_inactive(tmp_path):
    assert counts(load(tmp_path)) == (3, 0, 0, 0)
    first = Asset.objects.get(code="L1")
    assert (first.kind.name, first.name, first.properties, first.point.coords) == (
        "Lampadaire", "Lampadaire 1", {"watts": 70}, (2.02, 47.05),
    )  # fmt: skip
    assert counts(load(tmp_path)) == (0, 0, 3, 0)
    moved = [(ROWS[0][0], [2.03, 47.05]), ROWS[1]]
    assert counts(load(tmp_path, moved, dry_run=True)) == (0, 1, 1, 1)
    assert counts(load(tmp_path, moved)) == (0, 1, 1, 1)
    assert list(Asset.objects.of_kind("lampadaire").active().values_list("code", flat=True)) == ["L1", "L2"]
    assert counts(load(tmp_path, moved)) == (0, 0, 2, 0)
    assert counts(load(tmp_path)) == (0, 2, 1, 0)
    assert Asset.objects.get(code="L3").is_active


def test_bad_rows_are_named_and_the_others_taken(tmp_path):
    bad = [
        ({"num": "", "nom": "x"}, [2.0, 47.0]),
        ({"num": "L1", "nom": "encore"}, [2.0, 47.0]),
        ({"num": "L5", "nom": "nulle part"}, None),
        ({"num": "L6", "nom": "trop loin"}, [700_000, 6_600_000]),
        ({"num": "9" * 61, "nom": "x"}, [2.0, 47.0]),
        ({"num": "L7", "nom": "n" * 201}, [2.0, 47.0]),
    ]
    report = load(tmp_path, [*ROWS, *bad])
    assert (report.created, report.refused.count) == (3, 6)
    assert sorted(line for line, _why in report.refused.listed) == [4, 5, 6, 7, 8, 9]


def test_other_systems_other_shapes_and_tables_are_understood(tmp_path):
    area = {"type": "Polygon", "coordinates": [[[2.0, 47.0], [2.01, 47.0], [2.01, 47.01], [2.0, 47.0]]]}
    load(tmp_path, [({"num": "A"}, area)], kind="aire-de-jeux", kind_name="Aire de jeux", name_column="")
    assert Asset.objects.get(code="A").point.geom_type == "Point"
    metres = geojson(tmp_path / "m.geojson", [({"num": 7.0}, [619847.3208, 6628297.4985])])
    import_assets(source=metres, kind="banc", kind_name="Banc", id_column="num", crs="EPSG:2154")
    assert Asset.objects.get(code="7").point.coords == pytest.approx((1.95, 46.75), abs=1e-6)
    table = tmp_path / "tri.csv"
    table.write_text("num;verre;longitude;latitude\n007;oui;2.02;47.05\n008;non;;\n")
    report = import_assets(source=str(table), kind="point-tri", kind_name="Point de tri", id_column="num")
    assert (report.created, report.refused.count) == (1, 1)
    asset = Asset.objects.of_kind("point-tri").get()
    assert (asset.code, asset.point.coords, asset.properties["verre"]) == ("007", (2.02, 47.05), "oui")


def test_a_file_that_does_not_fit_is_refused_and_nothing_changes(tmp_path):
    with pytest.raises(ImportRefused, match="lampadaire"):
        load(tmp_path, kind_name="")
    with pytest.raises(ImportRefused, match="matricule"):
        load(tmp_path, id_column="matricule")
    with pytest.raises(ImportRefused, match="vide"):
        load(tmp_path, [])
    with pytest.raises(ImportRefused):
        load(tmp_path, kind="pas un code !")
    with pytest.raises(ImportRefused, match="lieu"):
        load(tmp_path, [({"num": "L1", "nom": ""}, None)])
    assert not AssetKind.objects.exists()


def test_the_command_tells_what_it_did(tmp_path):
    path = geojson(tmp_path / "e.geojson", [*ROWS, ({"num": ""}, [2, 47])])
    out = io.StringIO()
    command = ["import_assets", path, "--kind", "lampadaire", "--kind-name", "Lampadaire", "--id", "num"]
    call_command(*command, "--name", "nom", stdout=out)
    assert "Créés\N{NO-BREAK SPACE}: 3" in out.getvalue()
    assert "ligne 4" in out.getvalue()
    with pytest.raises(CommandError, match="Rien n"):
        call_command(*command[:-1], "autre")


def test_near_is_real_metres_and_uses_the_index(tmp_path, django_assert_num_queries):
    load(tmp_path)
    here = Point(2.02, 47.05, srid=4326)
    # A thousandth of a degree of longitude is 76 m there.
    assert [one.code for one in Asset.objects.of_kind("lampadaire").near(here, 70)] == ["L1"]
    near = Asset.objects.of_kind("lampadaire").near(here, 80)
    assert [(one.code, round(one.distance.m)) for one in near] == [("L1", 0), ("L2", 76)]
    kind = AssetKind.objects.get()
    Asset.objects.bulk_create(
        Asset(kind=kind, code=f"x{n}", point=Point(2 + n / 1000, 46 + n % 7 / 10, srid=4326)) for n in range(5000)
    )
    assert "asset_nearest" in Asset.objects.near(here, 80).explain()


def test_the_endpoint_gives_the_closest_first_and_says_when_there_are_more(tmp_path, client):
    load(tmp_path)
    answer = client.get(LIGHTS, {"near": "2.02,47.05", "metres": "100"})
    assert [one["id"] for one in answer.json()["features"]] == ["L1", "L2"]
    (first, *_rest) = client.get(LIGHTS, {"bbox": "2.05,47,2.1,47.1"}).json()["features"]
    assert first["geometry"]["coordinates"] == [2.07, 47.05]
    assert first["properties"] == {"code": "L3", "name": "Lampadaire L3", "lon": 2.07, "lat": 47.05, "icon": ""}
    Asset.objects.filter(code="L1").update(is_active=False)
    kind = AssetKind.objects.get()
    Asset.objects.bulk_create(
        Asset(kind=kind, code=f"x{n}", point=Point(2 + n / 10_000, 47.05, srid=4326)) for n in range(600)
    )
    whole = client.get(LIGHTS, {"bbox": "1.9,46.9,2.2,47.2"}).json()
    assert (len(whole["features"]), whole["complete"]) == (500, False)
    assert "L1" not in {one["id"] for one in whole["features"]}
    middle = [abs(one["geometry"]["coordinates"][0] - 2.05) for one in whole["features"]]
    assert middle == sorted(middle)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"bbox": "1,2,3"}, 400),
        ({"bbox": "nan,1,2,3"}, 400),
        ({"near": ""}, 400),
        ({"near": "2.02"}, 400),
        ({"near": "2.02,47.05", "metres": "-1"}, 400),
        ({"near": "2.02,47.05", "metres": "1e9"}, 400),
        ({"near": "\0,\0"}, 400),
        ({"near": "2.02," + "4" * 100_000}, 400),
    ],
)
def test_whatever_is_sent_has_an_answer(tmp_path, client, query, status):
    load(tmp_path)
    answer = client.get(LIGHTS, query)
    assert answer.status_code == status
    assert answer.json().keys() == {"code", "parameter", "description"}


def test_an_unknown_kind_is_not_found(client):
    assert client.get("/map/equipements/licorne.json", {"bbox": "2,47,3,48"}).status_code == 404


def test_one_hundred_are_as_many_queries_as_three(tmp_path, client, django_assert_num_queries):
    load(tmp_path)
    with django_assert_num_queries(2):
        client.get(LIGHTS, {"bbox": "1.9,46.9,2.2,47.2"})
    load(tmp_path, [({"num": str(n), "nom": ""}, [2 + n / 1000, 47.05]) for n in range(100)])
    with django_assert_num_queries(2):
        assert len(client.get(LIGHTS, {"bbox": "1.9,46.9,2.2,47.2"}).json()["features"]) == 100
