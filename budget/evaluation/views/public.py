"""The author's answer to a decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from budget.evaluation import services
from budget.evaluation.forms import AnswerForm
from budget.proposals.models import Proposal
from budget.proposals.services import ProposalError


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def answer(request, reference):
    """The form, and with POST the answer."""
    rows = Proposal.objects.visible_to(request.user).select_related("budget__territory")
    proposal = get_object_or_404(rows, reference=reference.upper())
    if not request.user.has_perm("proposals.own_proposal", proposal):
        raise PermissionDenied
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.answer(proposal=proposal, author=request.user, message=form.cleaned_data["message"])
        except ProposalError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your answer is public, and the services are told."))
            return redirect(proposal)
    context = {"proposal": proposal, "decision": proposal.decisions.first(), "form": form}
    return render(request, "evaluation/answer.html", context, status=422 if form.errors else 200)
