"""Imports by the page, from the file to the layer that everybody reads."""

import datetime as dt
import json
from pathlib import Path

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import privacy
from accounts.models import Mandate, Role
from geo.imports import services
from geo.models import Asset, AssetKind, Boundary, Import, Territory
from tests.conftest import box, make_territory
from tests.geo import realdata
from tests.geo.imports.conftest import BOWTIE, NORTH, SOUTH, Desk, points, write, zipped

pytestmark = pytest.mark.django_db
DISTRICTS = {"level": "quartier", "code": "code", "name": "nom", "parent_level": "commune"}
SCHOOLS = [
    ({"uai": "E1", "nom": "École Jaurès", "places": 210}, 2.02, 47.05),
    ({"uai": "E2", "nom": "École Michel"}, 2.07, 47.05),
]


def texts(one: Import, *weights: str) -> str:
    return "\n".join(found["text"] for found in one.report["findings"] if not weights or found["weight"] in weights)


def test_districts_go_from_a_zipped_shapefile_to_the_town(desk, town, tmp_path):
    parts = tmp_path / "parts"
    parts.mkdir()
    write(parts / "découpage.shp", [("N", "Nord", NORTH), ("S", "Sud", SOUTH)], "EPSG:4326")
    one = desk.send(zipped(tmp_path / "envoi.zip", parts))
    assert (one.state, one.layers[0]["rows"], one.layers[0]["geometry"]) == ("ready", 2, "Polygon")
    page = desk.page(one)
    assert 'value="code" selected' in page
    assert "nom (par exemple Nord)" in page
    assert 'value="nom" selected' in page
    before = Territory.objects.count()
    one = desk.check(one, "territories", **DISTRICTS)
    assert (one.state, one.report["counts"]["created"]) == ("checked", 2)
    assert Territory.objects.count() == before
    drawn = json.loads(desk.client.get(f"/sig/imports/{one.pk}/apercu.json").content)["features"]
    assert [(each["properties"]["line"], each["properties"]["name"]) for each in drawn] == [(1, "Nord"), (2, "Sud")]
    one = desk.confirm(one, displace="1")
    assert (one.state, one.report["counts"]["created"]) == ("done", 2)
    assert Territory.objects.get(level__code="quartier", code="N").parent == town.commune
    assert "Nord" in desk.client.get("/ogc/collections/territories/items?f=json&level=quartier").content.decode()


def test_what_is_wrong_is_said_with_its_row_and_its_place(desk, tmp_path):
    small = shapely.transform(BOWTIE, lambda xy: (xy - [2.0, 47.0]) * 0.4 + [2.0, 47.0])
    rows = [("1", "Nœud", small), ("2", "Dessus", shapely.box(2.03, 47.0, 2.08, 47.05))]
    one = desk.check(desk.send(write(tmp_path / "q.gpkg", rows)), "territories", **DISTRICTS)
    said = texts(one, "warning")
    assert "Ligne 1, Nœud" in said
    assert "se croise" in said
    assert "se chevauchent" in said
    overlap = next(found for found in one.report["findings"] if "se chevauchent" in found["text"])
    assert shapely.contains_xy(shapely.box(2.03, 47.0, 2.04, 47.04), *overlap["at"])
    page = desk.page(one)
    assert "Ligne 1, Nœud" in page
    marked = json.loads(one.picture)["features"]
    assert [each["properties"]["bad"] for each in marked] == [True, True]


def test_districts_over_those_in_force_are_named_and_ask_for_a_box_or_a_day(desk, town, tmp_path):
    one = desk.check(
        desk.send(write(tmp_path / "q.gpkg", [("S", "SUD", SOUTH), ("N", "NORD", NORTH)])), "territories", **DISTRICTS
    )
    said = texts(one, "error").replace("\xa0", " ")
    assert said.count("en vigueur") == 2
    for name in ("SUD", "NORD", town.west.name):
        assert f"« {name} »" in said
    assert "100 % du plus petit" in said
    first = next(found for found in one.report["findings"] if "NORD" in found["text"])
    assert shapely.contains_xy(NORTH, *first["at"])
    assert [each["properties"]["bad"] for each in json.loads(one.picture)["features"]] == [True, True]
    answer = desk.client.post(f"/sig/imports/{one.pk}/importer/")
    assert answer.status_code == 422
    assert 'aria-describedby="displace-error"' in answer.content.decode()
    desk.worked(one)
    assert not Territory.objects.filter(code="S").exists()
    dated = desk.check(one, "territories", **DISTRICTS, generation="2026-01-01")
    assert "en vigueur" not in texts(dated)
    assert 'name="displace"' not in desk.page(dated)
    desk.confirm(dated)
    in_force = Territory.objects.filter(
        level__code="quartier", parent=town.commune, boundaries__in=Boundary.objects.valid()
    )
    assert set(in_force.values_list("code", flat=True)) == {"S", "N"}


