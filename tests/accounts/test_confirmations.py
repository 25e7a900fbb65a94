"""What a person without an account asks for is done once, when whoever reads that mail presses the button."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts import confirmations, privacy
from accounts.confirmations import send_waiting
from accounts.models import Confirmation, User
from accounts.tasks import prune
from tests.accounts.asking import LINK, asked, handler, mailed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kind")]


def later(confirmation=None, **ago):
    rows = Confirmation.objects.filter(pk=confirmation.pk) if confirmation else Confirmation.objects
    moved = dt.timedelta(**ago)
    for row in rows.all():
        row.sent_at = row.sent_at and row.sent_at - moved
        row.expires_at -= moved
        row.save()


def test_the_mail_says_what_it_is_about_and_has_one_link():
    path = mailed()
    message = mail.outbox[0]
    assert message.to == ["resident@example.org"]
    assert "Votre signalement" in message.subject
    html = message.alternatives[0].content
    for body in (message.body, html):
        assert "rue du Test" in body
        assert len(LINK.findall(body)) == 1
        assert path in body
        assert "Si ce n’était pas vous" in body
    assert "\n\n\n" not in message.body


def test_the_mail_speaks_the_language_of_who_asked():
    with translation.override("en"):
        asked(summary="Report a street light.")
    send_waiting()
    assert "If it was not you" in mail.outbox[0].body


def test_looking_does_nothing_and_the_button_acts_once(client):
    path = mailed()
    for _scanner in range(3):
        page = client.get(path)
        client.head(path)
    assert not User.objects.exists()
    assert "rue du Test" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "no-store" in page.headers["Cache-Control"]
    for _press in range(2):
        assert client.post(path).url == "/merci/Nora/"
    assert User.objects.get().email == "resident@example.org"
    assert "/merci/Nora/" in client.get(path).content.decode()
    # What was to be done is no longer kept.
    assert Confirmation.objects.get().payload == {}


def test_the_button_needs_the_page_it_stands_on():
    path = mailed()
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert not User.objects.exists()


def test_a_refusal_is_shown_and_may_be_tried_again(client):
    path = mailed(payload={"refuse": True})
    page = client.post(path)
    assert page.status_code == 409
    assert "La pétition est close." in page.content.decode()
    row = Confirmation.objects.get()
    assert (row.done_at, row.payload) == (None, {"refuse": True})
    Confirmation.objects.update(payload={"name": "Nora"})
    assert client.post(path).url == "/merci/Nora/"


def test_an_error_of_ours_leaves_it_as_it_was(client):
    User.objects.create_user("resident@example.org")
    path = mailed()
    with pytest.raises(IntegrityError), transaction.atomic():
        client.post(path)
    assert Confirmation.objects.get().done_at is None


def test_too_late_nothing_is_lost_and_a_new_mail_has_a_new_link(client):
    path = mailed()
    later(hours=49)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 410
    assert not User.objects.exists()
    assert client.post(path, {"again": "1"}).status_code == 200
    send_waiting()
    fresh = LINK.search(mail.outbox[-1].body)[0]
    assert fresh != path
    assert client.post(path).status_code == 404, "an old link that leaked stays dead"
    assert client.post(fresh).url == "/merci/Nora/"


@pytest.mark.parametrize("token", ["x", "0" * 64, "é" * 3000, "%ED%A0%80"])
def test_an_unknown_link_says_what_to_do(client, token):
    for answer in (client.get(f"/confirmer/{token}/"), client.post(f"/confirmer/{token}/", {"again": "1"})):
        assert answer.status_code == 404
        assert "copiez le lien en entier" in answer.content.decode()


def test_asked_again_the_first_is_kept_and_its_mail_sent_at_most_every_ten_minutes():
    first = asked(dedup="alert-1")
    send_waiting()
    assert asked(dedup="alert-1", payload={"name": "Un autre"}, email="resident@example.ORG") == first
    assert send_waiting() == 0
    later(minutes=11)
    asked(dedup="alert-1")
    assert send_waiting() == 1
    row = Confirmation.objects.get()
    assert row.payload == {"name": "Nora"}
    assert row.expires_at > timezone.now() + dt.timedelta(hours=47)
    assert mail.outbox[0].body.split("jusqu")[0] == mail.outbox[1].body.split("jusqu")[0], "the first mail works too"
    later(hours=49)
    assert asked(dedup="alert-1") != first
    assert asked() != asked(), "without dedup each act is its own"
    assert Confirmation.objects.filter(dedup="alert-1").count() == 1


def test_an_address_and_a_caller_have_their_limits(settings):
    settings.CONFIRMATIONS_PER_ADDRESS, settings.CONFIRMATIONS_PER_CALLER = 2, 3
    asked(caller="198.51.100.7")
    asked(caller="198.51.100.7")
    with pytest.raises(confirmations.TooManyConfirmations):
        asked(caller="203.0.113.1")
    asked("b@example.org", caller="198.51.100.7")
    with pytest.raises(confirmations.TooManyConfirmations):
        asked("c@example.org", caller="198.51.100.7")
    assert Confirmation.objects.count() == 3


@pytest.mark.parametrize("email", ["", "personne", "a@b\x00.fr", "x" * 300 + "@example.org", "a@b.fr\nBcc: b@c.fr"])
def test_an_address_that_is_none_is_refused(email):
    with pytest.raises(ValidationError):
        asked(email)
    with pytest.raises(KeyError):
        asked(kind="inconnu")
    with pytest.raises(ValueError, match="twice"):
        confirmations.register("essai", handler, title="x")


def test_no_token_lies_in_the_database():
    token = LINK.search(mailed())[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM accounts_confirmation c")
        assert token not in str(cursor.fetchall())


def test_another_secret_key_of_the_site_does_not_strand_a_mail_not_yet_sent(client, settings):
    asked()
    settings.SECRET_KEY = "another"
    send_waiting()
    assert client.post(LINK.search(mail.outbox[0].body)[0]).url == "/merci/Nora/"


def test_the_account_takes_along_and_erases_what_waits_for_its_address(town):
    resident = town.person("resident@example.org")
    asked()
    asked("autre@example.org")
    assert [row["data"] for row in privacy.export(resident)["confirmations"]] == [{"name": "Nora"}]
    privacy.erase(user=resident)
    assert Confirmation.objects.get().email == "autre@example.org"


def test_a_week_after_its_end_it_is_forgotten():
    old, recent = asked(), asked()
    later(old, hours=48 + 24 * 7 + 1)
    later(recent, hours=48 + 24 * 6)
    prune()
    assert Confirmation.objects.get() == recent


def test_administrators_see_that_it_was_asked_and_not_what(client, town):
    path = mailed()
    client.force_login(User.objects.create_superuser("admin@ville.example"))
    row = Confirmation.objects.get()
    page = client.get(reverse("admin:accounts_confirmation_change", args=[row.pk])).content.decode()
    assert row.email in page
    for secret in ("Nora", row.nonce, row.digest, path):
        assert secret not in page
    assert client.post(reverse("admin:accounts_confirmation_change", args=[row.pk])).status_code == 403
    assert client.get(reverse("admin:accounts_confirmation_delete", args=[row.pk])).status_code == 403


class Full(EmailBackend):
    def send_messages(self, messages):
        if messages[0].to == ["pleine@example.org"]:
            raise OSError("mailbox full")
        return super().send_messages(messages)


def test_a_mail_that_fails_holds_nobody_up_and_is_given_up_in_the_end(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Full"
    full, other = asked("pleine@example.org", dedup="x"), asked()
    for _turn in range(12):
        send_waiting()
    full.refresh_from_db()
    other.refresh_from_db()
    assert (full.sent_at, full.attempts) == (None, 8)
    assert other.sent_at
    # Who asks again gets another try.
    assert asked("pleine@example.org", dedup="x").attempts == 0
