"""The end of a vote: by two people, at once for all envelopes, and for good."""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.rules import mandates
from budget.participatory.models import Budget, Envelope
from budget.participatory.rules import chain
from budget.voting import checking, published
from budget.voting.models import (
    Ballot,
    BallotKey,
    Cart,
    ChainLink,
    Closing,
    ClosingCall,
    CountedBallot,
    PaperLine,
    Unsealed,
)
from budget.voting.services.casting import VoteError, append, seal, sheet
from engagement.activity import services as activity

CLOSERS = (Role.OFFICIAL, Role.ADMINISTRATOR)
CLOSES = "voting.close_vote"
# What PostgreSQL would keep for a while after it was deleted.
EMPTIED = (BallotKey, Ballot, Cart, Unsealed)


def refuse_early(budget: Budget) -> None:
    """Raises VoteError where the vote is not over, is closed already, or paper waits to be accepted."""
    if Closing.objects.filter(budget=budget).exists():
        raise VoteError(_("The vote is closed already."))
    if not budget.is_over("voting"):
        raise VoteError(_("The vote is not over: it can be closed once its phase is."))
    waiting = ", ".join(budget.booths.filter(accepted_at=None).values_list("name", flat=True))
    if waiting:
        raise VoteError(_("The ballots of these booths wait to be accepted: %(names)s.") % {"names": waiting})


def in_office(user: User, budget: Budget) -> str:
    """Name and mandate by which that person closes, as the public record says it. Raises PermissionDenied."""
    if not user.has_perm(CLOSES, budget):
        raise PermissionDenied
    places = chain(budget.territory)
    held = next((one for one in mandates(user, *CLOSERS) if one.territory_id in places), None)
    return f"{user.display_name or _('no public name')} ({held.in_words()})" if held else str(user)


@transaction.atomic
def call_to_close(
    *, budget: Budget, user: User, witnesses: str = "", remarks: str = "", now: dt.datetime | None = None
) -> ClosingCall:
    """Ask to close; somebody else confirms. Raises VoteError, PermissionDenied."""
    in_office(user, budget)
    refuse_early(budget)
    return ClosingCall.objects.update_or_create(
        budget=budget,
        defaults={
            "called_by": user,
            "witnesses": witnesses,
            "remarks": remarks,
            "called_at": now or timezone.now(),
        },
    )[0]


@transaction.atomic
def withdraw_call(*, budget: Budget, user: User) -> None:
    """Take the call back. Raises PermissionDenied."""
    in_office(user, budget)
    ClosingCall.objects.filter(budget=budget).delete()


@transaction.atomic
def confirm_closing(*, budget: Budget, user: User, now: dt.datetime | None = None) -> Closing:
    """Close the vote: ballots are copied without pseudonyms, the key is destroyed, the record is written.

    Raises VoteError where nobody called for it, the same person did, or it is too early; PermissionDenied.
    """
    confirmed_by = in_office(user, budget)
    with connection.cursor() as cursor:
        # Waits for ballots under way, and lets none in until the record stands.
        cursor.execute("LOCK TABLE voting_ballot IN SHARE ROW EXCLUSIVE MODE")
    call = (
        ClosingCall.objects.select_for_update(of=("self",)).select_related("called_by").filter(budget=budget).first()
    )
    refuse_early(budget)
    if call is None:
        raise VoteError(_("Somebody must call to close the vote first."))
    if call.called_by_id == user.pk:
        raise VoteError(_("Another person confirms the closing: two are needed."))
    problems = {}
    for envelope in budget.envelopes.all():
        envelope.budget = budget
        problems[envelope.slug] = published.verify(envelope)
        seal(envelope=envelope, least=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO voting_countedballot (receipt, envelope_id, channel, choices, salt)"
            " SELECT receipt, envelope_id, channel, choices, salt FROM voting_ballot"
            " WHERE envelope_id IN (SELECT id FROM participatory_envelope WHERE budget_id = %s) ORDER BY receipt",
            [budget.pk],
        )
    closing = _record(
        budget,
        now,
        problems,
        called_by=in_office(call.called_by, budget),
        confirmed_by=confirmed_by,
        witnesses=call.witnesses,
        remarks=call.remarks,
    )
    activity.record(
        verb="voting.closed",
        actor=user,
        object_type="budget",
        object_key=budget.pk,
        title=budget.title,
        url=reverse("voting:proof", args=[budget.slug]),
        territories=[budget.territory_id],
    )
    call.delete()
    Ballot.objects.filter(envelope__budget=budget).delete()
    Cart.objects.filter(envelope__budget=budget).delete()
    BallotKey.objects.filter(budget=budget).update(sealed=secrets.token_hex(100))
    BallotKey.objects.filter(budget=budget).delete()
    transaction.on_commit(sweep_up)
    return closing


def _record(budget: Budget, now: dt.datetime | None, problems: Mapping[str, list[str]], **names) -> Closing:
    found = {}
    for envelope in budget.envelopes.filter(paper__isnull=False).distinct():
        envelope.budget = budget
        links = ChainLink.objects.filter(envelope=envelope).order_by("-n").values_list("n", "hash")
        last = links.first()
        counted = CountedBallot.objects.filter(envelope=envelope)
        channels = dict(counted.order_by().values_list("channel").annotate(Count("pk")))
        found[envelope.slug] = {
            "ballots": sum(channels.values()),
            "channels": channels,
            "links": last[0] if last else 0,
            "head": last[1] if last else published.start_of(envelope),
            "file": checking.file_hash(published.ballot_file(envelope, closed=True)),
            "problems": problems.get(envelope.slug, []),
        }
    return Closing.objects.create(budget=budget, closed_at=now or timezone.now(), envelopes=found, **names)


def sweep_up() -> None:
    """Have PostgreSQL give back the room of deleted keys, pseudonyms and carts now: until then they could be read."""
    tables = ", ".join(model._meta.db_table for model in EMPTIED)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (FULL) {tables}")


@transaction.atomic
def adopt(
    *,
    budget: Budget,
    ballots: Mapping[Envelope, Iterable[tuple[str, str]]],
    source: str = "",
    now: dt.datetime | None = None,
    **record: str,
) -> Closing:
    """Take in the ballots of a vote that was held elsewhere and is over, and close it.

    `ballots` are (choices as budget.voting.choices writes them, channel) by envelope; the paper must be there
    (`lay_paper` before the phases are set). They are in the chain in one link; the record names the `source`, or
    who closed it (`record`: called_by, confirmed_by, witnesses, remarks). Raises VoteError where the vote is closed or
    not over.
    """
    refuse_early(budget)
    for envelope, rows in ballots.items():
        envelope.budget = budget
        sheets = sorted(
            (sheet(envelope, channel, choices) for choices, channel in rows), key=lambda one: one["receipt"]
        )
        CountedBallot.objects.bulk_create(
            (
                CountedBallot(
                    envelope=envelope, **{name: one[name] for name in ("receipt", "channel", "choices", "salt")}
                )
                for one in sheets
            ),
            batch_size=5000,
        )
        append(envelope, sorted(one["commitment"] for one in sheets), [])
    return _record(budget, now, {}, source=source, **record)


def lay_paper(*, envelope: Envelope, proposals: list) -> None:
    """Put proposals on the paper in this very order: for votes held elsewhere, before their phases are set."""
    PaperLine.objects.bulk_create(
        PaperLine(envelope=envelope, number=number, proposal=one, title=one.title, cost=one.price)
        for number, one in enumerate(proposals, 1)
    )
