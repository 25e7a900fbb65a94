"""What monthly reports know of a person."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import Holding, register
from frontend.models import MonthlyReport, ReportWish


def _mails(user: User) -> list[dict]:
    wish = ReportWish.objects.filter(user=user).first()
    rows = MonthlyReport.objects.filter(user=user).select_related("territory").order_by("pk")
    return [
        *([{"wanted": wish.wanted}] if wish else []),
        *(
            {
                "territory": row.territory.name,
                "month": row.month.isoformat(),
                "sent": row.sent_at and row.sent_at.isoformat(),
            }
            for row in rows
        ),
    ]


def _erase(user: User) -> int:
    return sum(rows.filter(user=user).delete()[0] for rows in (MonthlyReport.objects, ReportWish.objects))


register(
    Holding(
        name="monthly_reports",
        purpose=_("Send officials the report of each month once, unless they do not want it."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("Which were sent: 13 months. The wish: until the account is closed."),
        export=_mails,
        erase=_erase,
    )
)
