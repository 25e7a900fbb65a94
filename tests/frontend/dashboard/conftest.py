"""An official of the western district, signed in."""

import pytest


@pytest.fixture
def office(client, town):
    client.force_login(town.official())
    return client
