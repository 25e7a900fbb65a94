"""A service's page for one proposal: what there is to know, and what it writes."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from budget.evaluation import lines, services
from budget.evaluation.forms import StudyForm
from budget.evaluation.models import Assignment
from budget.evaluation.views.base import no_mandate, reserved
from budget.proposals.models import Price
from budget.proposals.services import Changed, ProposalError
from geo.routing import explain

FEWEST_ROWS = 3
PERMISSION = "evaluation.study_assignment"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reserved(Role.AGENT, Role.ADMINISTRATOR)
def study(request, reference):
    """Saves a draft, with `rendre` hands it in; `ajouter` and `reprendre` only give more lines to fill."""
    assignment = _one(reference)
    if not request.user.has_perm(PERMISSION, assignment):
        return no_mandate(request, assignment.proposal)
    items = list(assignment.proposal.budget.check_items.all())
    latest = assignment.latest[0] if assignment.latest else None
    form = StudyForm(request.POST if request.method == "POST" else None, items=items, study=latest)
    conflict = None
    if request.method == "POST" and not _only_lines(request, form, assignment):
        try:
            if form.is_valid() and _save(request, assignment, form):
                return redirect(assignment)
        except Changed:
            assignment = _one(reference)
            conflict = assignment.latest[0]
            form = _again(request, form, items, conflict)
    return _render(request, assignment, form, conflict)


def _one(reference: str) -> Assignment:
    rows = Assignment.objects.with_study().select_related(
        "body",
        "proposal__budget__territory__level",
        "proposal__envelope__territory__level",
        "proposal__theme",
    )
    return get_object_or_404(rows, reference=reference.upper(), proposal__budget__published_at__isnull=False)


def _only_lines(request, form, assignment) -> bool:
    """Whether more lines are asked for: nothing is checked or saved, and all that was typed stays."""
    if "reprendre" in request.POST:
        known = lines.shown(lines.estimated(assignment.proposal))
        rows = lines.Lines([*form.lines.rows, *known.rows], [*form.lines.values, *known.values])
    elif "ajouter" in request.POST:
        rows = form.lines
    else:
        return False
    form.only_shown(rows.spared())
    return True


def _save(request, assignment, form) -> bool:
    submit = "rendre" in request.POST
    try:
        services.save_study(
            assignment=assignment, author=request.user, seen=form.cleaned_data["seen"], submit=submit, **form.content()
        )
    except services.Incomplete as error:
        form.add_errors(error.errors)
        return False
    except ProposalError as error:
        form.add_error(None, str(error))
        return False
    said = _("The study is handed in. Who signs sees it now.") if submit else _("The draft is saved.")
    messages.success(request, said)
    return True


def _again(request, form, items, latest) -> StudyForm:
    """The same text, over what a colleague saved meanwhile: saving once more puts it after theirs."""
    data = request.POST.copy()
    data["seen"] = latest.version
    again = StudyForm(data, items=items, study=latest)
    again.add_error(
        None, _("A colleague saved this study while you were writing. Nothing of yours is lost: it is below.")
    )
    return again


def _render(request, assignment, form, conflict):
    proposal = assignment.proposal
    budget = proposal.budget
    others = proposal.assignments.exclude(pk=assignment.pk).select_related("body").with_study()
    final = assignment.submitted_at is not None or proposal.status != "study"
    context = {
        "assignment": assignment,
        "proposal": proposal,
        "budget": budget,
        "photos": proposal.photos.all(),
        "why": explain(assignment.reasons),
        "latest": assignment.latest[0] if assignment.latest else None,
        "returned": proposal.events.filter(act__in=("return", "review")).last() if assignment.version else None,
        "others": list(others),
        "estimate_lines": lines.estimated(proposal),
        "prices": Price.objects.offered().filter(theme=proposal.theme) if proposal.theme_id else [],
        "form": form,
        "rows": form.lines.spared(max(0, FEWEST_ROWS - len(form.lines.rows))),
        "conflict": conflict,
        "final": final,
        "open": budget.allows("evaluate"),
    }
    return render(request, "evaluation/study.html", context, status=422 if form.errors else 200)
