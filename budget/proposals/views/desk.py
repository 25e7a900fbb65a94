"""What those who run a budget do with its proposals: join, split, hide. Each says why, to everybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from budget.proposals import services
from budget.proposals.desk_forms import MergeForm, ReasonForm, parts_formset
from budget.proposals.models import Proposal, Support
from budget.proposals.workflow import BEFORE_VOTE
from common.forms import storable
from common.workflow import TransitionError

OFFERED = 20
PARTS, MOST_PARTS = 2, 6


def managed(request, reference: str, permission: str) -> Proposal:
    """The proposal of that reference, for who has that permission over it. Raises Http404 or PermissionDenied."""
    rows = Proposal.objects.select_related("budget__territory__parent", "envelope__territory", "theme", "author")
    proposal = rows.filter(reference=reference.upper()).first()
    if proposal is None:
        raise Http404
    if not request.user.has_perm(permission, proposal):
        raise PermissionDenied
    return proposal


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request, reference):
    """Join others of the same envelope with this one: choose (`?q=`), look at them side by side (`?autre=`), send."""
    proposal = managed(request, reference, "proposals.run_proposal")
    asked = storable(request.POST if request.method == "POST" else request.GET)
    rest = Proposal.objects.filter(envelope=proposal.envelope, status__in=BEFORE_VOTE).exclude(pk=proposal.pk)
    rows = rest.select_related("author", "theme").with_photo().with_price()
    chosen = list(rows.filter(reference__in=[one.upper() for one in asked.getlist("autre")]).order_by("pk"))
    form = MergeForm(asked if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.merge(into=proposal, others=chosen, actor=request.user, **form.cleaned_data)
            except (services.ProposalError, TransitionError) as error:
                form.add_error(None, _said(error))
            else:
                messages.success(request, _("Joined. Their authors and supporters are told."))
                return redirect(proposal)
    words = asked.get("q", "")
    rest = rest.exclude(pk__in=[one.pk for one in chosen])
    alike = rest.similar(title=proposal.title, shape=proposal.shape)
    offered = rest.worded(words).order_by("-supports", "pk") if words else alike
    context = {
        "proposal": proposal,
        "form": form,
        "chosen": chosen,
        "words": words,
        "offered": [*chosen, *offered.with_price()[:OFFERED]],
        "told": _told([proposal, *chosen]) if chosen else None,
    }
    return render(request, "proposals/desk/merge.html", context, status=status)


def _told(proposals: list[Proposal]) -> dict[str, int]:
    """How many people support them, each once, and how many wrote them."""
    supporters = Support.objects.filter(proposal__in=proposals).values("user").distinct().count()
    return {"supporters": supporters, "authors": len({one.author_id for one in proposals} - {None})}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def split(request, reference):
    """Split a proposal into several (`?parts=`): write them, see them as they will be, send."""
    proposal = managed(request, reference, "proposals.run_proposal")
    given = storable(request.POST) if request.method == "POST" else None
    asked = request.GET.get("parts", "")
    count = (
        min(max(int(asked), PARTS), MOST_PARTS) if asked.isascii() and asked.isdigit() and len(asked) < 3 else PARTS
    )
    parts = parts_formset(given, proposal, count, MOST_PARTS)
    form = MergeForm(given)
    preview, status = [], 200
    if request.method == "POST":
        valid = parts.is_valid() & form.is_valid()
        status = 200 if valid else 422
        preview = [one.cleaned_data for one in parts.forms] if valid else []
        if valid and "send" in given:
            try:
                made = [(one["title"], one["text"], one["place"]) for one in preview]
                services.split(proposal=proposal, parts=made, actor=request.user, **form.cleaned_data)
            except (services.ProposalError, TransitionError) as error:
                form.add_error(None, _said(error))
                status = 422
            else:
                messages.success(request, _("Split. Its author and supporters are told."))
                return redirect(proposal)
    context = {
        "proposal": proposal,
        "parts": parts,
        "form": form,
        "preview": preview,
        "more": count + 1 if count < MOST_PARTS else None,
    }
    return render(request, "proposals/desk/split.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def moderate(request, reference):
    """Hide a proposal, or show it again."""
    proposal = managed(request, reference, "proposals.moderate_proposal")
    form = ReasonForm(storable(request.POST) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act = services.show if proposal.hidden_at else services.hide
        act(proposal=proposal, moderator=request.user, reason=form.cleaned_data["reason"])
        said = _("It is shown again.") if proposal.hidden_at else _("It is hidden. Its page says why.")
        messages.success(request, said)
        return redirect(proposal)
    status = 422 if form.errors else 200
    return render(request, "proposals/desk/moderate.html", {"proposal": proposal, "form": form}, status=status)


def _said(error: Exception) -> str:
    if isinstance(error, services.ProposalError):
        return str(error)
    return _("One of them has changed meanwhile: look at it again.")
