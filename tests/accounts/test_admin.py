"""The administration site: every list and form opens, history is kept, rights are not taken."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import Mandate, User
from alerts import services as alerts
from engagement.activity.models import Activity

pytestmark = pytest.mark.django_db
SHOWN = sorted((model for model in admin.site._registry if not model._meta.app_label.startswith("pg")), key=str)


@pytest.fixture
def chief(client, town):
    user = User.objects.create_superuser("chef@ville.example")
    client.force_login(user)
    return user


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model._meta.label)
def test_lists_have_an_order(model):
    assert admin.site._registry[model].ordering or model._meta.ordering


def path(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model._meta.label)
def test_lists_searches_and_forms_open(client, town, chief, model):
    town.light_agent()
    alerts.report(category=town.street_light, point=town.IN_WEST, description="Éteint.")
    assert client.get(path(model, "changelist"), {"q": "ville"}).status_code == 200
    if row := model._default_manager.first():
        assert client.get(path(model, "change", row.pk)).status_code == 200


def test_a_mandate_shows_who_changed_it(client, town, chief):
    mandate = Mandate.objects.get(user=town.light_agent())
    form = {
        "user": mandate.user_id,
        "role": "agent",
        "territory": town.west.pk,
        "body": mandate.body_id,
        "valid_from": "2026-01-01",
        "valid_until": "2030-12-31",
    }
    assert client.post(path(Mandate, "change", mandate.pk), form).status_code == 302
    mandate.refresh_from_db()
    assert mandate.territory == town.west
    page = client.get(path(Mandate, "change", mandate.pk)).content.decode()
    assert page.count("<td>chef@ville.example</td>") == 1
    assert "Ville, Service éclairage" in page


def test_mandates_people_and_acts_are_not_deleted_here(client, town, chief):
    agent = town.light_agent()
    alerts.report(category=town.street_light, point=town.IN_WEST, description="Éteint.")
    for row in (agent, agent.mandates.get(), Activity.objects.get()):
        assert client.post(path(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
    assert client.post(path(Activity, "change", Activity.objects.get().pk), {"title": "x"}).status_code == 403


def test_an_administrator_of_people_cannot_make_superusers(client, town):
    clerk = town.person("secretaire@ville.example", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(clerk)
    sent = {"display_name": "Moi", "verification": 1, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert client.post(path(User, "change", clerk.pk), sent).status_code == 302
    clerk.refresh_from_db()
    assert clerk.display_name == "Moi"
    assert not clerk.is_superuser


def test_a_person_made_here_can_sign_in(client, chief):
    sent = {"email": "nouvelle@ville.example", "verification": 0, "is_active": "on"}
    assert client.post(path(User, "add"), sent).status_code == 302
    assert User.objects.get(email="nouvelle@ville.example").emailaddress_set.exists()


def test_a_lost_phone_is_helped_without_showing_its_secret(client, town, chief):
    agent = town.light_agent()
    Authenticator.objects.create(user=agent, type=Authenticator.Type.TOTP, data={"secret": "ABCDEFGHIJKLMNOP"})
    assert Authenticator not in admin.site._registry
    sent = {"action": "remove_second_factor", "_selected_action": [agent.pk]}
    assert client.post(path(User, "changelist"), sent).status_code == 302
    assert not Authenticator.objects.exists()
