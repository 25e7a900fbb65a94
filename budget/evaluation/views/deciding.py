"""The official's page: the studies side by side, and the decision to sign upon them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from budget.evaluation import lines, services
from budget.evaluation.forms import DecisionForm, ReopenForm
from budget.evaluation.models import Verdict
from budget.evaluation.rules import office
from budget.evaluation.services.signing import found_by
from budget.evaluation.views.base import no_mandate, one_proposal, reserved
from budget.proposals.services import Changed, ProposalError
from budget.proposals.workflow import SIGN
from common.workflow import TransitionError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reserved(Role.OFFICIAL, Role.ADMINISTRATOR)
def decide(request, reference):
    """Signs the decision; with `rendre` gives studies back; `ajouter` only gives more lines to fill."""
    proposal = one_proposal(reference)
    if not request.user.has_perm(SIGN, proposal):
        return no_mandate(request, proposal)
    assignments = list(proposal.assignments.select_related("body").order_by("body__name").with_study())
    handed = [one for one in assignments if one.submitted_at]
    back = "rendre" in request.POST
    form = _form(request, assignments, bound=request.method == "POST" and not back)
    reopen = ReopenForm(request.POST if back else None, assignments=handed)
    if form.is_bound and "ajouter" in request.POST:
        form.only_shown(form.lines.spared())
    elif form.is_bound and form.is_valid() and _sign(request, proposal, form):
        return redirect(proposal)
    elif reopen.is_bound and reopen.is_valid() and _reopen(request, proposal, handed, reopen):
        return redirect("evaluation:decide", proposal.reference)
    complete = bool(assignments) and len(handed) == len(assignments)
    studies = [study for one in handed for study in one.latest]
    context = {
        "proposal": proposal,
        "budget": proposal.budget,
        "photos": proposal.photos.all(),
        "assignments": assignments,
        "missing": [one for one in assignments if not one.submitted_at],
        "complete": complete,
        "open": proposal.budget.allows("evaluate"),
        "may_sign": complete and proposal.status in ("posted", "study") and proposal.budget.allows("evaluate"),
        "may_reopen": handed
        and proposal.status in ("study", "feasible", "unfeasible")
        and proposal.budget.allows("evaluate"),
        "decision": proposal.decisions.first(),
        "estimate_lines": lines.estimated(proposal),
        "found": lines.total(found_by(studies)[0]),
        "form": form,
        "rows": form.lines.spared(0 if form.lines.rows else 1),
        "reopen": reopen,
        "office": office(request.user, proposal),
    }
    wrong = form.errors or reopen.errors
    return render(request, "evaluation/decision.html", context, status=422 if wrong else 200)


def _form(request, assignments, *, bound: bool) -> DecisionForm:
    """Filled with what the services wrote, for the official to sign or to change."""
    studies = [study for one in assignments if one.submitted_at for study in one.latest]
    found, yearly = found_by(studies)
    bad = any(study.verdict == Verdict.UNFEASIBLE for study in studies)
    initial = {
        "feasible": ("no" if bad else "yes") if studies else None,
        "reason": "\n\n".join(study.reason for study in studies),
        "yearly": lines.plain(yearly),
        "seen": services.seen_of(assignments),
    }
    return DecisionForm(request.POST if bound else None, known=found, initial=initial)


def _sign(request, proposal, form) -> bool:
    data = form.cleaned_data
    try:
        services.sign(
            proposal=proposal,
            actor=request.user,
            feasible=data["feasible"] == "yes",
            reason=data["reason"],
            lines=form.lines.values,
            yearly=data["yearly"],
            correction=data["correction"],
            seen=data["seen"],
        )
    except services.Incomplete as error:
        form.add_errors(error.errors)
        return False
    except Changed:
        form.add_error(None, _("A service has changed its study meanwhile. Read it again, then sign."))
        form.data = form.data.copy()
        form.data["seen"] = services.seen_of(list(proposal.assignments.all()))
        return False
    except TransitionError:
        form.add_error(None, _("Somebody has signed this proposal meanwhile. What you wrote is still below."))
        return False
    except ProposalError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Signed. The decision is public, and its author is told."))
    return True


def _reopen(request, proposal, handed, form) -> bool:
    chosen = [one for one in handed if one.reference in form.cleaned_data["services"]]
    try:
        services.reopen(
            proposal=proposal, assignments=chosen, actor=request.user, message=form.cleaned_data["message"]
        )
    except TransitionError:
        form.add_error(None, _("This proposal cannot be studied again now."))
        return False
    except ProposalError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("The study is given back; the service is told."))
    return True
