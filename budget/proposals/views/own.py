"""What the author of a proposal does with it: put its words right, withdraw it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from budget.proposals import services
from budget.proposals.forms import WordsForm
from budget.proposals.models import Proposal
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
    """Put title and text right while proposals are taken."""
    proposal = owned(request, reference)
    given = storable(request.POST) if request.method == "POST" else None
    form = WordsForm(given, initial={"title": proposal.title, "text": proposal.text})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.edit(proposal=proposal, author=request.user, **form.cleaned_data)
            except services.Closed as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Your changes are published. What was there before stays in the history."))
                return redirect(proposal)
    return render(request, "proposals/edit.html", {"proposal": proposal, "form": form}, status=status)


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
