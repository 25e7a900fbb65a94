"""The mail that says that an export is ready."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from geo.exports.wanted import Wanted
from geo.models import Export


def ready(job: Export, asked: Wanted) -> EmailMultiAlternatives:
    """The mail to the owner of that export, in the language of the platform."""
    context = {
        "job": job,
        "asked": asked,
        "link": settings.BASE_URL + reverse("geo:export_job", args=[job.token]),
        "site_name": settings.SITE_NAME,
        "language": settings.LANGUAGE_CODE,
    }
    with translation.override(settings.LANGUAGE_CODE):
        subject, _line, text = render_to_string("geo/exports/mail.txt", context).strip().partition("\n")
        html = render_to_string("geo/exports/mail.html", context | {"subject": subject.strip()})
    message = EmailMultiAlternatives(
        subject=subject.strip(),
        body=text.strip() + "\n",
        to=[job.owner.email],
        headers={
            # The same at each attempt: a mail sent twice is shown once.
            "Message-ID": f"<export-{job.token[:12]}@{urlsplit(settings.BASE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(html, "text/html")
    return message
