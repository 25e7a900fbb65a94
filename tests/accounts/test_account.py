"""My account: seeing, taking along and erasing what is known of me."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mandate, User
from accounts.privacy import erase
from accounts.services import MandateInForce, close
from engagement.activity.models import Activity, Follow
from engagement.activity.services import follow

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident(client, town):
    user = town.person("resident@example.org", display_name="Nora")
    client.force_login(user)
    return user


def test_the_page_says_what_i_may_do_and_follow(client, town):
    agent = town.light_agent()
    follow(user=agent, object_type="territory", object_key=town.west.pk, title="Quartier Ouest", url="/ouest/")
    client.force_login(agent)
    page = client.get(reverse("account_home")).content.decode()
    assert "Service éclairage" in page
    assert "Quartier Ouest" in page


def test_a_public_name_is_cleaned_and_kept(client, resident):
    client.post(reverse("account_home"), {"display_name": "  Nora \u202e\n Pavé "})
    resident.refresh_from_db()
    assert resident.display_name == "Nora Pavé"


def test_a_refused_name_stays_in_its_field_only(client, resident):
    page = client.post(reverse("account_home"), {"display_name": "x" * 81})
    assert page.context["form"].errors["display_name"]
    assert "x" * 81 in page.content.decode()
    assert page.context["user"].display_name == "Nora"


def test_my_data_leave_as_a_file(client, town, resident):
    follow(user=resident, object_type="territory", object_key=town.west.pk, title="Ouest", url="/ouest/")
    response = client.get(reverse("account_export"))
    assert "attachment" in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]
    data = json.loads(response.content)
    assert data["account"][0]["email"] == resident.email
    assert data["follows"][0]["title"] == "Ouest"


def test_closing_asks_for_my_own_address(client, resident):
    page = client.post(reverse("account_close"), {"email": "autre@example.org"})
    assert page.context["form"].errors["email"]
    assert client.get(reverse("account_close")).status_code == 200
    assert User.objects.filter(pk=resident.pk).exists()


def test_closing_erases_me_and_signs_me_out(client, town, resident):
    follow(user=resident, object_type="territory", object_key=town.west.pk, title="Ouest", url="/ouest/")
    assert client.post(reverse("account_close"), {"email": "Resident@example.org"}).status_code == 302
    assert not User.objects.filter(email="resident@example.org").exists()
    assert not Follow.objects.exists()
    assert "_auth_user_id" not in client.session


def test_a_mandate_in_force_keeps_the_account_open(client, town):
    agent = town.light_agent()
    client.force_login(agent)
    page = client.post(reverse("account_close"), {"email": agent.email})
    assert page.context["blocked"]
    with pytest.raises(MandateInForce):
        close(user=agent)
    assert User.objects.filter(pk=agent.pk).exists()
    Mandate.objects.update(valid_from="2020-01-01", valid_until="2020-12-31")
    assert client.post(reverse("account_close"), {"email": agent.email}).status_code == 302


def test_what_was_done_stays_and_leads_to_nobody(town):
    agent = town.light_agent()
    Activity.objects.create(
        verb="alerts.resolved", actor=agent, object_type="alert", object_key="1", title="Lampadaire", url="/"
    )
    number = agent.pk
    erase(user=agent)
    activity = Activity.objects.get()
    assert activity.actor_id == number
    assert Activity.objects.select_related("actor").get().title == "Lampadaire"
    assert not User.objects.filter(pk=number).exists()


@pytest.mark.parametrize("name", ["account_home", "account_export", "account_close"])
def test_strangers_sign_in_first(client, db, name):
    assert client.get(reverse(name)).url.startswith(reverse("account_login"))


def test_its_cost_does_not_grow_with_mandates_and_follows(client, town, resident, django_assert_max_num_queries):
    def more(count):
        for number in range(count):
            Mandate.objects.create(
                user=resident, role="official", territory=town.west, valid_from=timezone.localdate()
            )
            follow(user=resident, object_type="alert", object_key=f"{count}{number}", title="x", url="/")

    more(3)
    with django_assert_max_num_queries(50) as few:
        client.get(reverse("account_home"))
    more(30)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("account_home"))
