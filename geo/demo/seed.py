"""Puts the demo city into the database: territories, plan, addresses, equipment, bodies and their competences."""

import tempfile
from pathlib import Path

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import transaction

from geo.demo.city import build_city
from geo.demo.equipment import KINDS, equipment
from geo.demo.houses import houses
from geo.demo.places import KINDS as PLACES
from geo.demo.places import places
from geo.importers.addresses import COLUMNS, import_addresses
from geo.models import Asset, AssetKind, Body, Competence, Jurisdiction, Level, PlanFeature, Territory
from geo.services import set_boundary

# code, name, what it is part of
COMPETENCES = [
    ("espace-public", "Espace public", None),
    ("voirie", "Voirie communale", "espace-public"),
    ("eclairage-public", "Éclairage public", "voirie"),
    ("signalisation", "Signalisation et feux", "voirie"),
    ("proprete", "Propreté des rues", "espace-public"),
    ("espaces-verts", "Parcs et jardins", "espace-public"),
    ("mobilier-urbain", "Mobilier urbain et aires de jeux", "espace-public"),
    ("ecoles", "Écoles maternelles et élémentaires", None),
    ("dechets", "Collecte des déchets", None),
    ("eau", "Eau et assainissement", None),
    ("transports-urbains", "Bus et tramway", None),
    ("routes-departementales", "Routes départementales", None),
    ("colleges", "Collèges", None),
    ("lycees", "Lycées", None),
    ("trains-regionaux", "Trains et cars régionaux", None),
]
LAW = {
    "commune": "CGCT, art. L2212-2",
    "epci": "CGCT, art. L5216-5",
    "departement": "CGCT, art. L3211-1",
    "region": "CGCT, art. L4211-1",
}
# slug, name, territory code, competences
SERVICES = [
    ("voirie", "Direction de la voirie", "XA001", ["voirie", "signalisation"]),
    ("eclairage-public", "Service de l'éclairage public", "XA001", ["eclairage-public"]),
    ("proprete", "Direction de la propreté", "XA001", ["proprete"]),
    ("parcs-et-jardins", "Service des parcs et jardins", "XA001", ["espaces-verts", "mobilier-urbain"]),
    ("dechets", "Valmore Agglomération – collecte des déchets", "X00000001", ["dechets"]),
    ("eau", "Valmore Agglomération – eau et assainissement", "X00000001", ["eau"]),
    ("routes", "Département – direction des routes", "XA", ["routes-departementales"]),
]
# slug, name, territory code, competences
ASSEMBLIES = [
    ("conseil-municipal", "Conseil municipal de Valmore-sur-Lys", "XA001", ["espace-public", "ecoles"]),
    (
        "conseil-communautaire",
        "Conseil communautaire de Valmore Agglomération",
        "X00000001",
        ["transports-urbains"],
    ),
    ("conseil-departemental", "Conseil départemental de la Haute-Valmore", "XA", ["colleges"]),
    ("conseil-regional", "Conseil régional des Marches-du-Centre", "X1", ["lycees", "trains-regionaux"]),
]
TRIAGE = "accueil"


@transaction.atomic
def seed() -> dict[str, Territory]:
    """Write the demo city's places; returns its territories by code."""
    city = build_city()
    territories = _territories(city)
    PlanFeature.objects.bulk_create(
        PlanFeature(kind=one.kind, name=one.name, rank=one.rank, geometry=_geos(one.geometry)) for one in city.plan
    )
    _addresses(city)
    _equipment(city)
    _places(city)
    _bodies(territories, _competences())
    return territories


def _addresses(city) -> None:
    """As a town gets them: from a file in the form of the national address base."""
    with tempfile.TemporaryDirectory(prefix="parvis-demo-") as folder:
        path = Path(folder) / "adresses-XA.csv"
        with path.open("w", encoding="utf-8") as file:
            print(*COLUMNS, sep=";", file=file)
            for one in houses(city):
                identifier = f"{one.city}_{one.street:04}_{one.number:05}"
                name = one.name[0].upper() + one.name[1:]
                row = (identifier, one.number, "", name, one.postcode, one.city, one.city_name, one.lon, one.lat)
                print(*row, sep=";", file=file)
        import_addresses(source=str(path))


def _equipment(city) -> None:
    kinds = {
        code: AssetKind.objects.create(code=code, name=name, name_plural=plural, icon=icon, description=description)
        for code, name, plural, icon, description in KINDS
    }
    Asset.objects.bulk_create(
        Asset(
            kind=kinds[one.kind],
            code=one.code,
            name=f"{kinds[one.kind].name} {one.code}, {one.place}",
            point=Point(one.lon, one.lat, srid=4326),
        )
        for one in equipment(city)
    )


def _places(city) -> None:
    kinds = {
        code: AssetKind.objects.create(code=code, name=name, name_plural=plural, icon=icon, is_place=True)
        for code, name, plural, icon in PLACES.values()
    }
    Asset.objects.bulk_create(
        Asset(kind=kinds[one.kind], code=one.code, name=one.name, point=Point(one.lon, one.lat, srid=4326))
        for one in places(city)
    )


def _territories(city) -> dict[str, Territory]:
    levels = {level.code: level for level in Level.objects.all()}
    made: dict[str, Territory] = {}
    for one in city.territories:
        made[one.code] = Territory.objects.create(
            level=levels[one.level],
            code=one.code,
            name=one.name,
            parent=made.get(one.parent_code),
            population=one.population,
            population_year=one.population_year,
            electors=one.electors,
            electors_year=one.electors_year,
        )
        set_boundary(territory=made[one.code], geometry=_geos(one.geometry))
    return made


def _geos(shape) -> GEOSGeometry:
    return GEOSGeometry(memoryview(shape.wkb), srid=4326)


def _competences() -> dict[str, Competence]:
    made: dict[str, Competence] = {}
    for code, name, parent in COMPETENCES:
        made[code] = Competence.objects.create(code=code, name=name, parent=made.get(parent))
    return made


def _bodies(territories: dict[str, Territory], competences: dict[str, Competence]) -> None:
    for kind, rows in ((Body.Kind.SERVICE, SERVICES), (Body.Kind.ASSEMBLY, ASSEMBLIES)):
        for slug, name, code, charged_with in rows:
            territory = territories[code]
            body = Body.objects.create(
                slug=slug, name=name, kind=kind, territory=territory, email=f"{slug}@demo.parvis.example"
            )
            for competence in charged_with:
                Jurisdiction.objects.create(
                    body=body,
                    competence=competences[competence],
                    territory=territory,
                    source=LAW[territory.level.code],
                )
    for territory in territories.values():
        if territory.level.code == "commune":
            Body.objects.create(
                slug=f"{TRIAGE}-{territory.code.lower()}",
                name=f"Accueil de la mairie – {territory.name}",
                territory=territory,
                email=f"{TRIAGE}-{territory.code.lower()}@demo.parvis.example",
                is_triage=True,
            )
