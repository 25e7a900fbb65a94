"""What an import must not do by mistake, nor one person to the others."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from geo.imports import services
from geo.models import Asset, AssetKind
from tests.geo.imports.conftest import NORTH, points, write

pytestmark = pytest.mark.django_db
DISTRICTS = {"level": "quartier", "code": "code", "name": "nom", "parent_level": "commune"}


def test_files_that_wait_are_counted_so_that_nobody_fills_the_disk(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(services, "MOST_WAITING", 2)
    path = write(tmp_path / "q.gpkg", [("1", "Nord", NORTH)])
    first, _second = desk.send(path), desk.send(path)
    with open(path, "rb") as file:
        answer = desk.client.post("/sig/imports/", {"file": SimpleUploadedFile("q.gpkg", file.read())})
    assert answer.status_code == 422
    assert "attendent déjà" in answer.content.decode()
    desk.client.post(f"/sig/imports/{first.pk}/supprimer/")
    assert desk.send(path).state == "ready"


def test_a_system_without_a_name_has_to_be_chosen(desk, tmp_path):
    grid = "+proj=longlat +a=6378249.2 +b=6356515 +no_defs"
    path = write(tmp_path / "q.gpkg", [("1", "Nord", NORTH)], crs=grid)
    one = desk.check(desk.send(path), "territories", **DISTRICTS)
    assert "n'est pas un système connu" in one.report["refused"]
    one = desk.check(one, "territories", crs="EPSG:4326", **DISTRICTS)
    assert one.state == "checked"


def test_what_changed_since_the_check_is_shown_and_asked_again(desk, town, tmp_path):
    kind = AssetKind.objects.create(code="banc", name="Banc", name_plural="Bancs")
    path = points(tmp_path / "b.geojson", [({"id": "B1"}, 2.02, 47.02)])
    one = desk.check(desk.send(path), "equipment", asset_kind="banc", code="id")
    Asset.objects.create(kind=kind, code="B2", point=town.IN_WEST)
    one = desk.confirm(one)
    assert (one.state, one.report["counts"]["ended"]) == ("checked", 1)
    assert Asset.objects.get(code="B2").is_active
    assert not Asset.objects.filter(code="B1").exists()
    assert "regardez de nouveau" in desk.page(one)
    missing = desk.client.post(f"/sig/imports/{one.pk}/importer/")
    assert (missing.status_code, "Cochez cette case" in missing.content.decode()) == (422, True)
    one = desk.confirm(one, displace="1")
    assert one.state == "done"
    assert not Asset.objects.get(code="B2").is_active
