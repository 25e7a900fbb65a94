"""What the vote keeps of a person: nothing by name. The codes somebody made at work, and what they typed of paper."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.privacy import Holding, register
from budget.voting.models import BallotKey, ClosingCall, CodeBatch, Typing


def _export(user: User) -> list[dict]:
    """Said to everybody alike: whether this person has voted stands nowhere beside their name."""
    return [
        {
            "budget": key.budget.title,
            "kept": _(
                "If you have voted, your ballot is kept under a pseudonym until the vote is closed, and then without "
                "one. It is no part of this file: whoever had the file would know your vote. While the vote is open "
                "you see it on its page."
            ),
        }
        for key in BallotKey.objects.select_related("budget")
    ]


register(
    Holding(
        name="votes",
        purpose=gettext_lazy("Let each person vote once, in secret, and change their mind."),
        legal_basis=gettext_lazy("GDPR art. 6(1)(e): public-interest task"),
        retention=gettext_lazy(
            "A pseudonym until the vote is closed, when the key that leads to it is destroyed; the ballot stays, "
            "without anything that leads to a person."
        ),
        export=_export,
        erase=lambda user: 0,
    )
)


def _work(user: User) -> list[dict]:
    batches = CodeBatch.objects.filter(made_by=user)
    typed = Typing.objects.filter(typist=user).select_related("bundle__booth")
    calls = ClosingCall.objects.filter(called_by=user)
    return [
        *({"codes": one.label, "made": one.made_at.isoformat()} for one in batches),
        *({"bundle": one.bundle.number, "booth": one.bundle.booth.name} for one in typed),
        *({"closing_called": one.called_at.isoformat()} for one in calls),
    ]


def _erase_work(user: User) -> int:
    return (
        CodeBatch.objects.filter(made_by=user).update(made_by=None)
        + Typing.objects.filter(typist=user).update(typist=None)
        + ClosingCall.objects.filter(called_by=user).delete()[0]
    )


register(
    Holding(
        name="votes-work",
        purpose=gettext_lazy("Know who made codes, typed paper ballots and called to close a vote."),
        legal_basis=gettext_lazy("GDPR art. 6(1)(e): public-interest task"),
        retention=gettext_lazy("As long as the account; the public record of a closing keeps the names in it."),
        export=_work,
        erase=_erase_work,
    )
)