def test_a_new_division_names_the_mandates_to_give_anew(desk, town, tmp_path):
    for n in range(2):
        town.person(f"elue{n}@ville.example", Role.OFFICIAL, territory=town.west)
    town.person("mod@ville.example", Role.MODERATOR, territory=town.east)
    past = town.person("avant@ville.example", Role.MODERATOR, territory=town.east)
    past.mandates.update(valid_from=dt.date(2019, 1, 1), valid_until=dt.date(2020, 1, 1))
    rows = [("S", "SUD", shapely.box(2.0, 47.0, 2.1, 47.05)), ("N", "NORD", shapely.box(2.0, 47.05, 2.1, 47.1))]
    one = desk.check(desk.send(write(tmp_path / "q.gpkg", rows)), "territories", **DISTRICTS, generation="2026-01-01")
    said = texts(one, "warning").replace("\xa0", " ")
    assert "3 mandats" in said
    assert f"{Role.OFFICIAL.label} : 2" in said
    assert f"{Role.MODERATOR.label} : 1" in said
    assert "sans passé" in said


def test_all_that_is_wrong_with_a_file_is_said_at_once_with_its_lines(desk, tmp_path):
    path = tmp_path / "q.csv"
    path.write_text(
        "code;nom;pop;WKT\n"
        ";Sans code;1;POLYGON((2 47,2.01 47,2.01 47.01,2 47))\n"
        "A;Un;1;POLYGON((2 47,2.01 47,2.01 47.01,2 47))\n"
        "A;Deux;beaucoup;POLYGON((2 47,2.01 47,2.01 47.01,2 47))\n"
        "B;;1;POLYGON((2 47,2.01 47,2.01 47.01,2 47))\n"
        "C;Nulle part;1;\n"
    )
    choices = DISTRICTS | {"population": "pop", "population_year": "2023"}
    said = desk.check(desk.send(path), "territories", **choices).report["refused"]
    assert len(said.splitlines()) == 5
    for part in ("ligne 2", "A (ligne 3), A (ligne 4)", "B (ligne 5)", "C (ligne 6)", "« beaucoup » (ligne 4)"):
        assert part in said.replace("\xa0", " ")


def test_a_line_of_a_csv_is_that_of_the_spreadsheet(desk, tmp_path):
    path = tmp_path / "bancs.csv"
    path.write_text("num;nom;lon;lat\nB1;Un;2.02;47.02\nB1;Deux;2.03;47.02\n")
    one = desk.check(desk.send(path), "equipment", asset_kind="+", new_kind="Banc", code="num", name="nom")
    assert "Ligne 3, Deux" in texts(one, "error")


def test_the_same_edge_drawn_twice_asks_for_nothing(desk, town, tmp_path):
    make_territory("quartier", "V1", "Bourg", box(2.0999, 47.0, 2.15, 47.1), town.village)
    rows = [
        ("T1001-1", "Ouest", shapely.box(2.0, 47.0, 2.05, 47.1)),
        ("T1001-2", "Est", shapely.box(2.05, 47.0, 2.1, 47.0999)),
    ]
    one = desk.check(desk.send(write(tmp_path / "q.gpkg", rows)), "territories", **DISTRICTS, generation="2026-01-01")
    assert "Bourg" in texts(one, "warning")
    assert desk.confirm(one).state == "done"


def test_what_was_not_checked_is_not_called_right(desk, town, tmp_path):
    refused = desk.check(
        desk.send(write(tmp_path / "q.gpkg", [("1", "A", NORTH), ("1", "B", SOUTH)])), "territories", **DISTRICTS
    )
    assert "Rien à signaler" not in desk.page(refused)
    assert "Non vérifié" in desk.page(refused)
    rows = [
        ("T1001-1", "Ouest", shapely.box(2.0, 47.0, 2.05, 47.1)),
        ("T1001-2", "Est", shapely.box(2.05, 47.0, 2.1, 47.1)),
    ]
    right = desk.check(desk.send(write(tmp_path / "r.gpkg", rows)), "territories", **DISTRICTS)
    page = desk.page(right)
    assert "Non vérifié" not in page


