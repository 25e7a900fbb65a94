"""Which services are told of what they have to study, and of what an author answered."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Role, User
from common.dates import long_date
from engagement.activity.models import Activity
from engagement.activity.sentences import register_sentences
from engagement.activity.services import Recipient, register_audience
from geo.models import Body


def recipients(activity: Activity) -> Iterator[Recipient]:
    """The service's address, else its agents, else who administers the place; nobody of their own act."""
    told = activity.data
    context = {
        "service": told["service"],
        "titles": told["titles"],
        "more": told["more"],
        "deadline": long_date(dt.date.fromisoformat(told["deadline"])),
        "late": told.get("late", False),
        "note": told.get("note", ""),
        "budget": activity.object_type == "budget",
    }
    own = User.objects.filter(pk=activity.actor_id).values_list("email", flat=True).first() or ""
    for address in _addresses(told["body"], told["places"]):
        if address.lower() != own.lower():
            yield Recipient(address, "service", context)


def _addresses(body: int, places: list[int]) -> list[str]:
    service = Body.objects.filter(pk=body).first()
    if service and service.email:
        return [service.email]
    mandates = Mandate.objects.in_force().filter(user__is_active=True)
    found = set(mandates.filter(role=Role.AGENT, body=body).values_list("user__email", flat=True))
    runs = mandates.filter(role=Role.ADMINISTRATOR, territory__in=places)
    return sorted(found or set(runs.values_list("user__email", flat=True)))


register_audience("evaluation", recipients)
register_sentences(
    {
        "evaluation.assigned": _("Proposals to study"),
        "evaluation.reminded": _("Studies expected soon"),
        "evaluation.reopened": _("Study given back"),
        "evaluation.answered": _("The author answers the decision"),
    }
)
