"""Who is counted: the visitor, not a proxy and not what a visitor writes into a header."""

import pytest
from django.core.checks import run_checks
from django.test import RequestFactory
from django.urls import reverse

from common.caller import address

PROXIES = ["10.0.0.0/8", "fd00::/8"]


def caller(peer, forwarded=None):
    headers = {"x-forwarded-for": forwarded} if forwarded is not None else {}
    request = RequestFactory().get("/", headers=headers)
    request.META.pop("REMOTE_ADDR")
    return address(request) if peer is None else address(_from(request, peer))


def _from(request, peer):
    request.META["REMOTE_ADDR"] = peer
    return request


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "expected"),
    [
        ([], "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ([], "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        (["1"], "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (["1"], "10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (["2"], "10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (["2"], "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (["1"], "10.0.0.1", None, "10.0.0.1"),
        (PROXIES, "10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (PROXIES, "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (PROXIES, None, "203.0.113.9", "203.0.113.9"),
        (PROXIES, "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        (PROXIES, "10.0.0.1", "203.0.113.9, <script>", "10.0.0.1"),
        (PROXIES, "fd00::1", "203.0.113.9:4711", "203.0.113.9"),
        (PROXIES, "10.0.0.1", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        ([], "2001:db8:1:2:ffff::1", None, "2001:db8:1:2::/64"),
        ([], "::ffff:198.51.100.7", None, "198.51.100.7"),
        ([], None, None, ""),
    ],
)
def test_the_address_that_is_counted(settings, trusted, peer, forwarded, expected):
    settings.TRUSTED_PROXIES = trusted
    assert caller(peer, forwarded) == expected


@pytest.mark.django_db
def test_the_sign_in_limit_counts_visitors_behind_a_proxy_apart(client, settings):
    settings.TRUSTED_PROXIES = ["1"]

    def ask(number, visitor):
        answer = client.post(
            reverse("account_login"),
            {"email": f"personne{number}@example.org"},
            headers={"x-forwarded-for": f"1.2.3.{number}, {visitor}"},
        )
        client.post(reverse("account_logout"))
        return answer.status_code

    assert [ask(number, "203.0.113.9") for number in range(21)] == [302] * 20 + [200]
    assert ask(21, "203.0.113.10") == 302


@pytest.mark.parametrize(
    ("trusted", "found"), [([], 0), (["2"], 0), (PROXIES, 0), (["10.0.0.0/99"], 1), (["2", "nginx"], 1)]
)
def test_a_mistyped_setting_is_said_at_the_start(settings, trusted, found):
    settings.TRUSTED_PROXIES = trusted
    assert [error.id for error in run_checks(tags=["security"])].count("parvis.E003") == found
