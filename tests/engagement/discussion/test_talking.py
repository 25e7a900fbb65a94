"""Saying something, answering, changing one's words: who reads it, and who is told."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction
from django.utils import timezone

from accounts import privacy
from accounts.models import Verification
from engagement.activity import sending
from engagement.activity import services as activity
from engagement.activity.models import Activity, Notification
from engagement.activity.rhythms import after_quiet
from engagement.discussion import services
from engagement.discussion.models import Comment, Flag, Support, Version
from tests.engagement.discussion.bench import TYPE, begin, plain, read, say, state

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def told() -> dict[str, str]:
    """Address -> subject of the mails that left now."""
    mail.outbox.clear()
    while activity.hand_on():
        pass
    activity.send_waiting()
    return {message.to[0]: plain(message.subject) for message in mail.outbox}


def test_an_act_is_written_with_the_words_and_followers_and_the_author_of_the_subject_are_told(town, people):
    begin(town, people=(people["odile"],))
    activity.follow(user=people["karim"], object_type=TYPE, object_key="1", title="Un banc", url="/essai/1/")
    comment = say(people["amina"], "Ma mère a 82 ans.", "for")
    act = Activity.objects.get()
    assert (act.verb, act.object_type, act.object_key) == ("discussion.commented", TYPE, "1")
    assert (act.place.coords, act.territories) == (town.IN_WEST.coords, [town.west.pk, town.commune.pk])
    assert "82 ans" not in f"{act.summary}{act.data}", "words that may be withdrawn stand in no record that stays"
    assert told() == dict.fromkeys(["karim@example.org", "odile@example.org"], "Nouvel avis : Un banc au square")
    odile = next(message for message in mail.outbox if message.to == ["odile@example.org"])
    assert "Ma mère a 82 ans." in odile.body
    assert comment.get_absolute_url() in odile.body
    assert "/discussions/courriels/arreter/" in odile.extra_headers["List-Unsubscribe"]


def test_who_is_answered_and_who_is_named_is_told_once_and_strangers_are_not(town, people):
    town.person("autre@example.org", display_name="Autre")
    jean = town.person("jean@example.org", display_name="Jean")
    paul = town.person("paul@example.org", display_name="Jean Paul")
    argument = say(people["amina"])
    for one in (people["karim"], jean, paul):
        say(one, stance="question")
    told()
    say(people["odile"], "@Amina @karim, @Jean Paul et @Autre : regardez. @Odile aussi.", "", parent=argument)
    assert told() == {
        "amina@example.org": "Odile vous répond : Un banc au square",
        "karim@example.org": "Odile vous interpelle : Un banc au square",
        "paul@example.org": "Odile vous interpelle : Un banc au square",
    }


def test_one_click_in_a_mail_ends_these_mails(client, people):
    argument = say(people["amina"])
    say(people["karim"], "Non.", "", parent=argument)
    told()
    link = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").partition("/discussions")
    path = "".join(link[1:])
    client.get(path)
    say(people["karim"], "Vraiment.", "", parent=argument)
    assert list(told()) == ["amina@example.org"], "control: looking alone stops nothing"
    assert client.post(path).status_code == 200
    say(people["karim"], "Si.", "", parent=argument)
    assert told() == {}
    assert client.get("/discussions/courriels/arreter/xyz/").status_code == 404


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23 20:59", None),
        ("2026-11-23 21:00", "2026-11-24 07:00"),
        ("2026-11-24 06:59", "2026-11-24 07:00"),
        ("2026-11-24 07:00", None),
    ],
)
def test_the_night_is_quiet(now, until):
    at = dt.datetime.fromisoformat(now).replace(tzinfo=PARIS).astimezone(dt.UTC)
    end = until and dt.datetime.fromisoformat(until).replace(tzinfo=PARIS)
    assert after_quiet(at, since=21, until=7, zone=PARIS) == end


def test_what_is_said_at_night_comes_in_one_mail_in_the_morning(settings, people):
    hour = timezone.localtime().hour
    settings.QUIET_FROM, settings.QUIET_UNTIL = hour, (hour + 1) % 24
    argument = say(people["amina"])
    say(people["karim"], "Un.", "", parent=argument)
    say(people["odile"], "Deux.", "", parent=argument)
    assert told() == {}
    assert sending.send_digests() == 0
    Notification.objects.update(due_at=timezone.now())
    assert sending.send_digests() == 1
    (digest,) = mail.outbox
    assert digest.to == ["amina@example.org"]
    assert digest.body.count("- Nouvelle réponse dans une discussion") == 2
    assert "/discussions/courriels/arreter/" in digest.extra_headers["List-Unsubscribe"]


def test_who_is_answered_very_often_gets_the_rest_in_one_mail(settings, people):
    settings.FOLLOW_INSTANT_PER_HOUR = 2
    argument = say(people["amina"])
    for number in range(4):
        say(people["karim"], f"Réponse {number}.", "", parent=argument)
        told()
    assert Notification.objects.filter(due_at=None).count() == 2
    assert Notification.objects.filter(due_at__gt=timezone.now()).count() == 2


def test_only_who_the_subject_names_answers_officially(town, people):
    argument = say(people["amina"])
    begin(town, answers=lambda user: "Service espaces verts" if user == people["karim"] else None)
    with pytest.raises(PermissionDenied):
        say(people["odile"], "Oui.", "", parent=argument, officially=True)
    answer = say(people["karim"], "Oui.", "", parent=argument, officially=True)
    assert answer.public_name == "Service espaces verts"
    assert told()["amina@example.org"] == "Service espaces verts répond : Un banc au square"
    with pytest.raises(services.NotPossible, match="ne se retire pas"):
        services.withdraw(comment=answer, author=people["karim"])


def test_a_closed_discussion_takes_nothing_and_says_why(client, town, people):
    argument = say(people["amina"])
    begin(town, open=False, closed_reason="Le vote a commencé le 3 mai.")
    acts = [
        lambda: say(people["karim"]),
        lambda: say(people["karim"], stance="", parent=argument),
        lambda: services.support(comment=argument, user=people["karim"]),
        lambda: services.edit(comment=argument, author=people["amina"], text="Autre."),
    ]
    for act in acts:
        with pytest.raises(services.Closed, match="Le vote a commencé"):
            act()
    page = read(client.get("/essai/1/"))
    assert "Le vote a commencé le 3 mai." in page
    assert "<textarea" not in page
    services.withdraw(comment=argument, author=people["amina"])


def test_replies_have_one_level_and_stay_in_their_discussion(town, people):
    argument = say(people["amina"])
    reply = say(people["karim"], "Non.", "", parent=argument)
    with pytest.raises(services.NotPossible):
        say(people["odile"], "Si.", "", parent=reply)
    Comment.objects.filter(pk=argument.pk).update(subject_key="2")
    with pytest.raises(services.NotPossible):
        say(people["odile"], "Si.", "", parent=argument)
    stranger = town.person("sans@example.org", verification=Verification.ANONYMOUS)
    with pytest.raises(PermissionDenied):
        say(stranger)


def test_changed_words_leave_the_earlier_ones_to_be_read(client, people):
    argument = say(people["amina"], "Il faut dix bancs.")
    with pytest.raises(PermissionDenied):
        services.edit(comment=argument, author=people["karim"], text="Aucun.")
    client.force_login(people["amina"])
    path = f"/discussions/{argument.reference}/modifier/"
    assert "Il faut dix bancs." in read(client.get(path))
    client.post(path, {"text": "Il faut deux bancs."})
    client.logout()
    page = read(client.get("/essai/1/"))
    assert "Il faut deux bancs." in page
    assert "Il faut dix bancs." not in page
    assert "Il faut dix bancs." in read(client.get(f"/discussions/{argument.reference}/avant/"))
    with pytest.raises(ProgrammingError), transaction.atomic():
        Version.objects.update(text="Jamais dit.")


def test_withdrawn_words_are_gone_and_their_replies_stay(client, people):
    argument, alone = say(people["amina"], "Mon adresse : 3 rue X."), say(people["amina"], "Seule.")
    services.edit(comment=argument, author=people["amina"], text="Mon adresse : 4 rue X.")
    say(people["karim"], "Je réponds.", "", parent=argument)
    for one in (argument, alone):
        services.withdraw(comment=one, author=people["amina"])
    page = read(client.get("/essai/1/"))
    assert page.count("Retiré par son auteur.") == 1
    assert "Je réponds." in page
    assert not Version.objects.exists()
    assert "rue X" not in str(list(Comment.objects.values()))
    assert list(Activity.objects.filter(public=True).values_list("verb", flat=True)) == ["discussion.replied"]


def test_all_that_is_known_is_handed_out_and_erasing_leaves_text_without_its_author(client, people):
    amina, karim = people["amina"], people["karim"]
    argument, other = say(amina, "Mon avis."), say(karim, "Le sien.")
    services.support(comment=other, user=amina)
    services.flag(comment=other, user=amina, reason="other", note="Je le connais.")
    known = privacy.export(amina)
    assert [one["text"] for one in known["comments"]] == ["Mon avis."]
    assert (len(known["comment_supports"]), known["comment_reports"][0]["note"]) == (1, "Je le connais.")
    privacy.erase(user=amina)
    argument.refresh_from_db()
    assert (argument.author, argument.text) == (None, "Mon avis.")
    assert Support.objects.get().user is None
    assert (Flag.objects.get().user, Flag.objects.get().note) == (None, "")
    assert "Un compte fermé" in read(client.get("/essai/1/"))


def test_who_wants_their_texts_gone_erases_them_all_by_one_button(client, people):
    for text in ("Un.", "Deux."):
        say(people["amina"], text)
    say(people["karim"])
    client.force_login(people["amina"])
    assert "2 textes" in read(client.get("/discussions/retirer-mes-textes/"))
    client.post("/discussions/retirer-mes-textes/")
    assert Comment.objects.exclude(text="").get().author == people["karim"]
    assert Activity.objects.filter(public=True).get().actor == people["karim"]


def test_nothing_is_there_where_the_subject_is_not_for_that_viewer(client, people):
    argument = say(people["amina"])
    assert client.get(argument.get_absolute_url()).status_code == 200
    state.clear()
    assert client.get(argument.get_absolute_url()).status_code == 404
    assert "discussion-title" not in read(client.get("/essai/1/"))
