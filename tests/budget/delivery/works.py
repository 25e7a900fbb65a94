"""Projects that have won, and the people who build them."""

from accounts.models import Role
from budget.proposals.models import Proposal
from budget.results import services
from budget.results.models import CountOrder
from tests.budget.results.voted import finished, west_of


def chosen(town) -> tuple:
    """(envelope, its winners by title) of a budget whose votes are counted."""
    envelope = west_of(finished(town))
    CountOrder.objects.create(envelope=envelope)
    services.count_official(envelope_id=envelope.pk)
    return envelope, {one.title: one for one in Proposal.objects.filter(envelope=envelope, status="elected")}


def agent(town):
    """Somebody of the roads' service."""
    return town.person("rue@ville.example", Role.AGENT, body=town.road_service)
