"""What the pages of a budget, an envelope and a project say of the result."""

from django.urls import reverse
from django.utils.translation import gettext as _

from budget.results.models import Count
from budget.results.outcome import Outcome, Shares, official_counts


def of_budget(request, budget) -> dict | None:
    """How many projects were chosen, for how much; nothing before something is counted."""
    counts = official_counts(budget)
    if not counts:
        return None
    return {
        "projects": sum(len(one.winners) for one in counts),
        "cost": sum(one.cost for one in counts),
        "shares": Shares.of(counts),
        "action": {"url": reverse("results:budget", args=[budget.slug]), "words": _("See the whole result")},
    }


def of_envelope(request, envelope) -> dict | None:
    """The winners of an envelope."""
    count = Count.objects.filter(envelope=envelope, official=True).first()
    if count is None:
        return None
    count.envelope = envelope
    return {"outcome": Outcome(count)}


def of_proposal(request, proposal) -> dict | None:
    """Won or lost, and why."""
    count = Count.objects.filter(envelope=proposal.envelope_id, official=True).first()
    if count is None:
        return None
    count.envelope = proposal.envelope
    line = Outcome(count).line_of(proposal)
    return {"line": line, "envelope": proposal.envelope} if line else None
