"""What the author of a proposal does with it: put it right, withdraw it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from budget.proposals import services
from budget.proposals.drafts import Draft, collect
from budget.proposals.forms import ProposalForm
from budget.proposals.models import Proposal
from budget.proposals.services.photos import MAX_PHOTOS
from common.forms import storable
from common.workflow import TransitionError


def owned(request, reference: str) -> Proposal:
    """The proposal of that reference if this person wrote it. Raises Http404 or PermissionDenied."""
    rows = Proposal.objects.visible_to(request.user).select_related("budget__territory", "envelope")
    proposal = rows.filter(reference=reference.upper()).first()
    if proposal is None:
        raise Http404
    if not request.user.has_perm("proposals.own_proposal", proposal):
        raise PermissionDenied
    return proposal


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, reference):
    """Put right what one posted, as long as ideas are collected and nobody studies it."""
    proposal = owned(request, reference)
    if request.method == "POST":
        form, draft = _bound(request, proposal)
        return _save(request, proposal, form, draft) if form.is_valid() else _page(request, form, draft, status=422)
    try:
        services.refuse_studied(proposal)
    except services.Closed as refused:
        messages.error(request, str(refused))
        return redirect(proposal)
    draft = Draft(list(proposal.photos.all()))
    return _page(request, ProposalForm.of(proposal, request.user, photos_kept=draft.photos), draft)


def _bound(request, proposal) -> tuple[ProposalForm, Draft]:
    request.POST = storable(request.POST)
    draft = collect(request, proposal)
    form = ProposalForm.of(proposal, request.user, request.POST, draft.photos)
    for error in draft.errors:
        form.add_error("photos", error)
    return form, draft


def _save(request, proposal, form, draft):
    given, before = form.cleaned_data, proposal.envelope
    try:
        wanted = next((one for one in form.envelopes if one.slug == given["envelope"]), None)
        proposal = services.edit(
            proposal=proposal,
            author=request.user,
            envelope=wanted,
            quantities=form.quantities(),
            photo_tokens=[photo.token for photo in draft.photos],
            **{name: given[name] for name in ("title", "text", "shape", "theme", "address", "estimate")},
        )
    except services.NotHere as error:
        form.add_error("corners" if given["corners"] else "place", str(error))
        return _page(request, form, draft, status=422)
    except services.ProposalError as error:
        form.add_error(None, str(error))
        return _page(request, form, draft, status=422)
    messages.success(request, _("Your changes are published. What was there before stays in the history."))
    if proposal.envelope != before:
        said = _("Your proposal now belongs to the envelope “%(new)s”, no longer to “%(old)s”. Its supports stay.")
        messages.info(request, said % {"new": proposal.envelope, "old": before})
    return redirect(proposal)


def _page(request, form, draft, *, status=200):
    context = {"proposal": form.proposal, "budget": form.budget, "form": form, "draft": draft, "limit": MAX_PHOTOS}
    return render(request, "proposals/edit.html", context, status=status)


def _expired(request):
    """The form comes back whole with a fresh token, after Django refused the one it was sent with."""
    form, draft = _bound(request, owned(request, request.resolver_match.kwargs["reference"]))
    form.add_error(None, _("This page had expired. Nothing is lost: check it and send it again."))
    return _page(request, form, draft, status=403)


edit.on_csrf_failure = _expired


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, reference):
    """Take one's proposal back, after a page that says what this means."""
    proposal = owned(request, reference)
    if request.method != "POST":
        return render(request, "proposals/withdraw.html", {"proposal": proposal})
    try:
        services.apply(proposal=proposal, act="withdraw", actor=request.user)
    except TransitionError:
        messages.error(
            request, _("The proposal is being studied: it can no longer be withdrawn. Write to the service.")
        )
    else:
        messages.success(request, _("Your proposal is withdrawn. Its page stays, and says so."))
    return redirect(proposal)
