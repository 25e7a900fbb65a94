"""A proof of work is asked for in a flood, made once, used once, and good for one form alone."""

import base64
import json
import threading

import altcha
import pytest
from django import forms
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from common import proof


@pytest.fixture(autouse=True)
def _asked_for(settings):
    settings.PROOF = True
    settings.PROOF_EFFORT = 200


def solved(act="essai", **changes) -> str:
    challenge = proof.make(act, seconds=changes.pop("seconds", proof.VALID_FOR))
    found = altcha.solve_challenge(challenge)
    payload = {
        "algorithm": challenge.algorithm,
        "challenge": challenge.challenge,
        "number": found.number,
        "salt": challenge.salt,
        "signature": challenge.signature,
    }
    return encoded(payload | changes)


def encoded(payload) -> str:
    return base64.b64encode(json.dumps(payload).encode()).decode()


def visit(peer="198.51.100.7"):
    return RequestFactory().post("/", REMOTE_ADDR=peer)


class Form(proof.ProofMixin, forms.Form):
    proof_act = "essai"
    text = forms.CharField()


class FormOrMail(Form):
    proof_by_email = True


def test_only_a_caller_beyond_the_free_amount_is_asked():
    for turn in range(3):
        assert not proof.needed(visit(), "essai"), turn
        proof.note(visit(), "essai")
    assert proof.needed(visit(), "essai")
    assert not proof.needed(visit("198.51.100.8"), "essai")
    assert not proof.needed(visit(), "autre")


def test_in_a_burst_everybody_is_asked(settings):
    settings.PROOF_SITE_FREE = 5
    for number in range(5):
        proof.note(visit(f"198.51.100.{number}"), "essai")
    assert proof.needed(visit("203.0.113.1"), "essai")
    settings.PROOF = False
    assert not proof.needed(visit("203.0.113.1"), "essai")


def test_a_right_proof_passes_once():
    text = solved()
    assert proof.spend("essai", text)
    assert not proof.spend("essai", text)
    # The same proof in other clothes.
    payload = json.loads(base64.b64decode(text))
    assert not proof.spend("essai", encoded(dict(reversed(payload.items()))))


def test_twenty_at_once_with_one_proof_are_one():
    text, start, passed = solved(), threading.Barrier(20), []

    def send():
        start.wait(20)
        passed.append(proof.spend("essai", text))

    threads = [threading.Thread(target=send) for _number in range(20)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(passed) == [False] * 19 + [True]
    cache.delete(f"proof:spent:{json.loads(base64.b64decode(text))['challenge']}")
    assert proof.spend("essai", text), "control: what refused the others was the note that it is spent"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda: solved(seconds=-1), id="expired"),
        pytest.param(lambda: solved("autre"), id="made for another form"),
        pytest.param(lambda: solved(number=201), id="wrong number"),
        pytest.param(lambda: solved(signature="0" * 64), id="forged signature"),
        pytest.param(lambda: solved(salt="abc?expires=99999999999&"), id="longer life"),
        pytest.param(lambda: solved(salt="a?b?c?d"), id="salt that cannot be taken apart"),
        pytest.param(lambda: solved(salt="\ud800"), id="salt that is no text"),
        pytest.param(lambda: solved(algorithm="MD5"), id="unknown algorithm"),
        pytest.param(lambda: solved(number="7"), id="number as text"),
        pytest.param(lambda: solved(challenge=None), id="no challenge"),
        pytest.param(lambda: encoded([1, 2]), id="a list"),
        pytest.param(lambda: encoded(5), id="a number"),
        pytest.param(lambda: base64.b64encode(b"[" * 740).decode(), id="deep"),
        pytest.param(lambda: "é" * 50, id="not base64"),
        pytest.param(lambda: "A" * 1_000_000, id="huge"),
        pytest.param(lambda: "", id="empty"),
    ],
)
def test_what_is_no_proof_is_refused(text):
    assert not proof.spend("essai", text())


def test_a_proof_one_makes_oneself_is_refused():
    challenge = altcha.create_challenge(altcha.ChallengeOptions(hmac_key="mine", number=1))
    assert not proof.spend("essai", encoded(challenge.to_dict() | {"number": 1}))


def flood():
    for _turn in range(3):
        proof.note(visit(), "essai")


def test_a_form_shows_nothing_until_it_is_needed():
    assert "proof" not in Form(request=visit()).fields
    flood()
    assert 'name="proof"' in Form(request=visit()).as_p()


def test_a_form_takes_the_right_proof_and_names_what_is_wrong():
    flood()
    assert Form({"text": "x", "proof": solved()}, request=visit()).is_valid()
    for wrong in ({"proof": solved("autre")}, {"proof": ""}, {}):
        form = Form({"text": "x", **wrong}, request=visit())
        assert list(form.errors) == ["proof"], wrong


def test_without_script_the_person_is_offered_a_mail():
    flood()
    form = FormOrMail({"text": "x", "proof": ""}, request=visit())
    assert form.is_valid()
    assert form.confirm_by_email
    # Whoever loaded the page before the flood is shown the check first; who fails it does not slip through.
    assert not FormOrMail({"text": "x"}, request=visit()).is_valid()
    assert not FormOrMail({"text": "x", "proof": "faux"}, request=visit()).is_valid()
    assert not FormOrMail({"text": "x", "proof": solved()}, request=visit()).confirm_by_email


def test_without_redis_nobody_is_asked_and_a_proof_passes(settings):
    flood()
    assert proof.needed(visit(), "essai")
    text = solved()
    away = settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = settings.CACHES | {"default": away}
    assert not proof.needed(visit(), "essai")
    proof.note(visit(), "essai")
    assert proof.spend("essai", text)


def test_the_challenge_is_new_each_time_and_never_kept(client):
    first, second = (client.get(reverse("proof", args=["essai"])) for _turn in range(2))
    assert first.json()["challenge"] != second.json()["challenge"]
    assert "no-store" in first.headers["Cache-Control"]
    assert client.post(reverse("proof", args=["essai"])).status_code == 405


@pytest.mark.django_db
def test_a_flood_of_sign_in_codes_meets_it_and_writes_nothing(client, mailoutbox):
    def ask(number, **data):
        answer = client.post(reverse("account_login"), {"email": f"p{number}@example.org"} | data)
        client.post(reverse("account_logout"))
        return answer.status_code

    assert [ask(number) for number in range(6)] == [302] * 5 + [200]
    assert (User.objects.count(), len(mailoutbox)) == (5, 5)
    assert 'name="proof"' in client.get(reverse("account_login")).content.decode()
    text = solved("sign-in")
    assert [ask(7, proof=text), ask(8, proof=text)] == [302, 200]
    assert len(mailoutbox) == 6
