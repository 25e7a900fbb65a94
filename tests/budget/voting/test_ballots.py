"""Ballots: one for each voter, secret after the closing, bound in a chain that shows what was added or removed."""

import json
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from budget.participatory.services import Frozen
from budget.voting import checking, pseudonyms, published, services
from budget.voting.models import (
    Ballot,
    BallotKey,
    Cart,
    ChainLink,
    Closing,
    CountedBallot,
    PaperLine,
    Unsealed,
)
from tests.budget.voting.town import HOUR, Vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def vote(town, settings):
    settings.VOTING_BATCH = 3
    return Vote(town)


def refused():
    """Inside it the database refuses what is done, and the test goes on."""
    return pytest.raises(IntegrityError)


def test_the_paper_is_drawn_by_the_seed_and_frozen_by_the_database(town):
    vote = Vote(town, opens=HOUR)
    envelope = vote.envelopes["ouest"]
    before = published.start_of(envelope)
    assert [line.number for line in published.paper(envelope)] == [1, 2, 3, 4]
    vote.propose(envelope, "Trop cher", 101_000_00)
    with pytest.raises(services.PaperError, match="101\u202f000"):
        services.print_paper(budget=vote.budget)
    assert published.start_of(envelope) == before
    opened = {"opens_at": timezone.now() - HOUR}
    vote.budget.phases.filter(kind="voting").update(**opened)
    with pytest.raises(Frozen):
        services.print_paper(budget=type(vote.budget).objects.whole().get())
    for change in (
        lambda: PaperLine.objects.filter(number=1).update(cost=1),
        lambda: PaperLine.objects.filter(number=1).delete(),
        lambda: PaperLine.objects.create(envelope=envelope, number=9, proposal_id=1, title="x", cost=1),
    ):
        with refused(), transaction.atomic():
            change()


def test_a_voter_has_one_ballot_and_one_district(vote):
    first = vote.cast(1, [1])
    second = vote.cast(1, [2, 3])
    assert first != second
    ballot = Ballot.objects.get()
    assert (ballot.receipt, ballot.choices) == (second, "2,3")
    # Somebody who moved votes where they live now: the ballot of the other district is gone.
    vote.cast(1, [4], "est", vote.town.east)
    assert Ballot.objects.get().envelope == vote.envelopes["est"]
    vote.cast(1, [1], "ville")
    assert len(set(Ballot.objects.values_list("pseudonym", flat=True))) == 2
    assert [published.verify(one) for one in vote.envelopes.values()] == [[], [], []]


def test_the_database_takes_ballots_in_the_window_alone(vote):
    vote.cast(1, [1])
    with refused(), transaction.atomic():
        Ballot.objects.all().delete()
    vote.end()
    with refused(), transaction.atomic():
        Ballot.objects.update(choices="2")
    with pytest.raises(services.NotOpen):
        vote.cast(2, [1])


def test_the_chain_is_closed_in_batches_and_forgets_what_came_and_went(vote):
    for _again in range(9):
        vote.cast(1, [1])
    assert (Unsealed.objects.count(), ChainLink.objects.count()) == (1, 0)
    vote.cast(2, [1])
    vote.cast(3, [1])
    link = ChainLink.objects.get()
    assert (len(link.added), link.removed, link.ballots, Unsealed.objects.count()) == (3, [], 3, 0)
    for number in (1, 4, 5):
        vote.cast(number, [2])
    second = ChainLink.objects.get(n=2)
    assert (len(second.added), len(second.removed), second.ballots) == (3, 1, 5)
    assert link.hash not in (second.hash, published.start_of(vote.envelopes["ouest"]))
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        ChainLink.objects.update(ballots=9)


@pytest.mark.parametrize("sealed", [True, False], ids=["in a link", "in the journal"])
def test_a_ballot_removed_added_or_changed_behind_our_back_is_seen(vote, sealed):
    for number in range(3 if sealed else 2):
        vote.cast(number, [1])
    envelope = vote.envelopes["ouest"]
    assert published.verify(envelope) == []
    call_command("check_ballots", "bp", verbosity=0)
    one = Ballot.objects.first()
    for act, said in (
        (lambda: Ballot.objects.filter(pk=one.pk).delete(), "missing"),
        (lambda: Ballot.objects.filter(pk=one.pk).update(choices="4"), "not in the chain"),
        (
            lambda: Ballot.objects.create(
                pseudonym="0" * 64, envelope=envelope, channel="internet", choices="1", commitment="0" * 64
            ),
            "not in the chain",
        ),
    ):
        before = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # as an intruder: no trigger speaks
            act()
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        assert said in " ".join(published.verify(envelope))
        with pytest.raises(CommandError):
            call_command("check_ballots", "bp", verbosity=0)
        transaction.savepoint_rollback(before)
    assert published.verify(envelope) == []


