"""Keys open what they name, for whom they name, while it is theirs, and nothing else."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import keys, privacy
from accounts.keys import KeyRefused, identify, issue, revoke, viewer_of
from accounts.models import ApiKey, ApiKeyEvent, Mandate, Role, User
from accounts.rules import mandates

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def scopes():
    before = dict(keys._scopes)
    keys._scopes.clear()
    keys.register_scope("lire", "Lire")
    keys.register_scope("guichet", "Guichet", needs_mandate_roles=(Role.AGENT,))
    yield
    keys._scopes.clear()
    keys._scopes.update(before)


@pytest.fixture
def agent(town):
    return town.light_agent()


@pytest.fixture
def mandate(agent):
    return agent.mandates.get()


def asks(text="", *, user=None, method="get", csrf=False, header="Bearer", **data):
    """A request as a view gets it."""
    headers = {"authorization": f"{header} {text}"} if text else {}
    request = getattr(RequestFactory(), method)("/", data, headers=headers)
    request.user, request.session = user or AnonymousUser(), SessionStore()
    if csrf:
        request.csrf_processing_done = True
    return request


def test_a_key_is_known_by_its_text_alone(agent, mandate):
    key, text = issue(user=agent, mandate=mandate, label="Partenaire", scope="guichet")
    assert identify(text, "guichet") == key
    assert text not in str(ApiKey.objects.values_list())
    for wrong in ("", text[:-1], text + "x", text.upper(), key.digest, key.prefix, "\x00", "é\ud800", "x" * 10**6):
        assert identify(wrong, "guichet") is None
    assert identify(text, "lire") is None


def test_it_stops_with_the_mandate_the_person_and_the_date(town, agent, mandate):
    _key, text = issue(user=agent, mandate=mandate, label="x", scope="guichet")

    def works():
        return identify(text, "guichet") is not None

    assert works()
    for broken, whole in (
        ((Mandate, {"valid_until": YESTERDAY, "valid_from": YESTERDAY}), (Mandate, {"valid_until": None})),
        ((Mandate, {"role": Role.OFFICIAL}), (Mandate, {"role": Role.AGENT})),
        ((Mandate, {"valid_from": YESTERDAY + dt.timedelta(days=2)}), (Mandate, {"valid_from": YESTERDAY})),
        ((User, {"is_active": False}), (User, {"is_active": True})),
        ((ApiKey, {"expires_at": timezone.now()}), (ApiKey, {"expires_at": None})),
        ((ApiKey, {"revoked_at": timezone.now()}), (ApiKey, {"revoked_at": None})),
    ):
        broken[0].objects.update(**broken[1])
        assert not works(), broken
        whole[0].objects.update(**whole[1])
        assert works(), whole
    keys._scopes.pop("guichet")
    assert not works()


def test_who_may_have_which_key(town, agent, mandate):
    resident = town.person("resident@example.org")
    issue(user=resident, label="x", scope="lire")
    ended = Mandate.objects.create(
        user=agent,
        role=Role.AGENT,
        territory=town.commune,
        body=town.triage,
        valid_from=YESTERDAY,
        valid_until=YESTERDAY,
    )
    elected = Mandate.objects.create(user=agent, role=Role.OFFICIAL, territory=town.west)
    for user, held, scope in (
        (resident, None, "guichet"),
        (resident, mandate, "guichet"),
        (agent, None, "guichet"),
        (agent, ended, "guichet"),
        (agent, elected, "guichet"),
        (agent, mandate, "inconnu"),
    ):
        with pytest.raises(KeyRefused):
            issue(user=user, mandate=held, label="x", scope=scope)
    assert ApiKey.objects.count() == 1


def test_a_person_has_so_many_and_no_more(agent):
    for _turn in range(keys.MAX_LIVE):
        key, _text = issue(user=agent, label="x", scope="lire")
    with pytest.raises(KeyRefused):
        issue(user=agent, label="x", scope="lire")
    revoke(key=key)
    assert issue(user=agent, label="x", scope="lire")


def test_its_use_is_written_once_a_minute(agent, django_assert_num_queries):
    key, text = issue(user=agent, label="x", scope="lire")
    with django_assert_num_queries(2):
        identify(text, "lire")
    with django_assert_num_queries(1):
        identify(text, "lire")
    with django_assert_num_queries(1):
        identify("autre chose", "lire")
    ApiKey.objects.update(last_used_at=timezone.now() - dt.timedelta(seconds=61))
    identify(text, "lire")
    key.refresh_from_db()
    assert timezone.now() - key.last_used_at < dt.timedelta(seconds=10)


def test_the_database_remembers_who_made_and_revoked_which(agent):
    key, text = issue(user=agent, label="x", scope="lire")
    identify(text, "lire")
    revoke(key=key)
    revoke(key=key)
    events = ApiKeyEvent.objects.order_by("pgh_id")
    assert [(one.pgh_label, one.prefix, bool(one.revoked_at)) for one in events] == [
        ("insert", key.prefix, False),
        ("update", key.prefix, True),
    ]


def test_who_comes_by_a_key_has_its_mandate_and_no_other_power(town, agent, mandate):
    other = Mandate.objects.create(user=agent, role=Role.AGENT, territory=town.commune, body=town.road_service)
    User.objects.filter(pk=agent.pk).update(is_superuser=True, is_staff=True)
    _key, text = issue(user=agent, mandate=other, label="x", scope="guichet")
    for request in (
        asks(text),
        asks(text, header="token"),
        asks(api_key=text),
        asks(api_key=text, method="post"),
    ):
        viewer = viewer_of(request, "guichet")
        assert (viewer, mandates(viewer)) == (agent, [other])
        assert (viewer.is_superuser, viewer.is_staff) == (False, False)
        assert request.api_key.mandate == other
    _key, bare = issue(user=agent, label="x", scope="lire")
    assert mandates(viewer_of(asks(bare), "lire")) == []
    agent.refresh_from_db()
    assert agent.is_superuser


def test_a_key_that_does_not_work_is_nobody_also_beside_a_session(agent):
    request = asks("parvis_faux", user=agent)
    assert not viewer_of(request, "lire").is_authenticated
    assert request.api_key is None


def test_a_session_counts_for_reading_and_where_csrf_was_checked(agent):
    assert viewer_of(asks(user=agent), "lire") == agent
    assert not viewer_of(asks(user=agent, method="post"), "lire").is_authenticated
    assert viewer_of(asks(user=agent, method="post", csrf=True), "lire") == agent
    assert viewer_of(asks(user=agent, header="Basic", text="eDp5"), "lire") == agent


def test_a_key_is_made_shown_once_and_revoked_in_the_account(client, agent, mandate):
    client.force_login(agent)
    page = client.get(reverse("account_keys"))
    assert reverse("account_keys") in client.get(reverse("account_home")).content.decode()
    form = {"label": "  Lampes\u202e & Cie ", "scope": "guichet", "mandate": mandate.pk, "days": "90"}
    page = client.post(reverse("account_keys"), form)
    key, text = page.context["made"]
    assert (key.label, key.mandate) == ("Lampes & Cie", mandate)
    assert dt.timedelta(days=89) < key.expires_at - timezone.now() < dt.timedelta(days=91)
    assert text in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    for path in (reverse("account_keys"), reverse("account_home")):
        again = client.get(path).content.decode()
        assert key.prefix in again
        assert text not in again
    assert client.post(reverse("account_key_revoke", args=[key.pk])).status_code == 302
    assert identify(text, "guichet") is None
    assert key.prefix not in client.get(reverse("account_keys")).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": ""},
        {"label": "\u202e"},
        {"label": "x" * 81},
        {"label": "a\x00b"},
        {"scope": "inconnu"},
        {"mandate": "999999999999999999999"},
        {"mandate": ""},
        {"mandate": "x"},
        {"days": "-1"},
        {"days": "x"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, agent, mandate, wrong):
    client.force_login(agent)
    form = {"label": "Partenaire", "scope": "guichet", "mandate": mandate.pk, "days": "90"}
    page = client.post(reverse("account_keys"), form | wrong)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not ApiKey.objects.exists()


def test_nobody_reaches_the_key_of_another(client, town, agent):
    key, _text = issue(user=agent, label="x", scope="lire")
    client.force_login(town.person("resident@example.org"))
    assert client.post(reverse("account_key_revoke", args=[key.pk])).status_code == 404
    assert client.get(reverse("account_key_revoke", args=[key.pk])).status_code == 405
    key.refresh_from_db()
    assert key.revoked_at is None


def test_who_may_have_none_sees_nothing_of_keys(client, town):
    keys._scopes.pop("lire")
    client.force_login(town.person("resident@example.org"))
    assert reverse("account_keys") not in client.get(reverse("account_home")).content.decode()
    page = client.post(reverse("account_keys"), {"label": "x", "scope": "guichet", "days": "90"})
    assert page.status_code == 200
    assert not ApiKey.objects.exists()


def test_a_key_whose_mandate_ended_says_so(client, agent, mandate):
    issue(user=agent, mandate=mandate, label="x", scope="guichet")
    client.force_login(agent)
    assert "n’est pas en vigueur" not in client.get(reverse("account_keys")).content.decode()
    Mandate.objects.update(valid_from=YESTERDAY, valid_until=YESTERDAY)
    assert "n’est pas en vigueur" in client.get(reverse("account_keys")).content.decode()


def test_its_cost_does_not_grow_with_keys(client, agent, mandate, django_assert_max_num_queries):
    def more(count):
        for _turn in range(count):
            issue(user=agent, mandate=mandate, label="x", scope="guichet")

    client.force_login(agent)
    more(1)
    client.get(reverse("account_keys"))
    with django_assert_max_num_queries(100) as few:
        client.get(reverse("account_keys"))
    more(15)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("account_keys"))


def test_an_administrator_sees_and_revokes_but_knows_no_key(client, agent):
    key, text = issue(user=agent, label="x", scope="lire")
    client.force_login(User.objects.create_superuser("admin@ville.example"))
    where = reverse("admin:accounts_apikey_changelist")
    page = client.get(reverse("admin:accounts_apikey_change", args=[key.pk])).content.decode()
    assert key.prefix in page
    assert key.digest not in page
    client.post(where, {"action": "revoke", "_selected_action": [key.pk]})
    assert identify(text, "lire") is None


def test_keys_leave_with_the_account(agent):
    issue(user=agent, label="Partenaire", scope="lire")
    assert privacy.export(agent)["keys"][0]["name"] == "Partenaire"
    privacy.erase(user=agent)
    assert not ApiKey.objects.exists()
