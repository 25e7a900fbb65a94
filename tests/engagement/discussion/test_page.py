"""The page: fair to both sides, as quick with 10,000 comments as with three, and nothing typed is lost."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagement.discussion import services, subjects
from engagement.discussion.models import Comment
from tests.engagement.discussion.bench import TYPE, begin, read, say

pytestmark = pytest.mark.django_db
WRITE = "/discussions/ecrire/"
XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[clic](javascript:alert(1))",
    "[clic](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://espion.example/p.png)",
    '<a href="https://x.example" onclick="alert(1)" style="position:fixed">x</a>',
    "<iframe src=//x.example></iframe><svg/onload=alert(1)>",
    "[x]: <javascript:alert(1)>\n\n[x]",
    "```<script>\n<script>alert(1)</script>\n```",
    '<https://x.example/"onmouseover=alert(1)>',
    "# Titre de la page\n\nTitre\n=====",
]
# Attributes of a tag that do something, and tags that no comment has.
DANGER = re.compile(r"<[^>]*\s(on\w+|style|src)\s*=|<(script|img|iframe|svg|h\d|style)|href=.(javascript|data):", re.I)


def given(**changes) -> dict:
    return {
        "sujet": subjects.token(TYPE, 1),
        "stance": "for",
        "text": "Bonne idée.",
        "submission": uuid.uuid4(),
    } | changes


def texts(client, query="") -> list[str]:
    page = read(client.get(f"/essai/1/{query}"))
    return re.findall(r'talk__text prose"><p>(.*?)</p>', page)


MANY = """
WITH roots AS (
    INSERT INTO discussion_comment (reference, submission, subject_type, subject_key, title, territories, stance,
                                    author_id, official, text, supports, hidden)
    SELECT upper(substr(md5(random()::text), 1, 12)), gen_random_uuid(), %(type)s, '1', 'x', '{}',
           (ARRAY['for', 'against', 'against', 'question'])[1 + number %% 4], %(author)s, '', 'Texte ' || number,
           number %% 50, ''
    FROM generate_series(1, %(count)s) AS number RETURNING id)
INSERT INTO discussion_comment (reference, submission, subject_type, subject_key, title, territories, stance,
                                author_id, parent_id, official, text, supports, hidden)
SELECT upper(substr(md5(random()::text), 1, 12)), gen_random_uuid(), %(type)s, '1', 'x', '{}', '',
       %(author)s, id, '', 'Réponse.', 0, '' FROM roots, generate_series(1, 5) WHERE id %% 7 = 0
"""


def many(author, count: int) -> None:
    """Rows as the services would have written them, which would take minutes."""
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"type": TYPE, "author": author.pk, "count": count})


def _asks_the_database(user):
    """As a subject's app may well do."""
    return "Service" if user.mandates.exists() else None


def test_each_side_has_the_same_room_and_the_best_of_one_faces_the_best_of_the_other(client, people):
    liked = say(people["amina"], "Contre, soutenu.", "against")
    for number in range(3):
        say(people["amina"], f"Pour {number}.")
    say(people["amina"], "Contre, récent.", "against")
    say(people["amina"], "Question.", "question")
    services.support(comment=liked, user=people["karim"])
    assert texts(client) == ["Pour 2.", "Contre, soutenu.", "Pour 1.", "Contre, récent.", "Pour 0."]
    assert texts(client, "?tri=recents")[:2] == ["Pour 2.", "Contre, récent."]
    assert texts(client, "?avis=questions") == ["Question."]
    assert texts(client, "?avis=contre") == ["Contre, soutenu.", "Contre, récent."]
    page = read(client.get("/essai/1/?autre=reste&avis=pour"))
    assert "?autre=reste&amp;avis=contre#discussion" in page


def test_ten_thousand_comments_cost_as_many_queries_as_ten(client, town, people):
    begin(town, answers=_asks_the_database, moderates=_asks_the_database)
    client.force_login(people["karim"])
    many(people["amina"], 8)
    client.get("/essai/1/")
    with CaptureQueriesContext(connection) as few:
        client.get("/essai/1/")
    many(people["amina"], 10_000)
    with CaptureQueriesContext(connection) as lots:
        page = client.get("/essai/1/?suite=7")
    assert len(lots) == len(few)
    assert "Page 7 sur 501" in read(page)
    assert sum(float(query["time"]) for query in lots) < 0.5
    with CaptureQueriesContext(connection) as thread:
        client.get(Comment.objects.filter(stance="for").first().get_absolute_url())
    assert len(thread) <= len(few)


@pytest.mark.parametrize(
    "query", ["?suite=-1", "?suite=x", "?suite=99999999999999999999", "?avis=x&tri=%00", "?ecrit=%00'"]
)
def test_a_strange_address_shows_the_discussion(client, people, query):
    client.force_login(people["amina"])
    say(people["amina"], "Là.")
    assert texts(client, query) == ["Là."]


def test_ones_own_new_words_stand_first_whatever_the_order(client, people):
    client.force_login(people["amina"])
    services.support(comment=say(people["odile"], "Soutenu."), user=people["karim"])
    answer = client.post(WRITE, given(text="Tout neuf."))
    assert answer.url.startswith("/essai/1/?ecrit=")
    assert texts(client, answer.url.removeprefix("/essai/1/").partition("#")[0])[0] == "Tout neuf."


