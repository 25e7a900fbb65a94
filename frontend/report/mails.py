"""The monthly mail: the essential figures, the report on paper attached. In the language of the platform."""

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from frontend.models import MonthlyReport
from frontend.report import content, paper, tables
from frontend.report import monthly as people
from frontend.report.choice import Choice
from geo.dashboards import periods
from geo.layers import Layer


def monthly(row: MonthlyReport, shown: Sequence[Layer], choice: Choice) -> EmailMultiAlternatives:
    """The mail of one person about one territory and month; `shown` are the layers they may read figures of."""
    with translation.override(settings.LANGUAGE_CODE):
        report = content.report(territory=row.territory, choice=choice, shown=shown)
        context = _context(row, report)
        subject = _("%(territory)s, %(month)s: the report") % {
            "territory": row.territory,
            "month": choice.title(),
        }
        context["subject"] = " ".join(subject.split())
        message = EmailMultiAlternatives(
            subject=context["subject"],
            body=render_to_string("frontend/mail/monthly.txt", context).strip() + "\n",
            to=[row.user.email],
            headers={
                # The same at each attempt: a mail sent twice is shown once.
                "Message-ID": f"<{row.key}@{urlsplit(settings.BASE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
                # RFC 8058: mail programs show a button that stops these mails by one POST.
                "List-Unsubscribe": f"<{context['stop']}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        message.attach_alternative(render_to_string("frontend/mail/monthly.html", context), "text/html")
        message.attach(f"{report.file_name}.pdf", paper.pdf(report), "application/pdf")
    return message


def _context(row: MonthlyReport, report: content.Report) -> dict:
    place = [row.territory.level.code, row.territory.code]
    span = report.choice.span
    days = {"periode": periods.CUSTOM, "du": span.since.isoformat(), "au": span.last.isoformat()}
    return {
        "report": report,
        "sections": [
            {
                "title": section.layer.title,
                "figures": [(figure, tables.notes(section, figure)) for figure in section.sheet.figures],
                "asks": section.asks,
            }
            for section in report.sections
        ],
        "page": content.whole(f"{reverse('frontend:report', args=place)}?{urlencode(days)}"),
        "dashboard": content.whole(reverse("frontend:dashboard", args=place)),
        "stop": content.whole(reverse("frontend:report_stop", args=[people.stop_token(row.user)])),
        "site_name": settings.SITE_NAME,
        "language": settings.LANGUAGE_CODE,
    }
