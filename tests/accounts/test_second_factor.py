"""People who act for a public body set a second factor up, and go nowhere else before."""

import base64
import re

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

pytestmark = pytest.mark.django_db
ACTIVATE = "/compte/securite/application/"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.STAFF_MFA_REQUIRED = True
    cache.clear()


def now_code(secret) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/admin/",
        "/compte/",
        "/compte/mes-donnees.json",
        "/map/alerts.json?bbox=2,47,2.1,47.1&zoom=12",
        "/exports/alerts.geojson",
        "/api/v1/territories/at?lon=2.02&lat=47.05",
        "/compte/securite/codes/",
    ],
)
def test_staff_without_it_are_sent_to_set_it_up(client, town, path):
    client.force_login(town.light_agent())
    assert client.get(path).headers["Location"] == ACTIVATE
    assert client.get(path, headers={"Accept": "application/json"}).status_code == 403


def test_residents_are_not_asked(client, town):
    client.force_login(town.person("resident@example.org"))
    assert client.get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_once_set_up_staff_go_on_and_sign_in_with_it(client, town):
    agent = town.light_agent()
    client.post(reverse("account_login"), {"email": agent.email})
    sign_in(client)
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0] == ACTIVATE
    secret = page.context["form"].secret
    response = client.post(ACTIVATE, {"code": now_code(secret)})
    assert response.url == reverse("mfa_view_recovery_codes")
    assert client.get("/").status_code == 200
    codes = client.get(response.url).context["unused_codes"]
    client.post(reverse("account_logout"))

    client.post(reverse("account_login"), {"email": agent.email})
    sign_in(client)
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert client.session["_auth_user_id"] == str(agent.pk)


def sign_in(client):
    code = re.search(r"\b\d{4}-\d{4}\b", mail.outbox[-1].body)[0]
    client.post(reverse("account_confirm_login_code"), {"code": code})


def test_the_picture_of_the_key_passes_the_policy(client, town):
    client.force_login(town.light_agent())
    page = client.get(ACTIVATE)
    source = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page.content.decode())[1]
    svg = base64.b64decode(source).decode()
    assert svg.index('<rect width="100%" height="100%" fill="#fff"/>') < svg.index("<path")
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]


def test_the_administration_site_has_no_door_of_its_own(client, town):
    page = client.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == "/compte/connexion/?next=%2Fadmin%2F"
    assert client.get("/admin/login/?next=/admin/").url == "/compte/connexion/?next=%2Fadmin%2F"
    assert client.post("/admin/login/", {"username": "a@b.example", "password": "x"}).status_code == 302
    client.force_login(town.person("resident@example.org"))
    assert client.get("/admin/login/").status_code == 403
    staff = town.person("chef@ville.example", is_staff=True, is_superuser=True)
    client.force_login(staff)
    Authenticator.objects.create(
        user=staff, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt("ABCDEFGHIJKLMNOP")}
    )
    assert client.get("/admin/").status_code == 200
