"""What everybody may see of proposals, and the support one gives from there."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from budget.participatory import sections
from budget.participatory.models import Theme
from budget.participatory.views import visible
from budget.proposals import services
from budget.proposals.models import Proposal, ProposalPhoto
from budget.proposals.views.propose import when
from budget.proposals.workflow import GONE, WORKFLOW
from common import photos
from common.forms import storable

PAGE = 24
ORDERS = {
    "recentes": (gettext_lazy("newest"), ("-created_at", "-pk")),
    "soutiens": (gettext_lazy("most supported"), ("-supports", "pk")),
    "cout": (gettext_lazy("least costly"), ("shown_price", "pk")),
}


@require_safe
def proposals(request, slug):
    """The proposals of a budget on a map and in a list, by envelope, theme and state."""
    budget = visible(request, slug)
    rows = Proposal.objects.visible_to(request.user).filter(budget=budget).living()
    asked = storable(request.GET)
    chosen = {name: asked.get(name, "") for name in ("enveloppe", "theme", "etat", "q")}
    rows = _narrowed(rows, chosen)
    order = asked.get("ordre", "")
    order = order if order in ORDERS else "recentes"
    listed = rows.with_photo().with_price().select_related("envelope", "theme").order_by(*ORDERS[order][1])
    context = {
        "budget": budget,
        "page": Paginator(listed, PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "order": order,
        "orders": [(name, title) for name, (title, _by) in ORDERS.items()],
        "envelopes": budget.envelopes.all(),
        "themes": Theme.objects.filter(proposals__budget=budget).distinct(),
        "states": [state for state in WORKFLOW.states if state.name not in GONE],
        "may_propose": budget.allows("propose"),
        "query": _query(asked),
        "filtered": any(chosen.values()),
    }
    return render(request, "proposals/list.html", context)


def _narrowed(rows, chosen: dict):
    if chosen["enveloppe"]:
        rows = rows.filter(envelope__slug=chosen["enveloppe"])
    if chosen["theme"]:
        rows = rows.filter(theme__code=chosen["theme"])
    if chosen["etat"] in WORKFLOW.by_state:
        rows = rows.filter(status=chosen["etat"])
    return rows.worded(chosen["q"]) if chosen["q"] else rows


def _query(asked) -> str:
    """The filters without the page, to be followed by the next one's."""
    kept = asked.copy()
    kept.pop("page", None)
    return kept.urlencode()


@never_cache
@require_safe
def detail(request, reference):
    """One proposal: what, where, how much, how far it has come and why."""
    rows = Proposal.objects.visible_to(request.user).select_related(
        "budget__territory__level", "envelope__territory__level", "theme"
    )
    proposal = rows.filter(reference=reference.upper()).first()
    if proposal is None:
        return _gone(request, reference)
    user, budget = request.user, proposal.budget
    difference = None if None in (proposal.cost, proposal.estimate) else proposal.cost - proposal.estimate
    context = {
        "proposal": proposal,
        "budget": budget,
        "photos": proposal.photos.all(),
        "steps": proposal.events.filter(is_public=True),
        "related": related(proposal),
        "supported": user.is_authenticated and proposal.supporters.filter(user=user).exists(),
        "may_support": takes_support(proposal),
        "supporting": when(budget, "supporting"),
        "shape": json.loads(proposal.shape.json) if proposal.shape else None,
        "difference": difference,
        "saved": -(difference or 0),
        "may_run": user.has_perm("proposals.run_proposal", proposal),
        "may_moderate": user.has_perm("proposals.moderate_proposal", proposal),
        "own": user.has_perm("proposals.own_proposal", proposal),
        "may_edit": proposal.status == "posted" and budget.allows("propose"),
        "sections": sections.for_page("proposal", request, proposal),
    }
    return render(request, "proposals/detail.html", context)


def related(proposal: Proposal) -> dict:
    """The public ones it was joined with or split from, either way: into, whole, merged, parts."""
    public = Proposal.objects.public()
    one = {"into": proposal.merged_into_id, "whole": proposal.split_from_id}
    ids = [key for key in one.values() if key]
    near = {row.pk: row for row in public.filter(Q(pk__in=ids) | Q(merged_into=proposal) | Q(split_from=proposal))}
    return {name: near.get(key) for name, key in one.items()} | {
        "merged": [row for row in near.values() if row.merged_into_id == proposal.pk],
        "parts": [row for row in near.values() if row.split_from_id == proposal.pk],
    }


def takes_support(proposal: Proposal) -> bool:
    """Whether supports of it are counted now."""
    return proposal.hidden_at is None and not proposal.state.final and proposal.budget.allows("support")


def _gone(request, reference: str):
    """A proposal that moderation hid says so and why; of any other, nothing."""
    hidden = Proposal.objects.filter(
        reference=reference.upper(), hidden_at__isnull=False, budget__published_at__isnull=False
    ).first()
    if hidden is None:
        raise Http404
    return render(request, "proposals/hidden.html", {"proposal": hidden}, status=410)


@require_POST
@login_required
def support(request, reference):
    """Support a proposal, or take it back with `retirer`; `?dedans`: from inside the form of another."""
    rows = Proposal.objects.visible_to(request.user).select_related("budget", "envelope")
    proposal = get_object_or_404(rows, reference=reference.upper())
    act = services.withdraw_support if "retirer" in request.POST else services.support
    refused = ""
    try:
        act(proposal=proposal, user=request.user)
    except services.Closed as closed:
        refused = str(closed)
    except PermissionDenied:
        refused = _("Confirm your e-mail address first.")
    if not request.htmx:
        if refused:
            messages.error(request, refused)
        return redirect(proposal)
    proposal.refresh_from_db(fields=["supports"])
    inside = "dedans" in request.GET
    supported = proposal.supporters.filter(user=request.user).exists()
    context = {
        "proposal": proposal,
        "supported": supported,
        "may_support": takes_support(proposal) and not (inside and supported),
        "refused": refused,
        "inside": inside,
        "inside_said": inside,
    }
    return render(request, "proposals/_support.html", context)


@require_safe
def photo(request, token):
    """A photo, or with `?petit` its thumbnail, for whoever may see its proposal; a draft's for whoever made it."""
    photo = get_object_or_404(ProposalPhoto.objects.select_related("proposal"), token=token)
    if photo.proposal_id:
        seen = Proposal.objects.visible_to(request.user).filter(pk=photo.proposal_id).exists()
    else:
        seen = request.user.is_authenticated and photo.owner_id == request.user.pk
    if not seen:
        raise Http404
    return photos.shown(photo, small="petit" in request.GET)
