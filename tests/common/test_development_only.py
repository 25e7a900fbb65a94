"""What makes a newcomer's life easy is not there in a real town."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "a-long-secret-of-some-real-town-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "ville.example",
    "BASE_URL": "https://ville.example",
    "EMAIL_URL": "smtp://mail.ville.example:25",
}
LOOK = """
import json, django
django.setup()
from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve
try:
    resolve("/dev/mail/")
    mails = True
except Resolver404:
    mails = False
print(json.dumps([mails, settings.EMAIL_BACKEND, settings.DEMO_ACCOUNTS, settings.STAFF_MFA_REQUIRED]))
"""


def production(*arguments, **environment):
    # The browser tests set it for themselves.
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={**inherited, **PRODUCTION, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_has_no_readable_mails_no_demo_and_asks_a_second_factor():
    done = production("-c", LOOK)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [False, "django.core.mail.backends.smtp.EmailBackend", False, True]


def test_production_passes_its_own_check():
    done = production("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("settings.DEMO_ACCOUNTS = True", "parvis.E001"),
        ("settings.EMAIL_BACKEND = 'common.devmail.EmailBackend'", "parvis.E002"),
    ],
)
def test_production_refuses_them_where_somebody_forces_them(line, refusal):
    script = f"import django; django.setup(); from django.conf import settings; {line}\n"
    done = production("-c", script + "from django.core.management import call_command; call_command('check')")
    assert done.returncode == 1
    assert refusal in done.stderr


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.EMAIL_BACKEND = "common.devmail.EmailBackend"

    def send(to, subject="Bonjour", body="Lisez https://ville.example/a?b=1&c=2 <script>alert(1)</script>"):
        EmailMessage(subject, body, "mairie@ville.example", [to], connection=get_connection()).send()

    return send


def test_mails_are_listed_by_address_and_read_safely(client, mailbox):
    mailbox("ada@example.org", "Pour Ada : été")
    mailbox("bob@example.org", "Pour Bob")
    page = client.get(reverse("devmail"), {"to": "ADA@"}).content.decode()
    assert "Pour Ada : été" in page
    assert "Pour Bob" not in page
    name = client.get(reverse("devmail")).context["mails"][0].name
    body = client.get(reverse("devmail_message", args=[name])).content.decode()
    assert 'href="https://ville.example/a?b=1&amp;c=2"' in body
    assert "<script>alert" not in body


@pytest.mark.parametrize("name", ["..", "1-zzzzzzzz", "12-0123abcd", "%2e%2e%2fsecret"])
def test_only_mails_are_read(client, mailbox, name):
    assert client.get(f"/dev/mail/{name}/").status_code == 404
