"""What the pages of a budget and of a proposal say of the works."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import mandates
from budget.delivery.models import WON
from budget.delivery.rules import WORKERS, worked_on
from budget.delivery.works import Sums, works
from budget.proposals.models import Proposal


def of_budget(request, budget) -> dict | None:
    """Figures and the way to the works; nothing before there are any, or where nothing is known of them."""
    rows = works(Proposal.objects.visible_to(request.user).filter(budget=budget))
    if not any(one.is_known for one in rows) and not (rows and budget.window("delivering")):
        return None
    action = {"url": reverse("delivery:budget", args=[budget.slug]), "words": _("Follow the works")}
    return {"sums": Sums.of(rows), "action": action}


def of_account(request) -> dict:
    """How many projects that person keeps up to date."""
    return {"projects": worked_on(request.user).count()} if mandates(request.user, *WORKERS) else {}


def of_proposal(request, proposal) -> dict | None:
    """Steps, money and photos of a project that has won."""
    if proposal.status not in WON:
        return None
    found = works(Proposal.objects.filter(pk=proposal.pk), timezone.localdate())[0]
    may_handle = request.user.has_perm("delivery.handle_works", proposal)
    if not (found.is_known or may_handle or proposal.budget.window("delivering")):
        return None
    return {"works": found, "may_handle": may_handle}
