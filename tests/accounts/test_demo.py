"""One click makes somebody of the demo, in development only."""

import pytest
from django.urls import reverse

from accounts import demo
from accounts.models import Mandate, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(town):
    return demo.create(
        email=f"lumiere{demo.DOMAIN}",
        display_name="Lucie Lanterne",
        role=Role.AGENT,
        territory=town.commune,
        body=town.light_service,
    )


def test_twice_is_once(agent, town):
    again = demo.create(
        email=agent.email, display_name="Lucie", role=Role.AGENT, territory=town.commune, body=town.light_service
    )
    assert again == agent
    assert Mandate.objects.count() == 1


def test_nobody_real_becomes_a_click(town):
    with pytest.raises(ValueError, match="does not end"):
        demo.create(email="maire@ville.example", display_name="La maire")


def test_one_click_and_in(client, agent, settings):
    settings.DEMO_ACCOUNTS = True
    page = client.get(reverse("account_login")).content.decode()
    assert "Lucie Lanterne" in page
    assert "Service éclairage" in page
    response = client.post(reverse("account_demo", args=[agent.pk]), {"next": "/compte/"})
    assert response.url == "/compte/"
    assert client.get("/compte/").status_code == 200


def test_a_real_person_is_never_behind_a_click(client, town, settings):
    settings.DEMO_ACCOUNTS = True
    assert client.post(reverse("account_demo", args=[town.person("vraie@example.org").pk])).status_code == 404
    assert client.get(reverse("account_demo", args=[1])).status_code == 405


@pytest.mark.parametrize(("accounts", "development"), [(False, True), (True, False)])
def test_both_settings_are_needed(client, agent, settings, accounts, development):
    settings.DEMO_ACCOUNTS, settings.DEVELOPMENT = accounts, development
    assert "Lucie" not in client.get(reverse("account_login")).content.decode()
    assert client.post(reverse("account_demo", args=[agent.pk])).status_code == 404
