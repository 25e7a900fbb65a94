"""“Me too”: one person counts once, is told, and can stop."""

import re
import threading
import uuid
from contextlib import contextmanager

import pytest
from django.core import mail
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse

from accounts import confirmations, privacy
from alerts import audience, services
from alerts.models import Alert, Support
from engagement.activity.services import hand_on, send_waiting

pytestmark = pytest.mark.django_db
AT_ONCE = 200


def report(town, **changes) -> Alert:
    return services.report(
        **{"category": town.street_light, "point": town.IN_WEST, "description": "Éteint."} | changes
    )


def count(alert) -> int:
    """What is shown, which must be what the rows say."""
    alert.refresh_from_db()
    assert alert.supports == alert.supporters.count()
    return alert.supports


def url(alert) -> str:
    return reverse("alerts:support", args=[alert.reference])


def confirmation_link() -> str:
    confirmations.send_waiting()
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]


def test_signed_in_one_press_counts_and_another_takes_it_back(town, phone):
    alert, person = report(town), town.person("voisine@example.org")
    phone.force_login(person)
    for _twice in range(2):
        assert phone.post(url(alert)).url == alert.get_absolute_url()
    assert count(alert) == 1
    box = phone.post(url(alert), {"undo": "1"}, headers={"hx-request": "true"}).content.decode()
    assert "Me too" in box
    assert count(alert) == 0


def test_without_an_account_the_address_is_confirmed_first_and_counts_once(town, phone):
    alert = report(town)
    page = phone.post(url(alert), {"email": "Voisin@Example.org "}, follow=True).content.decode()
    assert "voisin@example.org" in page.lower()
    assert count(alert) == 0
    link = confirmation_link()
    assert mail.outbox[-1].to == ["voisin@example.org"]
    assert alert.reference in mail.outbox[-1].body
    assert phone.get(link).status_code == 200
    assert count(alert) == 0, "mail scanners open links"
    for _twice in range(2):
        assert "You too: it is counted." in phone.post(link, follow=True).content.decode()
    assert count(alert) == 1
    assert not services.support(alert=alert, user=town.person("voisin@example.org"))
    assert count(alert) == 1, "the same person, signed in later"


@pytest.mark.parametrize("email", ["", "personne", "a@b\0c.fr", "x" * 400 + "@example.org"])
def test_an_address_that_is_none_is_said_beside_the_field(town, phone, email):
    alert = report(town)
    answer = phone.post(url(alert), {f"email-{alert.reference}": email})
    assert answer.status_code == 422
    assert "not an e-mail address" in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_duplicate_sends_its_supports_to_the_report_that_goes_on(town):
    original, copy = report(town), report(town)
    Alert.objects.filter(pk=copy.pk).update(status="duplicate", duplicate_of=original, closed_at=copy.created_at)
    assert services.support(alert=copy, email="voisin@example.org")
    original.refresh_from_db()
    assert original.supports == 2  # the neighbour, and whoever reported the copy
    assert count(copy) == 0


def test_neither_the_author_nor_a_closed_report_takes_one(town, phone):
    author = town.person("moi@example.org")
    mine, left = report(town, reporter=author), report(town, contact_email="moi@example.org")
    for alert in (mine, left):
        with pytest.raises(services.NotSupportable):
            services.support(alert=alert, user=author)
    services.apply(alert=left, transition="resolve", actor=town.light_agent(), message="Réparé.")
    with pytest.raises(services.NotSupportable):
        services.support(alert=left, email="voisin@example.org")
    assert phone.post(url(left), {"email": "voisin@example.org"}).status_code == 422
    assert Support.objects.count() == 0


def test_a_stranger_does_not_learn_who_reported(town, phone):
    alert = report(town, contact_email="moi@example.org")
    assert phone.post(url(alert), {"email": "moi@example.org"}).status_code == 302
    answer = phone.post(confirmation_link())
    assert answer.status_code == 409
    assert "yourself" in answer.content.decode()


def test_what_one_may_not_see_takes_none(town, phone):
    alert = report(town)
    Alert.objects.update(is_public=False)
    assert phone.get(url(alert)).status_code == 404
    assert phone.post(url(alert), {"email": "voisin@example.org"}).status_code == 404
    assert phone.post("/signalements/%00/moi-aussi/").status_code == 404


