"""What studies keep of a person: which agent wrote them, who asked for them, who signed."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import Holding, register
from budget.evaluation.models import Assignment, Decision, Study


def _export(user: User) -> list[dict]:
    asked = Assignment.objects.filter(assigned_by=user).select_related("proposal").order_by("pk")
    wrote = Study.objects.filter(author=user).select_related("assignment__proposal").order_by("pk")
    signed = Decision.objects.filter(signed_by=user).select_related("proposal").order_by("pk")
    return [
        *({"asked_for_a_study_of": one.proposal.reference, "on": one.created_at.isoformat()} for one in asked),
        *(
            {
                "studied": one.assignment.proposal.reference,
                "verdict": one.verdict,
                "reason": one.reason,
                "note": one.note,
                "written": one.created_at.isoformat(),
            }
            for one in wrote
        ),
        *(
            {"signed": one.proposal.reference, "as": one.signed_name, "on": one.signed_at.isoformat()}
            for one in signed
        ),
    ]


def _erase(user: User) -> int:
    """What was studied and signed belongs to the public body; nothing leads to the account any more.

    The name under which an official signed stays, as on any public act.
    """
    written = Study.objects.filter(author=user).count() + Decision.objects.filter(signed_by=user).count()
    return written + Assignment.objects.filter(assigned_by=user).update(assigned_by=None)


register(
    Holding(
        name="evaluation",
        purpose=_("Know inside the services who studied a proposal, and publicly which official signed."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("As long as the budget; once the account is closed nothing says who wrote a study."),
        export=_export,
        erase=_erase,
    )
)
