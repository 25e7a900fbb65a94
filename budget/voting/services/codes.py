"""Voting codes: made, given once, kept as digests."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from budget.participatory.models import Budget, Where
from budget.voting import codes
from budget.voting.models import CodeBatch, VotingCode
from budget.voting.services.casting import VoteError
from geo.models import Territory

MOST = 100_000


def digest(budget: Budget, code: str) -> str:
    """HMAC-SHA256 under a key made from SECRET_KEY: the database alone tells nobody a code (docs/adr/0007)."""
    return salted_hmac(f"budget.voting.code {budget.pk}", code, algorithm="sha256").hexdigest()


@transaction.atomic
def make_codes(
    *,
    budget: Budget,
    label: str,
    count: int,
    user: User | None,
    territory: Territory | None = None,
    desk: bool = False,
    now: dt.datetime | None = None,
) -> tuple[CodeBatch, list[str]]:
    """A batch of codes and their texts, which nobody can read again: number n of the batch is the n-th text.

    `territory` is where their holders live. Raises VoteError where the vote is over or the count impossible.
    """
    if budget.is_over("voting"):
        raise VoteError(_("The vote is over: codes would open nothing."))
    if not 0 < count <= MOST:
        raise VoteError(_("Make between 1 and %(most)s codes at once.") % {"most": MOST})
    texts = sorted({codes.make() for _number in range(count)}) if count > 1 else [codes.make()]
    batch = CodeBatch.objects.create(
        budget=budget,
        label=label,
        desk=desk,
        territory=territory,
        count=len(texts),
        made_by=user,
        made_at=now or timezone.now(),
    )
    VotingCode.objects.bulk_create(
        (VotingCode(batch=batch, number=n, digest=digest(budget, text)) for n, text in enumerate(texts, 1)),
        batch_size=5000,
    )
    return batch, texts


def needs_district(budget: Budget) -> bool:
    """Whether codes should say where their holders live."""
    return budget.votes_where == Where.RESIDENCE and budget.envelopes.filter(scope="territory").exists()


def desk_code(*, budget: Budget, user: User, territory: Territory | None = None) -> str:
    """One code for somebody who has shown at a desk who they are. Raises VoteError."""
    if not budget.allows("vote"):
        raise VoteError(_("The vote is not open: no ballot can be cast."))
    label = _("Desk")
    _batch, texts = make_codes(budget=budget, label=label, count=1, user=user, territory=territory, desk=True)
    return texts[0]


@transaction.atomic
def replace_code(*, budget: Budget, batch: CodeBatch, number: int) -> str:
    """Another code for the same voter, whose letter was lost: the old one opens nothing, their ballot stays theirs.

    Raises VoteError where there is no such number.
    """
    row = VotingCode.objects.select_for_update().filter(batch=batch, batch__budget=budget, number=number).first()
    if row is None:
        raise VoteError(_("This batch has no code of that number."))
    text = codes.make()
    row.digest = digest(budget, text)
    row.save(update_fields=["digest"])
    return text


@transaction.atomic
def revoke_batch(*, batch: CodeBatch) -> None:
    """Codes of this batch open nothing any more; ballots cast with them stay. Twice is once."""
    CodeBatch.objects.filter(pk=batch.pk, revoked_at=None).update(revoked_at=timezone.now())


def known_code(budget: Budget, text: str) -> VotingCode | None:
    """The code of that text, if it opens this vote. Raises ValueError where no code is written like this."""
    rows = VotingCode.objects.select_related("batch__territory")
    return rows.filter(digest=digest(budget, codes.read(text)), batch__budget=budget, batch__revoked_at=None).first()
