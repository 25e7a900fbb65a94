"""The administration site: every list and form opens, history is kept, rights are not taken."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import Mandate, Role, User
from alerts import services as alerts
from alerts.models import Category, ResponseTemplate, RoutingRule, Team
from budget.evaluation.models import CheckItem
from budget.participatory.models import Budget, Envelope, Theme
from budget.proposals.models import Price
from engagement.activity.models import Activity
from geo.models import Asset, AssetKind, Body, Competence, ExportSchedule, Jurisdiction, Level, Street, Territory
from tests.conftest import box, make_territory

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


@pytest.fixture
def administrator(client, town):
    """Who administers the town by a mandate alone."""
    user = town.person("administratrice@ville.example", Role.ADMINISTRATOR)
    client.force_login(user)
    return user


SET_UP = [
    Level,
    Territory,
    Body,
    Competence,
    Jurisdiction,
    Mandate,
    User,
    Category,
    RoutingRule,
    ResponseTemplate,
    Team,
    Budget,
    Envelope,
    Theme,
    Price,
    CheckItem,
]


@pytest.mark.parametrize("model", SET_UP, ids=lambda model: model._meta.label)
def test_a_mandate_of_administrator_opens_what_a_town_is_set_up_with(client, town, administrator, model):
    assert client.get("/admin/").status_code == 200
    assert client.get(path(model, "changelist"), {"q": "ville"}).status_code == 200
    if model is not Territory:
        assert client.get(path(model, "add")).status_code == 200


def test_nothing_else_opens_by_it(client, town, administrator):
    for model in SHOWN:
        seen = client.get(path(model, "changelist")).status_code
        assert (seen == 200) == (model in [*SET_UP, AssetKind, Asset, ExportSchedule, Street]), model


def test_it_closes_with_the_mandate(client, town, administrator):
    assert client.get("/admin/").status_code == 200
    administrator.mandates.update(valid_from="2020-01-01", valid_until="2020-12-31")
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get(path(Level, "changelist"), follow=True).status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_no_other_mandate_opens_it(client, town, role):
    client.force_login(town.person("x@ville.example", role, body=town.light_service))
    assert client.get("/admin/", follow=True).status_code == 403


def test_who_administers_a_district_or_one_of_two_towns_does_not_enter(client, town, administrator):
    client.force_login(town.person("quartier@ville.example", Role.ADMINISTRATOR, territory=town.west))
    assert client.get("/admin/", follow=True).status_code == 403
    client.force_login(administrator)
    other = make_territory("commune", "99999", "Autre ville", box(10, 40, 11, 41))
    body = Body.objects.create(slug="autre", name="Autre", territory=other)
    assert client.get("/admin/").status_code == 200
    town.person("ailleurs@ville.example", Role.AGENT, territory=other, body=body)
    assert client.get("/admin/", follow=True).status_code == 403


def test_an_administrator_gives_mandates_at_home_and_none_to_themselves(client, town, administrator):
    newcomer = town.person("nouveau@ville.example")
    above = make_territory("region", "9", "Région", box(0, 40, 5, 50))
    form = {"role": "agent", "body": town.light_service.pk, "valid_from": "2026-01-01"}

    def give(person, territory, role="agent"):
        sent = form | {"user": person.pk, "territory": territory.pk, "role": role}
        return client.post(path(Mandate, "add"), sent).status_code

    assert give(newcomer, above, "administrator") == 200
    assert give(administrator, town.commune, "official") == 200
    assert Mandate.objects.count() == 1
    assert give(newcomer, town.west) == 302
    mandate = newcomer.mandates.get()
    assert client.post(path(Mandate, "change", mandate.pk), form | {"user": newcomer.pk, "territory": above.pk})
    assert newcomer.mandates.get().territory == town.west
    own = administrator.mandates.get()
    assert client.post(path(Mandate, "change", own.pk), form | {"valid_until": "2040-01-01"}).status_code == 403


def test_an_administrator_cannot_rise_nor_touch_those_above(client, town, administrator):
    root = User.objects.create_superuser("racine@ville.example")
    Mandate.objects.create(user=root, role=Role.OFFICIAL, territory=town.commune)
    Authenticator.objects.create(user=root, type=Authenticator.Type.TOTP, data={"secret": "ABCDEFGHIJKLMNOP"})
    sent = {"display_name": "x", "verification": 1, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert client.post(path(User, "add"), sent | {"email": "neuf@ville.example"}).status_code == 302
    made = User.objects.get(email="neuf@ville.example")
    assert (made.is_staff, made.is_superuser) == (False, False)
    for person in (root, administrator):
        assert client.post(path(User, "change", person.pk), sent).status_code == 403
    client.post(path(User, "changelist"), {"action": "remove_second_factor", "_selected_action": [root.pk]})
    assert Authenticator.objects.exists()
    agent = town.light_agent()
    assert client.post(path(User, "change", agent.pk), sent).status_code == 302
    agent.refresh_from_db()
    assert (agent.display_name, agent.is_staff, agent.is_superuser) == ("x", False, False)


def test_residents_are_not_leafed_through(client, town, administrator):
    resident, agent = town.person("habitante@ville.example"), town.light_agent()
    page = client.get(path(User, "changelist")).content.decode()
    assert agent.email in page
    assert resident.email not in page
    assert client.get(path(User, "change", resident.pk)).status_code == 302
    choose = {"app_label": "accounts", "model_name": "mandate", "field_name": "user"}
    for term, found in (("habitante", 0), ("ville.example", 2), ("Habitante@ville.example", 1), ("@\0", 2)):
        answer = client.get(reverse("admin:autocomplete"), choose | {"term": term})
        assert len(answer.json()["results"]) == found, term