def test_the_same_form_twice_gives_one_comment_and_nobody_elses(client, people):
    client.force_login(people["amina"])
    form = given()
    assert client.post(WRITE, form).url == client.post(WRITE, form).url
    assert Comment.objects.count() == 1
    client.force_login(people["karim"])
    refused = client.post(WRITE, form | {"text": "Le mien."})
    assert refused.status_code == 422
    assert "Le mien." in read(refused)


@pytest.mark.parametrize("text", XSS)
def test_no_text_becomes_a_script_or_a_heading_of_the_page(people, text):
    html = say(people["amina"], text).html
    assert not DANGER.search(html), html


def test_the_words_of_the_corpus_are_what_the_check_above_would_find():
    assert DANGER.search(XSS[0])
    assert DANGER.search(XSS[1])
    assert DANGER.search(XSS[5])


def test_ten_megabytes_are_refused_with_a_message_and_the_beginning_is_kept(client, people):
    client.force_login(people["amina"])
    answer = client.post(WRITE, given(text="début " + "é" * 5_000_000))
    page = read(answer)
    assert answer.status_code == 422
    assert "5 000 006 caractères" in page
    assert "début éééé" in page
    assert len(page) < 100_000
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"text": ""}, 422),
        ({"text": " \0\u200b "}, 422),
        ({"stance": "maybe"}, 422),
        ({"stance": ""}, 422),
        ({"submission": "x"}, 422),
        ({"sujet": "x"}, 404),
        ({"sujet": subjects.USE + "\0"}, 404),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, people, changes, status):
    client.force_login(people["amina"])
    answer = client.post(WRITE, given(**changes))
    assert answer.status_code == status
    if "text" not in changes and status == 422:
        assert "Bonne idée." in read(answer)
    assert not Comment.objects.exists()


def test_zero_bytes_and_commands_of_direction_are_dropped(client, people):
    client.force_login(people["amina"])
    client.post(WRITE, given(text="a\0b\u202ec"))
    assert Comment.objects.get().text == "abc"
    for path in ("soutenir", "repondre", "modifier", "retirer", "signaler"):
        assert client.post(f"/discussions/NICHTDA/{path}/").status_code == 404
        assert client.post(f"/discussions/A%00B/{path}/").status_code == 404


def test_one_writes_no_more_than_one_can_and_keeps_the_text(client, people, settings):
    settings.DISCUSSION_LIMIT = 2
    client.force_login(people["amina"])
    for number in range(3):
        answer = client.post(WRITE, given(text=f"Texte {number}."))
    assert answer.status_code == 422
    assert "Texte 2." in read(answer)
    assert Comment.objects.count() == 2


def test_what_a_visitor_typed_waits_until_they_have_signed_in(client, people, mailoutbox):
    argument = say(people["amina"])
    answer = client.post(WRITE, given(text="Écrit avant.", stance="against"))
    assert answer.url.startswith("/compte/connexion/?next=")
    client.post(answer.url, {"login": people["karim"].email, "next": "/"})
    client.force_login(people["karim"])
    page = read(client.get(f"{WRITE}?sujet={given()['sujet']}"))
    assert "Écrit avant." in page
    assert re.search(r'value="against"[^>]*checked', page)
    assert Comment.objects.get() == argument
    client.logout()
    back = client.post(f"/discussions/{argument.reference}/soutenir/", {"retour": "https://x.example/"})
    assert "x.example" not in back.url


def test_an_expired_form_comes_back_whole(people):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(people["amina"])
    answer = client.post(WRITE, given(text="Long travail."))
    assert "Long travail." in read(answer)
    assert "Cette page avait expiré" in read(answer)
    assert not Comment.objects.exists()


def test_without_script_support_is_said_and_taken_back(client, people):
    argument = say(people["amina"], "Bien.")
    client.force_login(people["karim"])
    path, back = f"/discussions/{argument.reference}/soutenir/", "/essai/1/?tri=recents"
    for fields, count in (({}, 1), ({}, 1), ({"annuler": 1}, 0), ({"annuler": 1}, 0)):
        answer = client.post(path, fields | {"retour": back})
        assert answer.url == f"{back}#c-{argument.reference}"
        argument.refresh_from_db()
        assert argument.supports == argument.supporters.count() == count
    client.force_login(people["amina"])
    assert "C’est votre texte" in read(client.post(path, {"retour": back}, follow=True))


def test_a_reply_far_down_is_found_by_its_link(client, people):
    argument = say(people["amina"])
    Comment.objects.bulk_create(
        Comment(
            author=people["karim"], subject_type=TYPE, subject_key="1", title="x", parent=argument, text=f"R{number}."
        )
        for number in range(120)
    )
    last = Comment.objects.get(text="R119.")
    answer = client.get(last.get_absolute_url())
    assert answer.url == f"/discussions/{argument.reference}/?suite=3#c-{last.reference}"
    assert "R119." in read(client.get(answer.url))
