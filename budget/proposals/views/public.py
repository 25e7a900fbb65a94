"""What everybody may see of proposals, and the support one gives from there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
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
from budget.proposals.workflow import WORKFLOW

PAGE = 24
YEAR = 365 * 24 * 3600  # seconds; a photo never changes under its address
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
    chosen = {name: request.GET.get(name, "") for name in ("enveloppe", "theme", "etat", "q")}
    rows = _narrowed(rows, chosen)
    order = request.GET.get("ordre", "")
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
        "states": [state for state in WORKFLOW.states if state.name not in ("merged", "split", "withdrawn")],
        "may_propose": budget.allows("propose"),
        "query": _query(request),
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


def _query(request) -> str:
    """The filters without the page, to be followed by the next one's."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


@never_cache
@require_safe
def detail(request, reference):
    """One proposal: what, where, how much, how far it has come and why."""
    rows = Proposal.objects.visible_to(request.user).select_related(
        "budget__territory__level", "envelope__territory__level", "theme", "merged_into", "split_from"
    )
    proposal = rows.filter(reference=reference.upper()).first()
    if proposal is None:
        return _gone(request, reference)
    user, budget = request.user, proposal.budget
    context = {
        "proposal": proposal,
        "budget": budget,
        "photos": proposal.photos.all(),
        "steps": proposal.events.filter(is_public=True),
        "related": related(proposal),
        "supported": user.is_authenticated and proposal.supporters.filter(user=user).exists(),
        "may_support": budget.allows("support") and not proposal.state.final,
        "own": user.has_perm("proposals.own_proposal", proposal),
        "may_edit": proposal.status == "posted" and budget.allows("propose"),
        "sections": sections.for_page("proposal", request, proposal),
    }
    return render(request, "proposals/detail.html", context)


def related(proposal: Proposal) -> dict[str, list[Proposal]]:
    """The public ones it was joined with or split from, either way."""
    public = Proposal.objects.public()
    return {
        "merged": list(public.filter(merged_into=proposal)),
        "parts": list(public.filter(split_from=proposal)),
    }


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
    """Support a proposal, or take it back with `retirer`."""
    proposal = get_object_or_404(Proposal.objects.visible_to(request.user), reference=reference.upper())
    act = services.withdraw_support if "retirer" in request.POST else services.support
    try:
        act(proposal=proposal, user=request.user)
    except services.Closed as refused:
        messages.error(request, str(refused))
    except PermissionDenied:
        messages.error(request, _("Confirm your e-mail address first."))
    if request.htmx:
        proposal.refresh_from_db()
        context = {
            "proposal": proposal,
            "supported": proposal.supporters.filter(user=request.user).exists(),
            "may_support": proposal.budget.allows("support") and not proposal.state.final,
        }
        return render(request, "proposals/_support.html", context)
    return redirect(proposal)


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
    file = photo.thumbnail if "petit" in request.GET else photo.image
    with file.open("rb") as opened:
        content = opened.read()
    return HttpResponse(
        content,
        content_type="image/jpeg",
        headers={"Cache-Control": f"private, max-age={YEAR}, immutable", "X-Content-Type-Options": "nosniff"},
    )
