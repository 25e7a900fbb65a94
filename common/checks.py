"""Refuse to start where a convenience of development would be a hole in a real town."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security)
def development_only_features(app_configs, **kwargs):
    """Demo accounts and readable mails exist only where settings say DEVELOPMENT."""
    if settings.DEVELOPMENT:
        return []
    errors = []
    if settings.DEMO_ACCOUNTS:
        errors.append(Error("DEMO_ACCOUNTS lets anybody sign in.", hint="Leave it False.", id="parvis.E001"))
    if settings.EMAIL_BACKEND == "common.devmail.EmailBackend":
        errors.append(
            Error(
                "Mails would be readable by anybody.",
                hint="Set EMAIL_URL to an SMTP server.",
                id="parvis.E002",
            )
        )
    return errors
