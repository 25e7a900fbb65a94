"""A discussion about a bench, and a few people of the town."""

import pytest

from accounts.models import Role
from tests.engagement.discussion import bench


@pytest.fixture(autouse=True)
def pages(settings):
    settings.ROOT_URLCONF = bench.__name__
    # It is never night here, whenever the tests run.
    settings.QUIET_FROM = settings.QUIET_UNTIL = 0


@pytest.fixture
def people(town):
    """Amina, Karim and Odile live here; Lise moderates in the west, where the bench is, and Max in the east."""
    bench.begin(town)
    found = {
        name.lower(): town.person(f"{name.lower()}@example.org", display_name=name)
        for name in ("Amina", "Karim", "Odile")
    }
    found["lise"] = town.person("lise@ville.example", Role.MODERATOR, territory=town.west)
    found["max"] = town.person("max@ville.example", Role.MODERATOR, territory=town.east)
    return found
