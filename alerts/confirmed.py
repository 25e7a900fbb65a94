"""What somebody without an account does with alerts once their address is proven: report, and say “me too”."""

import uuid

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import confirmations
from accounts.models import Confirmation
from alerts import services
from alerts.models import Alert, Category
from geo.places import PlaceError, point

REPORT, SUPPORT = "alerts.report", "alerts.support"


def ask_report(*, email: str, given: dict, photo_tokens: list[str], caller: str) -> Confirmation:
    """Keep a checked report until its address is confirmed; its photos live as long.

    `given`: {category, place, description, address, answers, asset_code, submission}. Raises
    accounts.confirmations.TooManyConfirmations.
    """
    category, place = given["category"], given["place"]
    services.hold_photos(tokens=photo_tokens)
    return confirmations.ask(
        kind=REPORT,
        email=email,
        payload={
            "category": category.code,
            "place": [place.x, place.y],
            "description": given["description"],
            "address": given["address"],
            "answers": given["answers"],
            "asset_code": given["asset_code"],
            "photos": photo_tokens,
            "submission": str(given["submission"]),
        },
        summary=_("Send your report “%(category)s” to the service in charge.") % {"category": category.name},
        dedup=str(given["submission"]),
        caller=caller,
    )


def _report(email: str, payload: dict) -> str:
    category = Category.objects.select_related("competence__parent", "parent").filter(code=payload["category"]).first()
    if category is None:
        raise confirmations.ConfirmationRefused(_("This category is not offered any more. Report the problem anew."))
    try:
        alert = services.report(
            category=category,
            point=point(*payload["place"]),
            description=payload["description"],
            address=payload["address"],
            answers=payload["answers"],
            asset_code=payload["asset_code"],
            photo_tokens=payload["photos"],
            contact_email=email,
            submission=uuid.UUID(payload["submission"]),
        )
    except (PlaceError, services.NotForUs) as error:
        raise confirmations.ConfirmationRefused(str(error)) from None
    return f"{alert.get_tracking_url()}?envoye"


def ask_support(*, alert: Alert, email: str, caller: str) -> Confirmation:
    """Have the address confirmed by which somebody says “me too”. Raises TooManyConfirmations."""
    return confirmations.ask(
        kind=SUPPORT,
        email=email,
        payload={"alert": alert.pk},
        summary=_("Say that you have the same problem as report %(reference)s, “%(category)s”, and get its news.")
        % {"reference": alert.reference, "category": alert.category.name},
        dedup=alert.reference,
        caller=caller,
    )


def _support(email: str, payload: dict) -> str:
    alert = Alert.objects.kept().filter(pk=payload["alert"]).select_related("category").first()
    if alert is None:
        raise confirmations.ConfirmationRefused(_("This report is not there any more."))
    try:
        services.support(alert=alert, email=email)
    except services.NotSupportable as error:
        raise confirmations.ConfirmationRefused(str(error)) from None
    return f"{alert.get_absolute_url()}?moi-aussi"


confirmations.register(REPORT, _report, title=gettext_lazy("Your report"))
confirmations.register(SUPPORT, _support, title=gettext_lazy("Your “me too”"))