def test_closing_takes_two_people_and_leaves_nothing_that_leads_to_a_voter(vote):
    receipts = {vote.cast(number, [1 + number % 3]) for number in range(5)}
    services.keep_cart(
        poll=services.casting.Poll(vote.budget), voter=vote.voter(9), envelope=vote.envelopes["ouest"], choices="1"
    )
    official, other = vote.official(), vote.administrator()
    with pytest.raises(services.VoteError, match="terminé"):
        services.call_to_close(budget=vote.budget, user=official)
    vote.end()
    with pytest.raises(services.VoteError):
        services.confirm_closing(budget=vote.budget, user=other)
    services.call_to_close(budget=vote.budget, user=official, witnesses="Mme Roux")
    with pytest.raises(services.VoteError):
        services.confirm_closing(budget=vote.budget, user=official)
    closing = services.confirm_closing(budget=vote.budget, user=other)
    for model in (Ballot, BallotKey, Cart, Unsealed):
        assert not model.objects.exists()
    assert set(CountedBallot.objects.values_list("receipt", flat=True)) == receipts
    record = closing.envelopes["ouest"]
    assert (record["ballots"], record["channels"], record["problems"]) == (5, {"internet": 5}, [])
    assert "La maire" in closing.called_by
    assert "Le DGS" in closing.confirmed_by
    with pytest.raises(pseudonyms.KeyGone):
        pseudonyms.key_of(type(vote.budget).objects.get())
    with refused(), transaction.atomic():
        BallotKey.objects.create(budget=vote.budget, sealed="x")
    with refused(), transaction.atomic():
        CountedBallot.objects.create(envelope=vote.envelopes["ouest"], channel="internet")
    with pytest.raises(services.VoteError):
        services.call_to_close(budget=vote.budget, user=official)


def test_rooms_above_read_grouped_votes_once_it_is_closed(vote):
    for number, chosen in enumerate(([1, 2], [2, 1], [3], [])):
        vote.cast(number, chosen)
    with pytest.raises(published.NotClosed):
        list(published.votes(vote.envelopes["ouest"]))
    vote.close()
    assert published.is_closed(vote.budget)
    assert sorted(published.votes(vote.envelopes["ouest"]), key=str) == [
        ({1: 1, 2: 1}, 2, "internet"),
        ({3: 1}, 1, "internet"),
        ({}, 1, "internet"),
    ]


def test_anybody_checks_the_published_files_alone(vote, tmp_path):
    for number in range(7):
        vote.cast(number % 5, [1 + number % 3])
    closing = vote.close()
    envelope = vote.envelopes["ouest"]
    chain, ballots = tmp_path / "chain.json", tmp_path / "ballots.csv"
    chain.write_text(json.dumps(published.chain_file(envelope)))
    ballots.write_text("".join(published.ballot_file(envelope)))
    lines = ballots.read_text().splitlines()
    assert lines[1:] == sorted(lines[1:])

    def check():
        program = [sys.executable, "-I", "-S", checking.__file__, chain, ballots]
        return subprocess.run(program, capture_output=True, text=True, check=False)

    done = check()
    assert done.returncode == 0, done.stdout
    record = closing.envelopes["ouest"]
    assert all(record[name] in done.stdout for name in ("head", "file"))
    for changed in (
        "\n".join(lines[:-1]),
        "\n".join([*lines, lines[1]]),
        "\n".join(lines).replace("internet", "paper", 1),
    ):
        ballots.write_text(changed + "\n")
        assert check().returncode == 1


def test_votes_held_elsewhere_are_taken_in(town):
    vote = Vote(town, opens=HOUR)
    vote.budget.phases.filter(kind="voting").update(opens_at=timezone.now() - 5 * HOUR)
    vote.end()
    envelope = vote.envelopes["ville"]
    closing = services.adopt(
        budget=vote.budget, ballots={envelope: [("1,2", "internet"), ("3", "paper")]}, source="Pabulib"
    )
    assert closing.envelopes["ville"]["channels"] == {"internet": 1, "paper": 1}
    assert published.verify(envelope) == []
    assert Closing.objects.get().source == "Pabulib"
