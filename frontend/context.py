"""What every page needs. Costs an anonymous reader no query, anybody else the one for mandates."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role
from accounts.rules import mandates

# French law has the footer say one of these three, after an audit; before it, the first.
ACCESSIBILITY = {
    "none": gettext_lazy("Accessibility: not compliant"),
    "partial": gettext_lazy("Accessibility: partially compliant"),
    "full": gettext_lazy("Accessibility: fully compliant"),
}


def site(request):
    # A refused request has not come as far as the middleware that says who asks.
    user = getattr(request, "user", None) or AnonymousUser()
    return {
        "site_name": settings.SITE_NAME,
        "development": settings.DEVELOPMENT,
        "source_url": settings.SOURCE_URL,
        "device_owner": device_owner(user),
        "navigation": _navigation(user),
        "account_link": _account(user),
        "footer_links": _entries(
            (_("About"), "frontend:page", "a-propos"),
            (_("Legal notice"), "frontend:page", "mentions-legales"),
            (_("Privacy"), "frontend:page", "confidentialite"),
            (ACCESSIBILITY[settings.ACCESSIBILITY], "frontend:page", "accessibilite"),
            (_("How reports are answered"), "alerts:record"),
            (_("Open data"), "frontend:data"),
            (_("Drafts of this device"), "frontend:drafts"),
        ),
    }


def device_owner(user) -> str:
    """Whose drafts a device may send: a name for the account that tells nothing of it, "" for nobody's."""
    return salted_hmac("parvis.device", str(user.pk)).hexdigest()[:16] if user.is_authenticated else ""


def _navigation(user) -> list[dict]:
    entries = [
        (_("Map"), "frontend:home"),
        (_("Report"), "alerts:report"),
        (_("Budgets"), "participatory:budgets"),
        (_("Territories"), "frontend:territories"),
        (_("Data"), "frontend:data"),
    ]
    if user.is_superuser or mandates(user, Role.AGENT, Role.ADMINISTRATOR):
        entries.append((_("Queue"), "alerts:queue"))
    elif mandates(user, Role.MODERATOR):
        entries.append((_("Moderation"), "alerts:moderation"))
    if watched := mandates(user, Role.OFFICIAL, Role.ADMINISTRATOR):
        place = watched[0].territory
        if len({one.territory_id for one in watched}) > 1:
            entries.append((_("Dashboards"), "frontend:dashboards"))
        else:
            entries.append((_("Dashboard"), "frontend:dashboard", place.level.code, place.code))
    return _entries(*entries)


def _account(user) -> dict:
    entry = (_("My account"), "account_home") if user.is_authenticated else (_("Sign in"), "account_login")
    return _entries(entry)[0]


def _entries(*entries) -> list[dict]:
    """{title, url} of (title, name of the page, *arguments)."""
    return [{"title": title, "url": reverse(name, args=args)} for title, name, *args in entries]
