"""What one person may not do to the others by importing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from geo.imports import services
from tests.geo.imports.conftest import NORTH, write

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
