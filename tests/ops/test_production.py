"""What production's settings make of the environment."""

import json
import os
import subprocess

import pytest
from kombu import Connection

from accounts.demo import DOMAIN, create
from config.broker import broker_url
from config.local import app
from config.local.paths import ROOT
from config.local.venv import PYTHON
from frontend.demo import PEOPLE

NAMES = (
    "BASE_URL CSRF_TRUSTED_ORIGINS SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE EMAIL_BACKEND"
    " SECURE_HSTS_SECONDS SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_HSTS_PRELOAD"
)


def production(*arguments, **variables):
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    given = {
        "SECRET_KEY": "0123456789abcdef" * 4,
        "ALLOWED_HOSTS": "localhost",
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
    }
    return subprocess.run([PYTHON, *arguments], env=kept | given | variables, cwd=ROOT, capture_output=True, text=True)


def settings(**variables):
    code = "import json; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in %r.split()]))"
    done = production("-c", code % NAMES, **variables)
    assert done.returncode == 0, done.stderr
    return dict(zip(NAMES.split(), json.loads(done.stdout), strict=True))


@pytest.mark.parametrize(
    ("address", "secure"),
    [("https://ville.example", True), ("http://localhost:8080", False), ("ville.example", True)],
)
def test_only_a_plain_http_address_goes_without_https(address, secure):
    found = settings(BASE_URL=address)
    assert found["SECURE_SSL_REDIRECT"] is found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is secure
    assert found["CSRF_TRUSTED_ORIGINS"] == [address]


def test_the_address_must_be_given():
    assert "BASE_URL" in production("-c", "import config.settings.production").stderr


def test_hsts_covers_other_sites_only_when_asked():
    found = settings(BASE_URL="https://ville.example")
    assert (found["SECURE_HSTS_INCLUDE_SUBDOMAINS"], found["SECURE_HSTS_PRELOAD"]) == (False, False)
    assert found["SECURE_HSTS_SECONDS"] > 0
    asked = settings(
        BASE_URL="https://ville.example", SECURE_HSTS_INCLUDE_SUBDOMAINS="true", SECURE_HSTS_PRELOAD="true"
    )
    assert (asked["SECURE_HSTS_INCLUDE_SUBDOMAINS"], asked["SECURE_HSTS_PRELOAD"]) == (True, True)


def test_the_defaults_of_docker_compose_pass_the_checks():
    variables = {"BASE_URL": "https://ville.example", "EMAIL_URL": "consolemail://"}
    assert settings(**variables)["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"
    variables |= {"DATABASE_URL": "postgis://nobody@//nonexistent/none"}
    done = production("manage.py", "check", "--deploy", "--fail-level", "WARNING", **variables)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("cache", "queues"),
    [
        ("redis://redis:6379/0", "redis://redis:6379/1"),
        ("redis://:p%40w@redis", "redis://:p%40w@redis/1"),
        ("redis://redis/0?db=4", "redis://redis/5"),
        ("rediss://u:p@redis:6380/3?ssl_cert_reqs=required", "rediss://u:p@redis:6380/4?ssl_cert_reqs=required"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=1"),
        ("unix:///run/redis.sock?db=6", "redis+socket:///run/redis.sock?virtual_host=7"),
    ],
)
def test_queues_have_the_database_after_the_cache(cache, queues):
    assert broker_url(cache) == queues


def test_emptying_the_cache_leaves_the_queues(private_redis):
    with Connection(broker_url(private_redis.url)) as queues:
        queue = queues.SimpleQueue("mail")
        queue.put({"kept": True})
        private_redis.command("FLUSHDB")  # what cache.clear() sends
        assert queue.get(timeout=5).payload == {"kept": True}


# --- the demo's accounts are told only where they are ------------------------------------------------------


@pytest.mark.django_db
def test_accounts_are_listed_only_where_the_demo_is(settings, capsys):
    from django.core.management import call_command

    def listed():
        call_command("seed_demo", "--list-accounts")
        return capsys.readouterr().out

    assert listed() == ""
    create(email=PEOPLE[0].email, display_name="Inès")
    assert DOMAIN in listed()
    settings.DEMO_CITY = False
    assert listed() == ""


def test_without_the_demo_the_next_step_is_said(monkeypatch):
    for value, wanted in (("0", False), ("false", False), ("1", True)):
        monkeypatch.setenv("PARVIS_DEMO", value)
        assert app.demo() is wanted
    assert "createsuperuser" in app.next_step("http://localhost:8000")
