"""Small files in the form of the national address base, and the addresses of the test town."""

import gzip
from pathlib import Path

from geo.importers.addresses import Report, import_addresses

NAMES = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;source_position;"
    "source_nom_voie;certification_commune;cad_parcelles"
)
HEADER = NAMES.split(";")
TOWN = {"code_postal": "23450", "code_insee": "T1001", "nom_commune": "Ville-sur-Test"}
VILLAGE = {"code_postal": "23460", "code_insee": "T1002", "nom_commune": "Saint-Éloi"}
# Street, commune, numbers, where the first house stands; each next one is some 15 m further east.
STREETS = [
    ("Rue des Lilas", TOWN, ["1", "3", "12", "12bis", "14"], (2.02, 47.05)),
    ("Avenue Jean-Jaurès", TOWN, ["1", "2"], (2.03, 47.06)),
    ("Boulevard de la Gare", TOWN, ["5"], (2.07, 47.05)),
    ("Rue de la Gare", TOWN, ["5"], (2.08, 47.02)),
    ("Rue de la Gare", VILLAGE, ["5"], (2.15, 47.05)),
    ("Place Saint-Étienne", TOWN, ["8"], (2.01, 47.01)),
    ("Rue du 8 Mai 1945", TOWN, ["8", "20"], (2.09, 47.09)),
    ("Rue de l'Œuvre", TOWN, ["2"], (2.04, 47.04)),
    ("Grande Rue", VILLAGE, ["7"], (2.16, 47.06)),
]


def row(**values) -> dict:
    """One line of the file, a good one but for what `values` says."""
    return dict.fromkeys(HEADER, "") | TOWN | {
        "id": "T1001_0001_00012", "numero": "12", "nom_voie": "Rue des Lilas", "lon": "2.02", "lat": "47.05"
    } | values  # fmt: skip


def rows() -> list[dict]:
    """All addresses of STREETS."""
    made = []
    for at, (street, commune, numbers, (lon, lat)) in enumerate(STREETS):
        for position, text in enumerate(numbers):
            number, suffix = text.removesuffix("bis"), "bis" * text.endswith("bis")
            made.append(
                row(
                    **commune,
                    id=f"{commune['code_insee']}_{at:04}_{int(number):05}{'_bis' * bool(suffix)}",
                    numero=number,
                    rep=suffix,
                    nom_voie=street,
                    lon=f"{lon + position * 0.0002:.6f}",
                    lat=f"{lat}",
                )
            )
    return made


def write(path: Path, lines: list[dict | bytes]) -> str:
    """A CSV (gzipped where the path ends so) of these rows, raw bytes as they are; returns its path."""
    content = [";".join(HEADER).encode()]
    content += [line if isinstance(line, bytes) else ";".join(line.values()).encode() for line in lines]
    data = b"\n".join(content) + b"\n"
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


def load(folder: Path, lines: list[dict | bytes] | None = None, **options) -> Report:
    """Import these rows (those of STREETS where none are given)."""
    return import_addresses(source=write(folder / "adresses-23.csv", rows() if lines is None else lines), **options)