def test_who_joined_is_told_and_stops_the_mails_by_one_post(town, phone):
    alert = report(town)
    services.support(alert=alert, email="voisin@example.org")
    services.support(alert=alert, email="muet@example.org", told=False)
    hand_on()
    send_waiting()
    mail.outbox.clear()
    services.apply(alert=alert, transition="qualify", actor=town.light_agent())
    hand_on()
    send_waiting()
    (message,) = mail.outbox
    assert message.to == ["voisin@example.org"]
    assert alert.tracking_token not in message.body
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert link in message.body
    path = link.removeprefix("http://localhost:8000")
    phone.handler.enforce_csrf_checks = True
    assert phone.get(path).status_code == 200
    assert Support.objects.filter(told=True).count() == 1
    for _twice in range(2):
        assert phone.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Support.objects.filter(told=True).count() == 0
    assert count(alert) == 2, "the problem is still theirs"
    assert phone.get(f"{path[:-10]}x/arreter/").status_code == 404
    Support.objects.all().delete()
    assert phone.post(path).status_code == 200


def test_an_erased_person_is_gone_and_the_count_stays(town):
    alert, person = report(town), town.person("voisine@example.org")
    services.support(alert=alert, user=person)
    services.support(alert=alert, email="autre@example.org")
    assert [row["reference"] for row in privacy.export(person)["supports"]] == [alert.reference]
    assert privacy.erase(user=person)["supports"] == 1
    assert count(alert) == 2
    assert list(Support.objects.filter(told=True).values_list("email", flat=True)) == ["autre@example.org"]


def test_the_button_says_how_many_and_what_the_viewer_did(town, phone):
    alert = report(town)
    services.support(alert=alert, email="voisin@example.org")
    page = phone.get(url(alert)).content.decode()
    assert "<strong>1</strong> person" in page
    person = town.person("voisine@example.org")
    phone.force_login(person)
    services.support(alert=alert, user=person)
    page = phone.get(url(alert)).content.decode()
    assert "<strong>2</strong> people" in page
    assert "Take it back" in page


def at_once(alert, person) -> list:
    """“Me too” of one person AT_ONCE times, all held back until all have asked."""
    client = Client(REMOTE_ADDR=f"test-{uuid.uuid4()}")
    client.force_login(person)
    cookies, answers = client.cookies, []
    gate = threading.Barrier(40)

    def say(times):
        try:
            gate.wait()
            for _time in range(times):
                one = Client(REMOTE_ADDR=f"test-{uuid.uuid4()}")
                one.cookies = cookies
                answers.append(one.post(url(alert)).status_code)
        except Exception as error:
            answers.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=say, args=(AT_ONCE // 40,)) for _number in range(40)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return answers


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_hundred_at_once_of_one_person_are_one(town):
    alert = report(town)
    answers = at_once(alert, town.person("voisine@example.org"))
    assert answers == [302] * AT_ONCE
    assert count(alert) == 1


@contextmanager
def nothing_unique():
    """The table of supports without its rules."""
    names = ("support_once_by_address", "support_once_by_account")
    definitions = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
            definitions[name] = cursor.fetchone()[0]
        cursor.execute("ALTER TABLE alerts_support DROP CONSTRAINT support_once_by_account")
        cursor.execute("DROP INDEX support_once_by_address")
        try:
            yield
        finally:
            Support.objects.all().delete()
            cursor.execute(definitions["support_once_by_address"])
            cursor.execute(
                "ALTER TABLE alerts_support ADD CONSTRAINT support_once_by_account UNIQUE (alert_id, user_id)"
            )


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_lock_and_rules_they_would_be_several(town):
    """What the test above would see if neither the report were locked nor the rows unique."""
    alert, person = report(town), town.person("voisine@example.org")
    waiting = threading.Barrier(10)

    def say():
        try:
            with transaction.atomic():
                known = alert.supporters.filter(user=person).exists()
                waiting.wait()
                if not known:
                    Support.objects.create(alert=alert, user=person, email=person.email)
        finally:
            connections.close_all()

    with nothing_unique():
        threads = [threading.Thread(target=say) for _number in range(10)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert Support.objects.count() == 10


def test_the_link_of_a_mail_names_one_support(town):
    alert = report(town)
    services.support(alert=alert, email="voisin@example.org")
    token = audience.leave_url(Support.objects.get().pk).split("/")[-3]
    assert audience.support_of(token) == Support.objects.get()
