"""A small square town that tests share, and the people in it.

lon 2.00            2.05            2.10
lat 47.10  +---------------+---------------+
           |  north-west   |  north-east   |    two quartiers of the commune "town", west and east;
lat 47.00  +---------------+---------------+    "village" is a commune beside it, without quartiers
"""

import pytest
from django.contrib.gis.geos import Point, Polygon
from django.core.cache import cache
from django.utils import translation

from accounts.models import Mandate, Role, User, Verification
from alerts.models import Category
from common.cache import ForgivingRedisCache
from geo.models import Body, Competence, Jurisdiction, Level, Territory
from geo.services import set_boundary


def box(west, south, east, north) -> Polygon:
    """A rectangle in EPSG:4326."""
    polygon = Polygon.from_bbox((west, south, east, north))
    polygon.srid = 4326
    return polygon


def make_territory(level, code, name, geometry, parent=None, **fields) -> Territory:
    territory = Territory.objects.create(
        level=Level.objects.get(code=level), code=code, name=name, parent=parent, **fields
    )
    set_boundary(territory=territory, geometry=geometry)
    return territory


class Town:
    """Rows of the test town, by name."""

    IN_WEST = Point(2.02, 47.05, srid=4326)
    IN_EAST = Point(2.07, 47.05, srid=4326)
    ON_BORDER = Point(2.05, 47.05, srid=4326)
    IN_VILLAGE = Point(2.15, 47.05, srid=4326)
    OUTSIDE = Point(-30.0, 40.0, srid=4326)

    def __init__(self):
        self.departement = make_territory("departement", "T1", "Département", box(1.5, 46.5, 2.5, 47.5))
        people = {"population": 60_000, "population_year": 2023, "electors": 40_000, "electors_year": 2025}
        self.commune = make_territory(
            "commune", "T1001", "Ville", box(2.0, 47.0, 2.1, 47.1), self.departement, **people
        )
        self.village = make_territory("commune", "T1002", "Village", box(2.1, 47.0, 2.2, 47.1), self.departement)
        self.west = make_territory("quartier", "T1001-1", "Ouest", box(2.0, 47.0, 2.05, 47.1), self.commune)
        self.east = make_territory("quartier", "T1001-2", "Est", box(2.05, 47.0, 2.1, 47.1), self.commune)
        self.roads = Competence.objects.create(code="voirie", name="Voirie")
        self.lighting = Competence.objects.create(code="eclairage-public", name="Éclairage public", parent=self.roads)
        self.waste = Competence.objects.create(code="dechets", name="Déchets")
        self.road_service = Body.objects.create(
            slug="voirie-ville", name="Service voirie", territory=self.commune, email="voirie@ville.example"
        )
        self.light_service = Body.objects.create(
            slug="eclairage-ville", name="Service éclairage", territory=self.commune, email="eclairage@ville.example"
        )
        self.triage = Body.objects.create(
            slug="accueil-ville", name="Accueil de la mairie", territory=self.commune, is_triage=True
        )
        Jurisdiction.objects.create(
            body=self.road_service, competence=self.roads, territory=self.commune, source="CGCT L2212-2"
        )
        Jurisdiction.objects.create(body=self.light_service, competence=self.lighting, territory=self.commune)
        self.street_light = Category.objects.create(
            code="lampadaire", name="Lampadaire en panne", icon="💡", competence=self.lighting
        )
        self.pothole = Category.objects.create(
            code="nid-de-poule", name="Nid-de-poule", icon="🕳", competence=self.roads
        )
        self.dump = Category.objects.create(
            code="depot-sauvage", name="Dépôt sauvage", icon="🗑", competence=self.waste
        )

    def person(self, email, role=None, territory=None, body=None, **fields) -> User:
        """A user with a confirmed address and, where a role is given, a mandate."""
        user = User.objects.create_user(email, verification=fields.pop("verification", Verification.EMAIL), **fields)
        if role:
            Mandate.objects.create(user=user, role=role, territory=territory or self.commune, body=body)
        return user

    def light_agent(self) -> User:
        return self.person("agent@ville.example", Role.AGENT, body=self.light_service)

    def official(self) -> User:
        return self.person("elue@ville.example", Role.OFFICIAL, territory=self.west)


COMMITS = {"live_server", "transactional_db"}


def pytest_collection_modifyitems(items):
    """A test that commits empties all tables after it; the next one gets back what migrations made (levels, pages)."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if (marker and marker.kwargs.get("transaction")) or COMMITS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


def forget() -> None:
    """Empty the cache of this process.

    Not `cache.clear()`: it empties the database, also of the queues Celery declares in it once per process, and
    what is announced after that goes nowhere.
    """
    client = cache._cache.get_client(write=True)
    if keys := client.keys(cache.make_key("*")):
        client.delete(*keys)


@pytest.fixture(autouse=True)
def empty_cache():
    """Nothing one test cached or counted reaches the next."""
    ForgivingRedisCache._resting_until = 0
    forget()


@pytest.fixture(autouse=True)
def language_of_the_platform(settings):
    """A test that browsed in another language leaves none of it behind."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def town(db) -> Town:
    return Town()
