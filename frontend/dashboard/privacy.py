"""What pages keep of a person: when an elected official last looked at a dashboard."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import Holding, register
from frontend.models import Visit


def _export(user: User) -> list[dict]:
    return [
        {
            "territory": str(visit.territory),
            "seen": visit.seen_at.isoformat(),
            "visit_before": visit.before and visit.before.isoformat(),
        }
        for visit in Visit.objects.filter(user=user).select_related("territory").order_by("pk")
    ]


register(
    Holding(
        name="dashboard_visits",
        purpose=_("Tell an elected official what changed since they last looked at a dashboard."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("The last two visits of each dashboard, until the account is closed."),
        export=_export,
        erase=lambda user: Visit.objects.filter(user=user).delete()[0],
    )
)
