"""Following, and stopping to, from a page and from a mail."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from alerts import services as alerts
from alerts.models import Alert
from common import opaque
from engagement.activity import services
from engagement.activity.models import FOLLOWED, Follow

pytestmark = pytest.mark.django_db
FOLLOW, UNFOLLOW = "/suivre/", "/suivre/arreter/"


def sealed(key) -> str:
    return opaque.sealed(FOLLOWED, str(key))


@pytest.fixture
def resident(town):
    return town.person("resident@example.org")


def test_title_and_link_come_from_the_territory(client, town, resident):
    client.force_login(resident)
    sent = {
        "object_type": "territory",
        "object_key": sealed(town.west.pk),
        "title": "<b>",
        "url": "https://evil.example",
    }
    assert client.post(FOLLOW, sent).url == town.west.get_absolute_url()
    follow = Follow.objects.get()
    assert (follow.title, follow.url) == ("Ouest", town.west.get_absolute_url())
    client.post(FOLLOW, sent)
    assert Follow.objects.count() == 1
    client.post(UNFOLLOW, sent)
    assert not Follow.objects.exists()


@pytest.mark.parametrize("key", ["0", "abc", "", "9" * 40, "²", "1\x00"])
@pytest.mark.parametrize("kind", ["territory", "alert", "user"])
def test_what_is_not_there_cannot_be_followed(client, resident, kind, key):
    client.force_login(resident)
    assert client.post(FOLLOW, {"object_type": kind, "object_key": sealed(key)}).status_code == 404


def test_an_alert_is_followed_only_by_who_may_see_it(client, town, resident):
    alert = alerts.report(category=town.street_light, point=town.IN_WEST, description="Éteint.")
    client.force_login(resident)
    sent = {"object_type": "alert", "object_key": sealed(alert.pk)}
    assert client.post(FOLLOW, sent).url == alert.get_absolute_url()
    client.post(UNFOLLOW, sent)
    Alert.objects.update(is_public=False)
    assert client.post(FOLLOW, sent).status_code == 404


@pytest.mark.parametrize(
    ("back", "lands"), [("/compte/", "/compte/"), ("https://evil.example/", None), ("//evil.example", None)]
)
def test_it_comes_back_to_the_page_and_nowhere_else(client, town, resident, back, lands):
    client.force_login(resident)
    response = client.post(FOLLOW, {"object_type": "territory", "object_key": sealed(town.west.pk), "next": back})
    assert response.url == (lands or town.west.get_absolute_url())


def test_the_button_swaps_in_place(client, town, resident):
    client.force_login(resident)
    data = {"object_type": "territory", "object_key": sealed(town.west.pk), "next": "/territoires/x/"}
    button = client.post(FOLLOW, data, headers={"HX-Request": "true"}).content.decode()
    assert f'action="{UNFOLLOW}"' in button
    assert 'value="/territoires/x/"' in button


def test_whose_session_ended_comes_back_to_the_page(client, town):
    sent = {"object_type": "territory", "object_key": sealed(town.west.pk), "next": "/territoires/quartier/T1001-1/"}
    sign_in = "/compte/connexion/?next=%2Fterritoires%2Fquartier%2FT1001-1%2F"
    for action in (FOLLOW, UNFOLLOW):
        assert client.post(action, sent).url == sign_in
        assert client.post(action, sent, headers={"HX-Request": "true"}).headers["HX-Redirect"] == sign_in


def test_a_stranger_gets_a_link_that_comes_back(town):
    request = RequestFactory().get("/territoires/quartier/T1001-1/?a=1&b=2")
    request.user = AnonymousUser()
    template = Template('{% load activity %}{% follow_button "territory" pk "Ouest" %}')
    html = template.render(Context({"request": request, "pk": town.west.pk}))
    assert "/compte/connexion/?next=/territoires/quartier/T1001-1/%3Fa%3D1%26b%3D2" in html


def told(town, user) -> mail.EmailMessage:
    """A follower's mail about a report in the west."""
    services.follow(
        user=user, object_type="territory", object_key=town.west.pk, title="Ouest", url="/", rhythm="instant"
    )
    alerts.report(category=town.street_light, point=town.IN_WEST, description="Éteint.")
    services.hand_on()
    services.send_waiting()
    return next(message for message in mail.outbox if message.to == [user.email])


def test_a_mail_stops_its_own_follow_by_post_only(town, resident):
    message = told(town, resident)
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert link in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = link[link.index("/suivre/") :]
    strict = Client(enforce_csrf_checks=True)
    assert "Ouest" in strict.get(path).content.decode()
    assert Follow.objects.count() == 1
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follow.objects.exists()
    assert strict.get(path).status_code == 200
    assert strict.post(path).status_code == 200


def test_a_forged_link_stops_nothing(client, town, resident):
    told(town, resident)
    follow = Follow.objects.get()
    for token in (str(follow.pk), f"{follow.pk}:forged", services.unsubscribe_token(follow)[:-1]):
        assert client.post(reverse("activity:unsubscribe", args=[token])).status_code == 404
    assert Follow.objects.exists()


def test_others_mails_have_no_such_link(town):
    alerts.report(category=town.street_light, point=town.IN_WEST, description="Éteint.", contact_email="a@example.org")
    services.hand_on()
    services.send_waiting()
    assert len(mail.outbox) == 2
    assert not any("List-Unsubscribe" in message.extra_headers for message in mail.outbox)
