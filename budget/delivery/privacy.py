"""What the works keep of a person: the official who signed."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import Holding, register
from budget.delivery.models import Signature


def _export(user: User) -> list[dict]:
    rows = Signature.objects.filter(signer=user).select_related("envelope__budget")
    return [
        {
            "budget": one.envelope.budget.title,
            "envelope": one.envelope.title,
            "name": one.signer_name,
            "text": one.text,
            "signed": one.signed_at.isoformat(),
        }
        for one in rows
    ]


register(
    Holding(
        name="delivery_signatures",
        purpose=_("Let everybody read which elected official answers for the works of a district."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("For good: it is an act of an elected office; once the account is closed nothing leads to it."),
        export=_export,
        erase=lambda user: Signature.objects.filter(signer=user).count(),
    )
)
