"""Casting a ballot, and the chain that holds it."""

import secrets
from collections.abc import Mapping

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from budget.participatory.models import Envelope
from budget.voting import checking
from budget.voting.choices import mistakes, written
from budget.voting.models import Ballot, ChainLink, Channel, Unsealed
from budget.voting.models.ballots import new_receipt, new_salt
from budget.voting.polls import Poll, Voter, lines_of
from budget.voting.quiet import quietly
from budget.voting.services.paper import paper_hash

# One statement: the database alone decides whether the ballot is the first of its voter, and its triggers write the
# journal. Returns how many ballots waited in the journal before.
CAST = """
WITH emptied AS (DELETE FROM voting_cart WHERE pseudonym = %(cart)s)
INSERT INTO voting_ballot (pseudonym, envelope_id, channel, choices, receipt, salt, commitment)
VALUES (%(pseudonym)s, %(envelope)s, %(channel)s, %(choices)s, %(receipt)s, %(salt)s, %(commitment)s)
ON CONFLICT (pseudonym) DO UPDATE SET
    envelope_id = EXCLUDED.envelope_id, channel = EXCLUDED.channel, choices = EXCLUDED.choices,
    receipt = EXCLUDED.receipt, salt = EXCLUDED.salt, commitment = EXCLUDED.commitment
RETURNING (SELECT count(*) FROM voting_unsealed WHERE envelope_id = %(envelope)s AND added)
"""

KEEP = """
INSERT INTO voting_cart (pseudonym, envelope_id, choices) VALUES (%(pseudonym)s, %(envelope)s, %(choices)s)
ON CONFLICT (pseudonym) DO UPDATE SET choices = EXCLUDED.choices
"""


class VoteError(ValueError):
    """This ballot cannot be taken; the message says why."""


class NotOpen(VoteError):
    """The vote is not open."""


class NotYours(VoteError):
    """This person does not vote in this envelope."""


class Wrong(VoteError):
    """The ballot says what its paper does not allow; `mistakes` are sentences for the voter."""

    def __init__(self, mistakes: list[str]):
        super().__init__(" ".join(mistakes))
        self.mistakes = mistakes


def refuse_closed(poll: Poll, now=None) -> None:
    """Raises NotOpen where no ballot is taken."""
    if not poll.budget.allows("vote", now):
        raise NotOpen(_("The vote is not open: no ballot can be cast."))


def refuse_strangers(poll: Poll, voter: Voter, envelope: Envelope) -> str:
    """The slot of that person's ballot. Raises NotYours."""
    rights = poll.rights(voter)
    if rights.refusal:
        raise NotYours(rights.refusal)
    if envelope.pk not in rights.open:
        raise NotYours(_("You do not vote in “%(envelope)s”.") % {"envelope": envelope})
    if rights.asks_age:
        raise NotYours(_("First say on your honour that you are old enough to vote."))
    return rights.slots[envelope.pk]


def cast(*, poll: Poll, voter: Voter, envelope: Envelope, given: Mapping[int, int]) -> str:
    """Take a ballot, in place of the one this voter has, in one statement; returns the receipt.

    `given` is {number: value} (budget.voting.choices). One voter has one ballot for an envelope (or for all districts,
    where one votes in one), however many come at once. Raises NotOpen, NotYours, Wrong.
    """
    refuse_closed(poll)
    slot = refuse_strangers(poll, voter, envelope)
    limits = poll.limits(envelope)
    if wrong := mistakes(limits, given):
        raise Wrong(wrong)
    row = sheet(envelope, Channel.INTERNET, written(limits.kind, given))
    row |= {"pseudonym": poll.slot(voter, slot), "cart": poll.cart(voter, envelope)}
    try:
        ((waiting,),) = quietly(CAST, row)
    except IntegrityError as refused:
        if "the vote is not open" not in str(refused):
            raise
        raise NotOpen(_("The vote is not open: no ballot can be cast.")) from None
    if waiting + 1 >= settings.VOTING_BATCH:
        seal(envelope=envelope)
    return row["receipt"]


def sheet(envelope: Envelope, channel: str, choices: str) -> dict:
    """The columns of a new ballot without its voter."""
    row = {
        "envelope": envelope.pk,
        "channel": str(channel),
        "choices": choices,
        "receipt": new_receipt(),
        "salt": new_salt(),
    }
    row["commitment"] = checking.commitment(row["receipt"], row["channel"], row["choices"], row["salt"])
    return row


def add_paper_ballots(*, envelope: Envelope, choices: list[str]) -> None:
    """Put valid paper ballots, written as budget.voting.choices does, beside the others. They have no voter."""
    rows = [sheet(envelope, Channel.PAPER, one) for one in choices]
    Ballot.objects.bulk_create(
        [
            Ballot(
                pseudonym=secrets.token_hex(32),
                envelope=envelope,
                **{name: row[name] for name in ("channel", "choices", "receipt", "salt", "commitment")},
            )
            for row in rows
        ],
        batch_size=1000,
    )
    seal(envelope=envelope)


def keep_cart(*, poll: Poll, voter: Voter, envelope: Envelope, choices: str) -> None:
    """Keep what somebody put together, right or wrong, for when they come back. Raises NotOpen, NotYours."""
    refuse_closed(poll)
    refuse_strangers(poll, voter, envelope)
    row = {"pseudonym": poll.cart(voter, envelope), "envelope": envelope.pk, "choices": choices}
    quietly(KEEP, row)


@transaction.atomic
def seal(*, envelope: Envelope, least: int | None = None) -> ChainLink | None:
    """Close a link over the journal of an envelope where it holds at least `least` (settings.VOTING_BATCH) ballots.

    Nobody waits for it: where somebody else is at it, or there are too few, nothing happens and the next ballot tries
    again. At the closing of the vote (`least` 0) the journal is the caller's alone.
    """
    least = settings.VOTING_BATCH if least is None else least
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('voting.seal'), %s)", [envelope.pk % 2**31])
        if not cursor.fetchone()[0]:
            return None
        if Unsealed.objects.filter(envelope=envelope, added=True).count() < least:
            return None
        cursor.execute("DELETE FROM voting_unsealed WHERE envelope_id = %s RETURNING commitment, added", [envelope.pk])
        entries = cursor.fetchall()
    if not entries:
        return None
    added = sorted(commitment for commitment, came in entries if came)
    return append(envelope, added, sorted(commitment for commitment, came in entries if not came))


def append(envelope: Envelope, added: list[str], removed: list[str]) -> ChainLink:
    """The next link. The caller holds the envelope's chain."""
    last = ChainLink.objects.filter(envelope=envelope).order_by("-n").defer("added", "removed").first()
    n, ballots = (last.n + 1, last.ballots) if last else (1, 0)
    ballots += len(added) - len(removed)
    previous = last.hash if last else paper_hash(envelope, lines_of(envelope))
    return ChainLink.objects.create(
        envelope=envelope,
        n=n,
        ballots=ballots,
        added=added,
        removed=removed,
        hash=checking.link_hash(previous, n, ballots, added, removed),
    )
