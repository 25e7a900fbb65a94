"""Real towns' open data, which the project does not carry."""

import os
from pathlib import Path

import pytest

from geo.importers.territories import Fields, Report, import_territories
from geo.models import Level

FOLDER = Path(os.environ.get("PARVIS_REALDATA") or Path(__file__).resolve().parents[3] / "shared/data")

# level, file, code field, name field, parent level
ALL = [
    ("region", "france/regions.geojson", "code", "nom", None),
    ("departement", "france/departements.geojson", "code", "nom", "region"),
    ("commune", "france/communes-31-haute-garonne.geojson", "code", "nom", "departement"),
    ("quartier", "toulouse/quartiers-de-democratie-locale.geojson", "quartier", "nom_quartier", "commune"),
    ("arrondissement", "paris/arrondissements.geojson", "c_arinsee", "l_ar", "departement"),
    ("quartier", "paris/quartiers.geojson", "c_quinsee", "l_qu", "arrondissement"),
]


def needed(test):
    """Mark a test that reads FOLDER; it is skipped where the folder is absent."""
    absent = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no real data in {FOLDER} (set PARVIS_REALDATA)")
    return pytest.mark.realdata(absent(test))


def load(position: int, **options) -> Report:
    """Import one of ALL."""
    level, path, code, name, parent = ALL[position]
    return import_territories(
        source=str(FOLDER / path),
        level=Level.objects.get(code=level),
        parent_level=parent and Level.objects.get(code=parent),
        fields=Fields(code=code, name=name),
        # Over the made-up town that some tests have beside it.
        displace=True,
        **options,
    )
