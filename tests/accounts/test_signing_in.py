"""One door for everybody: an address, the code sent to it, in."""

import datetime as dt
import re
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts import services
from accounts.models import User, Verification

pytestmark = pytest.mark.django_db
CODE = re.compile(r"\b\d{4}-\d{4}\b")


@pytest.fixture(autouse=True)
def _no_rate_from_another_test():
    cache.clear()


def ask(client, email, **data):
    return client.post(reverse("account_login"), {"email": email, **data}, follow=True)


def code_of(message) -> str:
    return CODE.search(message.body)[0]


def test_a_new_person_is_in_after_address_and_code(client):
    page = ask(client, "Nouvelle@Example.org", next="/compte/")
    assert page.redirect_chain[-1][0].startswith(reverse("account_confirm_login_code"))
    response = client.post(page.redirect_chain[-1][0], {"code": code_of(mail.outbox[0]), "next": "/compte/"})
    assert response.url == "/compte/"
    user = User.objects.get(email="nouvelle@example.org")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.verification == Verification.EMAIL
    assert EmailAddress.objects.get(user=user).verified
    assert len(mail.outbox) == 1


def test_a_person_an_administrator_made_comes_in_the_same_way(client):
    user = User.objects.create_user("agent@ville.example")
    page = ask(client, user.email)
    client.post(page.redirect_chain[-1][0], {"code": code_of(mail.outbox[0])})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_answer_does_not_tell_who_has_an_account(client):
    User.objects.create_user("connue@example.org", verification=Verification.EMAIL)
    pages = []
    for email in ("connue@example.org", "inconn@example.org"):
        page = ask(client, email)
        pages.append(page.content.decode().replace(email, "").replace(quote(email), ""))
        client.post(reverse("account_logout"))
    # The CSRF token is masked anew in each page.
    token = re.compile(r"\b[A-Za-z0-9]{64}\b")
    assert token.sub("", pages[0]) == token.sub("", pages[1])
    known, unknown = mail.outbox
    assert CODE.sub("", known.body) == CODE.sub("", unknown.body)


def test_verification_is_raised_and_never_lowered(town):
    elector = town.person("electrice@example.org", verification=Verification.ELECTOR, residence=town.commune)
    services.confirm(user=elector, email=elector.email)
    elector.refresh_from_db()
    assert elector.verification == Verification.ELECTOR


def test_three_wrong_codes_end_the_try(client):
    page = ask(client, "devine@example.org")
    where = page.redirect_chain[-1][0]
    for _try in range(2):
        wrong = client.post(where, {"code": "0000-0000"})
        assert wrong.status_code == 200
        assert wrong.context["form"].errors["code"]
    assert client.post(where, {"code": "0000-0000"}).url == reverse("account_login")
    client.post(where, {"code": code_of(mail.outbox[0])})
    assert "_auth_user_id" not in client.session


def test_an_address_gets_five_codes_in_ten_minutes(client):
    for _turn in range(5):
        ask(client, "cible@example.org")
        client.post(reverse("account_logout"))
    refused = ask(client, "cible@example.org")
    assert refused.context["form"].errors["email"]
    assert len(mail.outbox) == 5


def test_an_over_limit_caller_writes_no_account(client):
    for number in range(25):
        ask(client, f"personne{number}@example.org")
        client.post(reverse("account_logout"))
    assert User.objects.count() == 20


def test_a_suspended_person_gets_no_code(client):
    User.objects.create_user("suspendue@example.org", is_active=False)
    ask(client, "suspendue@example.org")
    assert mail.outbox == []


def test_accounts_nobody_confirmed_go_after_a_day(town):
    begun = services.begin(email="jamais@example.org")
    kept = [town.person("confirmee@example.org"), town.light_agent()]
    agent_to_be = town.person("bientot@ville.example", "official", verification=Verification.ANONYMOUS)
    assert services.prune() == 0
    assert services.prune(now=timezone.now() + dt.timedelta(days=2)) == 1
    assert set(User.objects.all()) == {*kept, agent_to_be}
    assert not User.objects.filter(pk=begun.pk).exists()


@pytest.mark.parametrize("name", ["account_set_password", "account_change_password", "account_reset_password"])
def test_nobody_has_a_password(name, town):
    with pytest.raises(NoReverseMatch):
        reverse(name)
    assert not User.objects.create_superuser("racine@ville.example", "un mot de passe").has_usable_password()


def test_signing_up_is_signing_in(client):
    assert client.get(reverse("account_signup") + "?next=/compte/").url == reverse("account_login") + "?next=/compte/"


def test_providers_are_offered_only_where_a_deployment_has_them(client):
    assert b"fournisseur" not in client.get(reverse("account_login")).content
    with pytest.raises(NoReverseMatch):
        reverse("socialaccount_connections")
