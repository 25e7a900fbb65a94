"""Who is told of the works besides followers: the author of the project and those who supported it."""

from collections.abc import Iterator

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from budget.proposals.models import Proposal, Support
from common.dates import long_date
from engagement.activity.models import Activity
from engagement.activity.sentences import register_sentences
from engagement.activity.services import Recipient, register_audience


def recipients(activity: Activity) -> Iterator[Recipient]:
    """Author first, then supporters; nobody is told of what they did themselves."""
    if activity.object_type != "proposal" or not activity.public:
        return
    proposal = Proposal.objects.select_related("author").filter(pk=activity.object_key).first()
    if proposal is None:
        return
    told = {name: activity.data.get(name) or "" for name in ("step", "message", "by")}
    told |= {name: _day(activity.data.get(name)) for name in ("planned_on", "done_on")}
    if proposal.author and proposal.author.is_active and proposal.author_id != activity.actor_id:
        yield Recipient(proposal.author.email, "proposer", told)
    others = Support.objects.filter(proposal=proposal, user__is_active=True).exclude(user=activity.actor_id)
    yield from Recipient.many(others.order_by("pk").values_list("user__email", flat=True), "backer", told)


def _day(text: str | None) -> str:
    day = parse_date(text) if text else None
    return long_date(day) if day else ""


def register() -> None:
    register_audience("delivery", recipients)
    register_sentences(
        {
            "delivery.reached": _("Step of the works reached"),
            "delivery.put_off": _("Step of the works put off"),
            "delivery.signed": _("Works signed by an elected official"),
        }
    )
