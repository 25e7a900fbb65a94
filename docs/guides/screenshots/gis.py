"""What the GIS officer of the demo city does with a file."""

import json
import tempfile
from pathlib import Path

from playwright.sync_api import expect

from accounts.models import Role
from docs.guides.screenshots.album import DESKTOP, Album
from docs.guides.screenshots.residents import somebody
from geo.imports import services
from geo.models import Boundary


def imports(album: Album) -> None:
    """Districts of the town with one that is not well drawn: checked, looked at, and left."""
    page = album.page(DESKTOP, as_=somebody(Role.GIS_OFFICER))
    page.goto("/sig/imports/")
    with tempfile.TemporaryDirectory(prefix="parvis-pictures-") as folder:
        path = Path(folder) / "quartiers.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [*_districts(), _crossed()]}))
        page.set_input_files("input[type=file]", str(path))
        page.get_by_role("button", name="Envoyer le fichier").click()
        services.work()
    page.locator("#id_level").select_option("quartier")
    album.take(page, "sig-questions", at=page.locator("#choices"), height=760)
    page.get_by_role("button", name="Vérifier").click()
    services.work()
    expect(page.locator("#report-title")).to_be_visible()
    page.wait_for_load_state("networkidle")
    album.take(page, "sig-rapport", at=page.locator("#report-title"), height=760)
    page.get_by_role("button", name="Supprimer ce fichier").click()


def _districts() -> list[dict]:
    rows = Boundary.objects.valid().filter(territory__level__code="quartier").select_related("territory")
    return [_feature(row.territory.code, row.territory.name, json.loads(row.geometry.json)) for row in rows]


def _crossed() -> dict:
    west, south, east, north = 1.945, 46.752, 1.955, 46.760
    ring = [[west, south], [east, north], [east, south], [west, north], [west, south]]
    return _feature("XA001-90", "Secteur à revoir", {"type": "Polygon", "coordinates": [ring]})


def _feature(code: str, name: str, geometry: dict) -> dict:
    return {"type": "Feature", "properties": {"code_quartier": code, "nom": name}, "geometry": geometry}
