"""The vote's parts of the pages below."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from budget.voting import published
from budget.voting.models import PaperLine
from budget.voting.polls import lines_of
from budget.voting.services.paper import paper_hash


def state_of(budget) -> dict:
    """When the vote is, and whether it is open, over, closed."""
    return {
        "poll_window": budget.window("voting"),
        "begun": budget.has_begun("voting"),
        "over": budget.is_over("voting"),
        "running": budget.allows("vote"),
        "closing": getattr(budget, "closing", None),
    }


def of_budget(request, budget):
    """When one votes and how many have; left out where the budget has no vote."""
    if budget.window("voting") is None:
        return None
    with_paper = set(PaperLine.objects.filter(envelope__budget=budget).values_list("envelope", flat=True).distinct())
    turnout = published.turnout(budget)
    envelopes = [
        {
            "title": one.title,
            "channels": turnout.get(one.pk, {}),
            "booths": budget.booths.exists(),
            "ballots": sum(turnout.get(one.pk, {}).values()),
        }
        for one in budget.envelopes.all()
        if one.pk in with_paper
    ]
    state = state_of(budget)
    action = None
    if envelopes:
        words = pgettext("to vote", "Vote") if state["running"] else _("How one votes")
        action = {"url": reverse("voting:vote", args=[budget.slug]), "words": words}
    return state | {
        "envelopes": envelopes,
        "ballots": sum(one["ballots"] for one in envelopes),
        "serves": request.user.has_perm("voting.serve_vote", budget),
        "action": action,
    }


def of_envelope(request, envelope):
    """The paper with its hash, once it is printed."""
    lines = lines_of(envelope)
    if not lines:
        return None
    return {"lines": lines, "hash": paper_hash(envelope, lines), "running": envelope.budget.allows("vote")}


def of_proposal(request, proposal):
    """The number of a project on the paper."""
    line = PaperLine.objects.filter(proposal=proposal).select_related("envelope").first()
    if line is None:
        return None
    return {"line": line, "running": proposal.budget.allows("vote"), "slug": proposal.budget.slug}