def test_a_refused_file_keeps_its_choices_and_says_what_to_change(desk, town, tmp_path):
    shape = shapely.box(2.0, 47.0, 2.05, 47.09)
    one = desk.send(write(tmp_path / "q.fgb", [("T1001-1", "Ouest", shape)]))
    one = desk.check(one, "territories", **DISTRICTS)
    assert one.state == "ready"
    assert "jour" in one.report["refused"]
    page = desk.page(one)
    assert 'href="#id_generation"' in page
    assert 'value="quartier" selected' in page
    one = desk.check(one, "territories", **DISTRICTS, generation="2026-01-01")
    assert one.state == "checked"
    desk.confirm(one)
    assert Boundary.objects.filter(territory=town.west).count() == 2


def test_twice_the_same_code_is_refused_and_the_map_is_there_all_the_same(desk, tmp_path):
    one = desk.check(
        desk.send(write(tmp_path / "q.gpkg", [("1", "A", NORTH), ("1", "B", SOUTH)])), "territories", **DISTRICTS
    )
    assert "plusieurs fois" in one.report["refused"]
    assert len(json.loads(one.picture)["features"]) == 2


def test_schools_become_the_layer_of_places(desk, town, tmp_path):
    far = ({"uai": "E9", "nom": "École du village"}, 2.15, 47.05)
    one = desk.send(points(tmp_path / "écoles.geojson", [*SCHOOLS, far, ({"uai": "E1", "nom": "Encore"}, 2.0, 47.0)]))
    choices = {"asset_kind": "+", "new_kind": "École", "code": "uai", "name": "nom"}
    one = desk.check(one, "places", **choices)
    assert (one.report["counts"]["created"], one.report["counts"]["left_out"]) == (2, 2)
    assert "Ligne 3" in texts(one, "error")
    assert "Ligne 4" in texts(one, "error")
    assert not AssetKind.objects.exists()
    desk.confirm(one)
    assert set(Asset.objects.values_list("code", flat=True)) == {"E1", "E2"}
    for channel in ("/ogc/collections/places/items?f=json", "/exports/places.geojson"):
        answer = desk.client.get(channel)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert {one["properties"]["name"] for one in json.loads(body)["features"]} == {"École Jaurès", "École Michel"}
    assert json.loads(desk.client.get("/ogc/collections/equipment/items?f=json").content)["features"] == []
    assert desk.client.get("/tiles/places/14/8284/5741.mvt").status_code in (200, 204)


def test_metres_without_a_system_are_refused_until_it_is_given(desk, tmp_path):
    path = points(tmp_path / "bancs.csv", [])
    with open(path, "w") as file:
        file.write("num;x;y\nB1;625930;6661650\n")
    one = desk.send(path)
    choices = {"asset_kind": "+", "new_kind": "Banc", "code": "num"}
    one = desk.check(one, "equipment", **choices)
    assert one.state == "ready"
    assert one.report["refused"]
    one = desk.check(one, "equipment", **choices, crs="EPSG:2154")
    assert one.state == "checked", one.report
    drawn = json.loads(one.picture)["features"][0]["geometry"]["coordinates"]
    one = desk.check(one, "equipment", **choices, crs="EPSG:9794")
    assert one.state == "checked", one.report
    assert json.loads(one.picture)["features"][0]["geometry"]["coordinates"] == pytest.approx(drawn, abs=1e-5)


