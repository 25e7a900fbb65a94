"""Two hundred ballots of one voter at the same moment are one ballot, because the database says so."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from budget.participatory.models import Budget
from budget.voting import checking, published, services
from budget.voting.models import Ballot, BallotKey, ChainLink, Unsealed
from budget.voting.polls import Poll
from budget.voting.services import casting
from tests.budget.voting.town import Vote

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TIMES = 200
AT_ONCE = 25  # each with a connection of its own


@pytest.fixture
def vote(town, settings):
    settings.VOTING_BATCH = 3
    return Vote(town)


def at_once(act) -> list:
    """`act(number)` TIMES times from AT_ONCE threads that begin together; what each gave or met."""
    found, start = [], threading.Barrier(AT_ONCE)

    def work(first):
        try:
            start.wait(20)
            for number in range(first, TIMES, AT_ONCE):
                try:
                    found.append(act(number))
                except Exception as error:
                    found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(AT_ONCE)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return found


def ballot(vote, voter: int, number: int) -> str:
    return vote.cast(voter, [1 + number % 4])


def test_two_hundred_ballots_of_one_voter_are_one(vote):
    receipts = at_once(lambda number: ballot(vote, 1, number))
    assert len(set(receipts)) == TIMES
    assert Ballot.objects.get().receipt in receipts
    assert BallotKey.objects.count() == 1
    assert (ChainLink.objects.count(), Unsealed.objects.count()) == (0, 1)
    assert published.verify(vote.envelopes["ouest"]) == []


def test_two_hundred_ballots_of_many_voters_are_all_in_the_chain(vote):
    at_once(lambda number: ballot(vote, number % 50, number))
    assert Ballot.objects.count() == 50
    assert ChainLink.objects.count() > 5
    assert published.verify(vote.envelopes["ouest"]) == []
    vote.close()
    assert published.verify(vote.envelopes["ouest"]) == []
    assert sum(times for _ballot, times, _channel in published.votes(vote.envelopes["ouest"])) == 50


@contextmanager
def no_rule():
    """The table of ballots without its primary key."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE voting_ballot DROP CONSTRAINT voting_ballot_pkey")
        try:
            yield
        finally:
            cursor.execute("TRUNCATE voting_ballot")
            cursor.execute("ALTER TABLE voting_ballot ADD PRIMARY KEY (pseudonym)")


def test_without_the_rule_of_the_database_it_would_be_many(vote):
    """The same acts, written as "look, then update or insert": what the statement of `cast` must not be."""
    envelope = vote.envelopes["ouest"]
    poll = Poll(Budget.objects.whole().get())
    pseudonym = poll.slot(vote.voter(1), "district")
    looked = threading.Barrier(AT_ONCE)

    def naive(number):
        row = casting.sheet(envelope, "internet", str(1 + number % 4))
        row["envelope_id"] = row.pop("envelope")
        with transaction.atomic():
            known = Ballot.objects.filter(pseudonym=pseudonym)
            there = known.exists()
            if number < AT_ONCE:
                looked.wait(20)
            if there:
                known.update(**row)
            else:
                Ballot.objects.bulk_create([Ballot(pseudonym=pseudonym, **row)])

    with no_rule():
        at_once(naive)
        assert Ballot.objects.count() > 1


def test_a_ballot_under_way_when_the_vote_is_closed_is_in_the_record_or_refused(vote):
    """Nobody's receipt is worth nothing: what was answered with a receipt is counted."""
    official, other = vote.official(), vote.administrator()
    receipts, polls = [], Budget.objects.whole().get()
    started = threading.Barrier(AT_ONCE + 1)
    envelope = vote.envelopes["ouest"]
    assert polls.allows("vote")

    def go_on(first):
        try:
            poll = Poll(polls)
            started.wait(20)
            for number in range(first, TIMES, AT_ONCE):
                try:
                    receipts.append(
                        services.cast(poll=poll, voter=vote.voter(number), envelope=envelope, given={1: 1})
                    )
                except Exception:
                    return
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(AT_ONCE)]
    [thread.start() for thread in threads]
    started.wait(20)
    while not receipts and any(thread.is_alive() for thread in threads):
        pass
    vote.end()
    services.call_to_close(budget=vote.budget, user=official)
    services.confirm_closing(budget=vote.budget, user=other)
    [thread.join() for thread in threads]
    assert receipts
    counted = {row[0] for row in published.ballot_rows(envelope)}
    assert counted == set(receipts)
    assert published.verify(envelope) == []
    assert checking.check(published.chain_file(envelope), published.ballot_rows(envelope))[1] == []
