"""The desk of a vote: its paper, its codes, the counter, the closing."""

import csv
import io
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Role
from accounts.rules import mandates
from budget.participatory.models import Budget
from budget.participatory.services import Frozen
from budget.voting import published, services
from budget.voting.forms import BoothForm, CallForm, CodesForm, DistrictForm
from budget.voting.models import CodeBatch
from budget.voting.polls import Poll
from budget.voting.sections import state_of
from budget.voting.services.booths import states
from budget.voting.services.paper import is_stale

STAFF = (Role.AGENT, Role.OFFICIAL, Role.ADMINISTRATOR)
SERVE, PREPARE, CLOSE = "voting.serve_vote", "voting.prepare_vote", "voting.close_vote"


def reserved(view):
    """For people with a mandate: others are refused before anything is looked up."""

    @never_cache
    @login_required
    @wraps(view)
    def inner(request, *args, **kwargs):
        if not (request.user.is_superuser or mandates(request.user, *STAFF)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inner


def served(request, slug: str, *permissions: str) -> Budget:
    """The budget of that address for somebody with one of these permissions. Raises Http404, PermissionDenied."""
    rows = Budget.objects.whole().select_related("closing", "closing_call__called_by")
    budget = get_object_or_404(rows, slug=slug)
    if not any(request.user.has_perm(one, budget) for one in permissions):
        raise PermissionDenied
    return budget


@reserved
@require_http_methods(["GET", "HEAD"])
def desk(request, slug):
    """All there is to do for a vote, by what this person may."""
    return render(request, "voting/desk/desk.html", overview(request, served(request, slug, SERVE, CLOSE)))


def overview(request, budget: Budget, **more) -> dict:
    """What the page of the desk shows; `more` takes the place of some of it."""
    turnout, poll = published.turnout(budget), Poll(budget)
    booths = list(budget.booths.prefetch_related("bundles"))
    found = states([bundle for booth in booths for bundle in booth.bundles.all()])
    return {
        "budget": budget,
        **state_of(budget),
        "prepares": request.user.has_perm(PREPARE, budget),
        "serves": request.user.has_perm(SERVE, budget),
        "stale": not budget.has_begun("voting") and is_stale(budget),
        "closes": request.user.has_perm(CLOSE, budget),
        "envelopes": [
            {"envelope": one, "lines": len(poll.limits(one).costs), "channels": turnout.get(one.pk, {})}
            for one in poll.envelopes
        ],
        "batches": budget.code_batches.filter(desk=False).select_related("territory"),
        "at_desk": budget.code_batches.filter(desk=True).count(),
        "booths": [
            {
                "booth": booth,
                "bundles": len(booth.bundles.all()),
                "ready": sum(found[bundle.pk].ready for bundle in booth.bundles.all()),
            }
            for booth in booths
        ],
        "codes_form": CodesForm(budget=budget),
        "booth_form": BoothForm(),
        "call": getattr(budget, "closing_call", None),
        **more,
    }


@reserved
@require_POST
def print_paper(request, slug):
    """Print the ballot paper, once more until the vote opens."""
    budget = served(request, slug, PREPARE)
    try:
        counts = services.print_paper(budget=budget)
    except Frozen as refused:
        messages.error(request, str(refused))
    except services.PaperError as refused:
        context = overview(request, budget, problems=refused.problems)
        return render(request, "voting/desk/desk.html", context, status=422)
    else:
        messages.success(request, _("The paper is printed: %(count)s projects.") % {"count": sum(counts.values())})
    return redirect("voting:desk", slug)


@reserved
@require_POST
def codes(request, slug):
    """Make a batch of codes and give them as a file, this once."""
    budget = served(request, slug, PREPARE)
    form = CodesForm(request.POST, budget=budget)
    if not form.is_valid():
        return render(request, "voting/desk/desk.html", overview(request, budget, codes_form=form), status=422)
    try:
        batch, texts = services.make_codes(budget=budget, user=request.user, **form.cleaned_data)
    except services.VoteError as refused:
        form.add_error(None, str(refused))
        return render(request, "voting/desk/desk.html", overview(request, budget, codes_form=form), status=422)
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(["numero", "code"])
    lines.writerows(enumerate(texts, 1))
    answer = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="codes-{slug}-{batch.reference}.csv"'
    return answer


@reserved
@require_POST
def batch(request, slug):
    """Give another code for a lost letter (`numero`), or end a whole batch (`revoquer`)."""
    budget = served(request, slug, PREPARE)
    found = get_object_or_404(CodeBatch, budget=budget, reference=request.POST.get("lot", "")[:12].replace("\0", ""))
    if "revoquer" in request.POST:
        services.revoke_batch(batch=found)
        messages.success(request, _("The codes of “%(batch)s” open nothing any more.") % {"batch": found})
        return redirect("voting:desk", slug)
    number = request.POST.get("numero", "")
    try:
        if not (number.isascii() and number.isdigit() and len(number) < 8):
            raise services.VoteError(_("This batch has no code of that number."))
        code = services.replace_code(budget=budget, batch=found, number=int(number))
    except services.VoteError as refused:
        messages.error(request, str(refused))
        return redirect("voting:desk", slug)
    context = {"budget": budget, "code": code, "batch": found, "number": number}
    return render(request, "voting/desk/code.html", context)


@reserved
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request, slug):
    """A code for somebody who has shown who they are, to vote at once on the tablet."""
    budget = served(request, slug, SERVE)
    form = DistrictForm(request.POST or None, budget=budget)
    context = {"budget": budget, "form": form, "running": budget.allows("vote")}
    if request.method == "POST" and form.is_valid():
        try:
            territory = form.cleaned_data.get("territory")
            context["code"] = services.desk_code(budget=budget, user=request.user, territory=territory)
            context["territory"] = territory
        except services.VoteError as refused:
            context["refused"] = str(refused)
    context["given"] = budget.code_batches.filter(desk=True).count()
    return render(request, "voting/desk/counter.html", context)


@reserved
@require_http_methods(["GET", "HEAD", "POST"])
def closing(request, slug):
    """Close the vote: one calls for it, another confirms."""
    budget = served(request, slug, CLOSE)
    form = CallForm(request.POST if "appeler" in request.POST else None)
    refused = ""
    if request.method == "POST":
        try:
            if "confirmer" in request.POST and "verifie" not in request.POST:
                refused = _("Check what is written there first, and say so.")
            elif "confirmer" in request.POST:
                services.confirm_closing(budget=budget, user=request.user)
                messages.success(request, _("The vote is closed: the key is destroyed, the ballots are public."))
                return redirect("voting:proof", slug)
            elif "retirer" in request.POST:
                services.withdraw_call(budget=budget, user=request.user)
                return redirect("voting:closing", slug)
            elif form.is_valid():
                services.call_to_close(budget=budget, user=request.user, **form.cleaned_data)
                return redirect("voting:closing", slug)
        except services.VoteError as error:
            refused = str(error)
    call = getattr(budget, "closing_call", None)
    context = {
        "budget": budget,
        **state_of(budget),
        "form": form,
        "refused": refused,
        "call": call,
        "own": call is not None and call.called_by_id == request.user.pk,
        "problems": _problems(budget),
        "ballots": sum(sum(channels.values()) for channels in published.turnout(budget).values()),
        "waiting": budget.booths.filter(accepted_at=None),
    }
    return render(request, "voting/desk/closing.html", context, status=422 if refused else 200)


def _problems(budget: Budget) -> dict[str, list[str]]:
    """What the check of each envelope finds, by its title."""
    return {one.title: wrong for one in Poll(budget).envelopes if (wrong := published.verify(one))}
