"""Voting through the pages: by account, by code, right and wrong, and what observers are shown."""

import csv
import io
import re

import pytest
from django.core.cache import cache

from accounts import privacy
from budget.voting import published, services
from budget.voting.codes import check_sign, grouped
from budget.voting.models import Ballot, Cart
from budget.voting.views.casting import CODES_WINDOW
from common import ratelimit
from tests.budget.voting.town import HOUR, Vote

pytestmark = pytest.mark.django_db
DOOR = "/budgets/bp/voter/"
WEST, EAST, CITY = f"{DOOR}ouest/", f"{DOOR}est/", f"{DOOR}ville/"
PROOF = "/budgets/bp/scrutin/"


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def vote(town):
    return Vote(town, amount=60_000_00)


@pytest.fixture
def resident(client, vote):
    client.force_login(vote.resident())
    return client


def numbers(vote, *costs) -> list[int]:
    """Numbers on the western paper of projects of these costs, in thousands of euros."""
    lines = {line.cost: line.number for line in published.paper(vote.envelopes["ouest"])}
    return [lines[cost * 1000_00] for cost in costs]


def cast(client, path, chosen) -> str:
    """Fill the paper in, read it again, cast it; the page of the receipt."""
    answer = client.post(path, {"projet": chosen}, follow=True)
    (written,) = re.findall(r'name="choix" value="([^"]*)"', text(answer))
    return text(client.post(f"{path}relire/", {"choix": written}, follow=True))


def test_a_resident_votes_changes_their_mind_and_finds_their_receipt(resident, vote):
    first = numbers(vote, 10, 20)
    assert "It is the district" in text(resident.get(DOOR)) or "Votre quartier est celui" in text(resident.get(DOOR))
    page = cast(resident, WEST, first)
    receipt = Ballot.objects.get().receipt
    assert receipt in page
    # Another device shows what was cast; nothing there is lost.
    again = text(resident.get(WEST))
    assert all(re.search(rf'value="{number}" checked', again) for number in first)
    cast(resident, WEST, numbers(vote, 30))
    ballot = Ballot.objects.get()
    assert ballot.receipt != receipt
    assert ballot.choices == str(numbers(vote, 30)[0])
    assert resident.get(EAST).status_code == 409
    cast(resident, CITY, [])
    assert Ballot.objects.count() == 2
    wanted = ballot.receipt
    assert wanted not in text(resident.post(PROOF, {"recu": wanted}, follow=True)).replace(f'value="{wanted}"', "")
    vote.close()
    found = text(resident.post(PROOF, {"recu": wanted.lower().replace("-", " ")}))
    assert "30 000" in found.replace("\u202f", " ")
    assert "30 000" not in text(resident.post(PROOF, {"recu": receipt})).replace("\u202f", " ")


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"projet": [1, 2, 3, 4]}, "1,2,3,4"),
        ({"projet": [1, 99]}, "1"),
        ({"projet": [1, 1]}, "1"),
        ({"projet": ["x"]}, ""),
        ({"projet": ["-1"]}, ""),
        ({"projet": ["1" * 5000]}, ""),
        ({"projet": list(range(1, 900))}, "1,2,3,4"),
    ],
    ids=["over the limit", "of another paper", "twice", "no number", "negative", "huge", "hundreds"],
)
def test_a_wrong_ballot_is_refused_in_words_and_kept(resident, vote, data, kept):
    answer = resident.post(WEST, data)
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)
    assert Cart.objects.get().choices == kept
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("written", ["1,2,3,4", "99", "2,1", "1,1", "1:1", "x", "1\n", "9" * 100_000, None])
def test_what_was_changed_between_reading_and_casting_is_refused(resident, vote, written):
    resident.post(WEST, {"projet": [1], "garder": "1"})
    answer = resident.post(f"{WEST}relire/", {} if written is None else {"choix": written})
    assert answer.status_code == 422
    assert Cart.objects.get().choices == "1"
    assert not Ballot.objects.exists()