class TestNobodyReachesOutsideTheirMandate:
    """The commune T1001 may not touch the village beside it, nor what is above it."""

    def refused(self, desk, path, **choices):
        before = list(Boundary.objects.order_by("pk").values_list("pk", "validity"))
        one = desk.check(desk.send(path), "territories", **DISTRICTS | choices)
        assert one.state == "ready", one.report
        assert list(Boundary.objects.order_by("pk").values_list("pk", "validity")) == before
        return one.report["refused"]

    def test_outlines_elsewhere(self, desk, tmp_path):
        rows = [("1", "Chez nous", NORTH), ("2", "Chez eux", shapely.box(2.1, 47.0, 2.15, 47.1))]
        assert "Chez eux" in self.refused(desk, write(tmp_path / "q.gpkg", rows))

    def test_its_own_territory_and_those_above(self, desk, tmp_path):
        whole = write(tmp_path / "q.gpkg", [("T1001", "Ville", shapely.box(2.0, 47.0, 2.3, 47.1))])
        choices = {"generation": "2026-01-01", "parent_level": ""}
        assert "mandat" in self.refused(desk, whole, level="commune", **choices)
        assert "mandat" in self.refused(desk, whole, level="departement", **choices)

    def test_a_code_of_the_village(self, desk, town, tmp_path):
        # It touches the town, so that its code is not simply elsewhere.
        make_territory("quartier", "V1", "Bourg", box(2.1, 47.0, 2.15, 47.1), town.village)
        rows = [("V1", "Bourg", shapely.box(2.05, 47.0, 2.1, 47.1))]
        said = self.refused(desk, write(tmp_path / "q.gpkg", rows), generation="2026-01-01")
        assert "Bourg" in said

    def test_equipment_of_the_village_stays(self, desk, town, tmp_path):
        kind = AssetKind.objects.create(code="banc", name="Banc", name_plural="Bancs")
        there = Asset.objects.create(kind=kind, code="B1", point=town.IN_VILLAGE)
        gone = Asset.objects.create(kind=kind, code="B2", point=town.IN_WEST)
        theirs = Asset.objects.create(kind=kind, code="B3", point=town.IN_VILLAGE)
        path = points(tmp_path / "b.geojson", [({"id": "B1"}, 2.02, 47.02), ({"id": "B4"}, 2.03, 47.03)])
        one = desk.check(desk.send(path), "equipment", asset_kind="banc", code="id")
        desk.confirm(one, displace="1")
        for each in (there, gone, theirs):
            each.refresh_from_db()
        assert (there.point.coords, there.is_active, theirs.is_active) == ((2.15, 47.05), True, True)
        assert not gone.is_active
        assert Asset.objects.filter(code="B4").exists()

    def test_a_mandate_that_ended_since_the_check(self, desk, officer, tmp_path):
        one = desk.check(desk.send(write(tmp_path / "q.gpkg", [("1", "Nord", NORTH)])), "territories", **DISTRICTS)
        services.confirm(pk=one.pk, displace=True)
        Mandate.objects.filter(user=officer).update(valid_until=dt.date(2020, 1, 1), valid_from=dt.date(2019, 1, 1))
        one = desk.worked(one)
        assert one.state == "ready"
        assert not Territory.objects.filter(code="1").exists()

    def test_a_superuser_reaches_everywhere(self, client, town, tmp_path):
        client.force_login(town.person("root@ville.example", is_superuser=True))
        desk = Desk(client)
        path = write(tmp_path / "q.gpkg", [("V1", "Bourg", shapely.box(2.1, 47.0, 2.15, 47.1))])
        assert desk.check(desk.send(path), "territories", **DISTRICTS).state == "checked"


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.OFFICIAL, Role.AGENT])
def test_only_gis_officers_and_administrators_come_in(client, town, role):
    client.force_login(town.person("x@ville.example", role, body=town.light_service if role == Role.AGENT else None))
    assert client.get("/sig/imports/").status_code == 403
    assert "/sig/imports/" not in client.get("/compte/").content.decode()


def test_others_see_what_was_done_in_their_town_and_cannot_act(desk, town, client, tmp_path):
    one = desk.check(desk.send(write(tmp_path / "q.gpkg", [("1", "Nord", NORTH)])), "territories", **DISTRICTS)
    client.force_login(town.person("maire@ville.example", Role.ADMINISTRATOR))
    assert one.name in client.get("/sig/imports/").content.decode()
    assert client.get(f"/sig/imports/{one.pk}/").status_code == 200
    for act in ("", "importer/", "supprimer/"):
        assert client.post(f"/sig/imports/{one.pk}/{act}").status_code == 403
    client.force_login(town.person("sig@village.example", Role.GIS_OFFICER, territory=town.village))
    assert one.name not in client.get("/sig/imports/").content.decode()
    for page in ("", "apercu.json"):
        assert client.get(f"/sig/imports/{one.pk}/{page}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("vide.geojson", b"", "vide"),
        ("carte.pdf", b"%PDF", "GeoPackage"),
        ("q.shp", b"x", "zip"),
        ("sans-extension", b"x", "GeoPackage"),
    ],
)
def test_a_file_of_another_kind_is_refused_beside_the_field(desk, name, content, said):
    answer = desk.client.post("/sig/imports/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Import.objects.exists()


def test_too_large_a_file_and_none_at_all(desk, settings):
    settings.IMPORT_MAX_BYTES = 1000
    for given in ({"file": SimpleUploadedFile("q.geojson", b"x" * 1001)}, {}):
        assert desk.client.post("/sig/imports/", given).status_code == 422


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"level": "licorne", "code": "code", "name": "nom"},
        {"level": "quartier", "code": "'; DROP TABLE", "name": "nom"},
        {**DISTRICTS, "parent_level": "quartier"},
        {**DISTRICTS, "generation": "31 février"},
        {**DISTRICTS, "population": "code"},
        {**DISTRICTS, "population": "code", "population_year": "99999999999999999999"},
        {**DISTRICTS, "code_prefix": "x" * 21},
        {**DISTRICTS, "crs": "EPSG:1"},
    ],
)
def test_choices_that_make_no_sense_are_said_and_kept(desk, tmp_path, choices):
    one = desk.send(write(tmp_path / "q.gpkg", [("1", "Nord", NORTH)]))
    answer = desk.client.post(f"/sig/imports/{one.pk}/", {"layer": "-1", "kind": "territories", **choices})
    assert answer.status_code == 422
    one.refresh_from_db()
    assert one.state == "ready"


