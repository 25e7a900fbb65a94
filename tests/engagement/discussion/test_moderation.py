"""What is reported, who decides, and what everybody reads instead."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from engagement.activity.models import Activity
from engagement.discussion import services
from engagement.discussion.models import Decision
from tests.engagement.discussion.bench import begin, read, say
from tests.engagement.discussion.test_talking import told

pytestmark = pytest.mark.django_db


def test_a_reported_text_is_hidden_with_its_reason_and_all_concerned_are_told(client, people):
    argument = say(people["amina"], "Karim est un voleur.")
    say(people["odile"], "Allons.", "", parent=argument)
    told()
    client.force_login(people["karim"])
    client.post(f"/discussions/{argument.reference}/signaler/", {"reason": "offensive", "note": "C’est faux."})
    client.force_login(people["lise"])
    desk = read(client.get("/discussions/moderation/"))
    assert "Karim est un voleur." in desk
    assert "C’est faux." in desk
    path = f"/discussions/{argument.reference}/moderer/"
    missing = client.post(path, {"do": "hide", "note": ""})
    assert missing.status_code == 422
    assert read(missing).count("field--error") == 2
    client.post(path, {"do": "hide", "reason": "offensive", "note": "Accusation sans preuve."})
    client.logout()
    page = read(client.get("/essai/1/"))
    assert "Masqué par la modération : injurieux ou illicite." in page
    assert "voleur" not in page
    assert "Allons." in page
    assert not Activity.objects.filter(verb="discussion.commented", public=True).exists()
    assert told() == {
        "amina@example.org": "Votre texte a été masqué : Un banc au square",
        "karim@example.org": "Ce que vous avez signalé a été masqué : Un banc au square",
    }
    assert "injurieux ou illicite" in mail.outbox[0].body
    client.force_login(people["lise"])
    client.post(path, {"do": "keep", "note": "Il a retiré l’accusation."})
    assert "Karim est un voleur." in read(client.get("/essai/1/"))
    assert Activity.objects.filter(verb="discussion.commented", public=True).exists()
    assert [one.reason for one in Decision.objects.all()] == ["", "offensive"]
    assert list(told()) == ["amina@example.org"]


def test_only_who_moderates_there_decides(client, town, people):
    argument = say(people["amina"])
    path = f"/discussions/{argument.reference}/moderer/"
    for one in (people["karim"], people["amina"], people["max"], town.official()):
        client.force_login(one)
        assert client.post(path, {"do": "hide", "reason": "advertising", "note": "x"}).status_code == 403
        with pytest.raises(PermissionDenied):
            services.decide(comment=argument, actor=one, reason="advertising")
    begin(town, moderates=lambda user: user == people["karim"])
    admin = town.person("admin@ville.example", Role.ADMINISTRATOR)
    for one in (people["karim"], people["lise"], admin):
        services.decide(comment=argument, actor=one, reason="advertising")
    assert Decision.objects.count() == 1, "who hides what is hidden finds the decision there is"


def test_reporting_twice_is_once_and_ones_own_words_are_not_reported(people):
    argument = say(people["amina"])
    for _turn in range(2):
        services.flag(comment=argument, user=people["karim"], reason="personal")
    assert argument.flags.count() == 1
    with pytest.raises(services.NotPossible):
        services.flag(comment=argument, user=people["amina"], reason="personal")
    services.decide(comment=argument, actor=people["lise"])
    services.flag(comment=argument, user=people["karim"], reason="personal")
    assert argument.flags.filter(decision=None).count() == 1


def test_the_desk_shows_the_moderators_own_territories_by_the_same_number_of_queries(client, people):
    def reported(count):
        for number in range(count):
            services.flag(comment=say(people["amina"], f"Texte {number}."), user=people["karim"], reason="personal")

    client.force_login(people["max"])
    reported(2)
    assert "Texte 0." not in read(client.get("/discussions/moderation/"))
    client.force_login(people["lise"])
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/discussions/moderation/")
    reported(15)
    with CaptureQueriesContext(connection) as many:
        client.get("/discussions/moderation/")
    assert len(many) == len(few)
