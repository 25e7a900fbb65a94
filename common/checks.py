"""Refuse to start where a convenience of development would be a hole in a real town."""

from django.conf import settings
from django.core.checks import Error, Tags, register

from common.caller import proxy_count, proxy_networks


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


@register(Tags.security)
def proxies_are_readable(app_configs, **kwargs):
    """A mistyped TRUSTED_PROXIES would count all visitors as one, or believe what each of them says."""
    try:
        proxy_count(settings.TRUSTED_PROXIES) or proxy_networks(settings.TRUSTED_PROXIES)
    except ValueError as error:
        hint = "A number of proxies, or networks: 10.0.0.0/8,fd00::/8."
        return [Error(f"TRUSTED_PROXIES: {error}", hint=hint, id="parvis.E003")]
    return []