def test_steps_out_of_turn_change_nothing(desk, tmp_path):
    one = desk.send(write(tmp_path / "q.gpkg", [("1", "Nord", NORTH)]))
    desk.confirm(one)
    assert one.state == "ready"
    one = desk.confirm(desk.check(one, "territories", **DISTRICTS), displace="1")
    desk.client.post(f"/sig/imports/{one.pk}/supprimer/")
    desk.client.post(f"/sig/imports/{one.pk}/", {"layer": 0, "kind": "territories", **DISTRICTS})
    one.refresh_from_db()
    assert one.state == "done"


def test_a_worker_that_dies_three_times_ends_with_words(desk, tmp_path):
    one = desk.send(write(tmp_path / "q.gpkg", [("1", "Nord", NORTH)]))
    Import.objects.filter(pk=one.pk).update(state="checking", kind="territories", attempts=3, choices=DISTRICTS)
    one = desk.worked(one)
    assert one.state == "ready"
    assert "trois fois" in one.report["refused"]


def test_files_go_after_a_month_and_the_trace_stays(desk, tmp_path):
    one = desk.confirm(
        desk.check(desk.send(write(tmp_path / "q.gpkg", [("1", "N", NORTH)])), "territories", **DISTRICTS),
        displace="1",
    )
    path = one.file.path
    assert services.drop_files(now=timezone.now() + dt.timedelta(days=29)) == 0
    assert services.drop_files(now=timezone.now() + dt.timedelta(days=31)) == 1
    one.refresh_from_db()
    assert (one.file.name, one.picture, one.report["counts"]["created"]) == ("", "", 1)
    assert not Path(path).exists()
    assert desk.client.get(f"/sig/imports/{one.pk}/").status_code == 200


def test_an_account_that_closes_leaves_the_trace_without_its_name(desk, officer, tmp_path):
    one = desk.send(write(tmp_path / "q.gpkg", [("1", "N", NORTH)]))
    assert privacy.export(officer)["imports"][0]["file"] == "q.gpkg"
    Mandate.objects.filter(user=officer).delete()
    privacy.erase(user=officer)
    one.refresh_from_db()
    assert one.owner is None


def test_thirty_imports_are_as_many_queries_as_three(desk, officer, django_assert_max_num_queries):
    for n in range(18):
        Import.objects.create(owner=officer, name=f"{n}.gpkg", size=1, language="fr", state="done")
    with django_assert_max_num_queries(12):
        desk.client.get("/sig/imports/")


@realdata.needed
def test_the_districts_of_toulouse(client, town):
    for position in range(3):
        realdata.load(position)
    toulouse = Territory.objects.get(level__code="commune", code="31555")
    client.force_login(town.person("sig@toulouse.example", Role.GIS_OFFICER, territory=toulouse))
    desk = Desk(client)
    one = desk.send(realdata.FOLDER / "toulouse/quartiers-de-democratie-locale.geojson")
    choices = {"level": "quartier", "code": "quartier", "name": "nom_quartier", "parent_level": "commune"}
    one = desk.check(one, "territories", **choices, code_prefix="31555-")
    assert (one.state, one.report["counts"]["created"]) == ("checked", 20), one.report
    one = desk.confirm(one)
    assert toulouse.children.count() == 20
    elsewhere = desk.send(realdata.FOLDER / "paris/quartiers.geojson")
    one = desk.check(elsewhere, "territories", level="quartier", code="c_quinsee", name="l_qu")
    assert "mandat" in one.report["refused"]
