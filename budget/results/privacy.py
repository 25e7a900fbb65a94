"""What results keep of a person: who asked for a count."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import Holding, register
from budget.results.models import CountOrder


def _export(user: User) -> list[dict]:
    rows = CountOrder.objects.filter(asked_by=user).select_related("envelope__budget")
    return [
        {"budget": one.envelope.budget.title, "envelope": one.envelope.title, "asked": one.asked_at.isoformat()}
        for one in rows
    ]


register(
    Holding(
        name="count_orders",
        purpose=_("Know who in office had the votes counted."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("As long as the result; once the account is closed nothing says who it was."),
        export=_export,
        erase=lambda user: CountOrder.objects.filter(asked_by=user).update(asked_by=None),
    )
)