@pytest.mark.parametrize(
    ("ballot", "right", "said", "wrong"),
    [
        ("approval", {"projet": [1, 2, 3, 4]}, "1,2,3,4", {"projet": [5]}),
        ("one", {"projet": [2]}, "2", {"projet": [1, 2]}),
        ("points", {"points-1": "6", "points-3": "4", "points-2": "0"}, "1:6,3:4", {"points-1": "7"}),
        ("points", {"points-2": ""}, "", {"points-1": "-1"}),
        ("ranking", {"rang-3": "1", "rang-1": "2"}, "3,1", {"rang-3": "1", "rang-1": "1"}),
        ("grades", {"note-1": "4", "note-4": "0"}, "1:4,4:0", {"note-1": "5"}),
    ],
)
def test_each_way_of_voting(client, town, ballot, right, said, wrong):
    vote = Vote(town, ballot=ballot)
    client.force_login(vote.resident())
    assert client.post(WEST, wrong).status_code == 422
    answer = client.post(WEST, right, follow=True)
    assert answer.redirect_chain[-1][0] == f"{WEST}relire/"
    client.post(f"{WEST}relire/", {"choix": said})
    assert Ballot.objects.get().choices == said
    vote.close()
    ((given, times, _channel),) = published.votes(vote.envelopes["ouest"])
    assert times == 1
    assert len(given) == len([part for part in said.split(",") if part])


def test_after_the_end_nothing_is_taken_and_what_was_chosen_is_shown(resident, vote):
    resident.post(WEST, {"projet": numbers(vote, 10)})
    vote.end()
    answer = resident.post(f"{WEST}relire/", {"choix": str(numbers(vote, 10)[0])})
    assert answer.status_code == 409
    assert "10 000" in text(answer).replace("\u202f", " ")
    assert not Ballot.objects.exists()
    assert resident.post(WEST, {"projet": [1]}).status_code == 409
    vote.close()
    assert resident.get(WEST).status_code == 409


def test_one_votes_by_code_again_and_never_as_two(client, vote):
    vote.settle(votes_proof="either", votes_age=16)
    _batch, (code, other) = services.make_codes(
        budget=vote.budget, label="Lettres", count=2, user=None, territory=vote.town.west
    )
    wrong = client.post(DOOR, {"code": "1234"})
    assert wrong.status_code == 422
    assert "1234" in text(wrong)
    assert client.post(DOOR, {"code": code.lower().replace("-", "")}).status_code == 302
    assert client.get(WEST).status_code == 409  # age first
    client.post(DOOR, {"honneur": "1"})
    cast(client, WEST, numbers(vote, 10))
    client.post(DOOR, {"terminer": "1"})
    assert client.get(WEST).status_code == 302
    client.post(DOOR, {"code": code})
    client.post(DOOR, {"honneur": "1"})
    assert "checked" in text(client.get(WEST))
    cast(client, WEST, numbers(vote, 20))
    assert Ballot.objects.get().choices == str(numbers(vote, 20)[0])
    # A lost letter gets another code, which is the same voter.
    batch = vote.budget.code_batches.get()
    new = services.replace_code(budget=vote.budget, batch=batch, number=1 if code < other else 2)
    client.post(DOOR, {"terminer": "1"})
    assert client.post(DOOR, {"code": code}).status_code == 422
    client.post(DOOR, {"code": new})
    client.post(DOOR, {"honneur": "1"})
    cast(client, WEST, numbers(vote, 30))
    assert Ballot.objects.count() == 1
    services.revoke_batch(batch=batch)
    assert client.get(WEST).status_code == 302


def test_codes_are_not_guessed(client, vote, settings):
    vote.settle(votes_proof="either")
    settings.VOTING_CODES_LIMIT = 3
    signs = "00000000000"
    guess = grouped(signs + check_sign(signs))
    _batch, (code,) = services.make_codes(budget=vote.budget, label="x", count=1, user=None)
    for _time in range(3):
        assert client.post(DOOR, {"code": guess}).status_code == 422
    assert client.post(DOOR, {"code": code}).status_code == 422
    assert ratelimit.amount("voting:code:127.0.0.1", seconds=CODES_WINDOW) == 3
    cache.clear()
    assert client.post(DOOR, {"code": code}).status_code == 302


