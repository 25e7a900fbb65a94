"""Files as GIS teams send them, and the steps of an import as its owner takes them."""

import json
import zipfile

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from geo.imports import services
from geo.models import Import
from tests.geo.test_import import BOWTIE, write

NORTH, SOUTH = shapely.box(2.0, 47.05, 2.05, 47.1), shapely.box(2.0, 47.0, 2.05, 47.05)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def officer(town):
    """The GIS officer of the commune T1001."""
    return town.person("sig@ville.example", Role.GIS_OFFICER)


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return Desk(client)


class Desk:
    """The pages as their user goes through them; each act is followed by what the worker does."""

    def __init__(self, client):
        self.client = client

    def send(self, path, name=None) -> Import:
        with open(path, "rb") as file:
            sent = SimpleUploadedFile(name or str(path).rsplit("/", 1)[-1], file.read())
        answer = self.client.post("/sig/imports/", {"file": sent})
        assert answer.status_code == 302, answer.content.decode()
        services.work()
        return Import.objects.latest("pk")

    def check(self, one: Import, kind: str, **choices) -> Import:
        answer = self.client.post(f"/sig/imports/{one.pk}/", {"layer": 0, "kind": kind, **choices})
        assert answer.status_code == 302, answer.content.decode()
        return self.worked(one)

    def confirm(self, one: Import, **said) -> Import:
        assert self.client.post(f"/sig/imports/{one.pk}/importer/", said).status_code == 302
        return self.worked(one)

    def worked(self, one: Import) -> Import:
        services.work()
        one.refresh_from_db()
        return one

    def page(self, one: Import) -> str:
        return self.client.get(f"/sig/imports/{one.pk}/").content.decode()


def points(path, rows) -> str:
    """A GeoJSON of (properties, lon, lat)."""
    features = [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for properties, lon, lat in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


def zipped(path, folder, inside="livraison") -> str:
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, f"{inside}/{part.name}")
    return str(path)


__all__ = ["BOWTIE", "NORTH", "SOUTH", "points", "write", "zipped"]