def test_the_printer_gets_codes_once_and_the_database_none(client, vote):
    client.force_login(vote.administrator())
    answer = client.post("/agents/scrutins/bp/codes/", {"label": "Lettres", "count": "30", "territory": "T1001-1"})
    rows = list(csv.DictReader(io.StringIO(text(answer))))
    assert [row["numero"] for row in rows] == [str(n) for n in range(1, 31)]
    digests = vote.budget.code_batches.get().codes.values_list("digest", flat=True)
    assert not {row["code"] for row in rows} & set(digests)
    assert services.known_code(vote.budget, rows[4]["code"]).number == 5
    for count in ("0", "-1", "9" * 30, "x", ""):
        assert client.post("/agents/scrutins/bp/codes/", {"label": "x", "count": count}).status_code == 422


def test_what_observers_see_and_when(client, vote, django_assert_max_num_queries):
    vote.cast(1, [1])
    with django_assert_max_num_queries(9):  # however many envelopes
        page = text(client.get(PROOF))
    assert published.start_of(vote.envelopes["ouest"]) in page
    assert client.get(f"{PROOF}ouest/bulletins.csv").status_code == 404
    assert client.get(f"{PROOF}ouest/chaine.json").json()["links"] == []
    receipt = Ballot.objects.get().receipt
    assert receipt not in page
    vote.close()
    lines = b"".join(client.get(f"{PROOF}ouest/bulletins.csv").streaming_content).decode().splitlines()
    assert lines[0] == "receipt,channel,choices,salt"
    assert lines[1].startswith(f"{receipt},internet,1,")
    assert client.get(f"{PROOF}ouest/bulletins.json").json()["ballots"][0][0] == receipt
    page = text(client.get(PROOF))
    assert "La maire" in page
    assert "Mme Roux" in page
    assert b"hashlib" in client.get("/budgets/verifier.py").content


def test_the_pages_below_tell_of_the_vote(client, vote):
    proposal = published.paper(vote.envelopes["ouest"])[2].proposal
    assert DOOR in text(client.get("/budgets/bp/"))
    page = text(client.get("/budgets/bp/enveloppes/ouest/"))
    assert published.start_of(vote.envelopes["ouest"]) in page
    assert re.search(r"\b3\b", text(client.get(proposal.get_absolute_url())))


def test_nothing_personal_is_kept_of_a_voter(resident, vote):
    user = vote.town.person("autre@example.org")
    cast(resident, WEST, [])
    said = privacy.export(user)["votes"]
    assert said
    assert Ballot.objects.get().receipt not in str(said)


def test_before_the_opening_nothing_can_be_cast(client, town):
    vote = Vote(town, opens=HOUR)
    client.force_login(vote.resident())
    assert client.get(DOOR).status_code == 200
    assert client.post(WEST, {"projet": [1]}).status_code == 409
    assert not Cart.objects.exists()


def test_a_code_is_forgotten_when_somebody_signs_in_and_after_a_rest(town, client, monkeypatch):
    vote = Vote(town, votes_proof="either")
    (code,) = services.make_codes(budget=vote.budget, user=vote.administrator(), label="Lettres", count=1)[1]
    client.post("/budgets/bp/voter/", {"code": code})
    assert client.get("/budgets/bp/voter/").context["by_code"]
    monkeypatch.setattr("budget.voting.people.REST", 0)
    assert not client.get("/budgets/bp/voter/").context["by_code"]
    monkeypatch.undo()
    client.post("/budgets/bp/voter/", {"code": code})
    client.force_login(town.person("autre@example.org", residence=town.west))
    assert not client.get("/budgets/bp/voter/").context["by_code"]


def test_a_receipt_with_a_zero_byte_is_found_nowhere(town, client):
    vote = Vote(town)
    vote.cast(1, [1])
    vote.close()
    assert client.post("/budgets/bp/scrutin/", {"recu": "A\0B"}).status_code == 200
