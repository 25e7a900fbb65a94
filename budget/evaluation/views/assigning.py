"""Giving proposals to services: one by hand, or all of a budget by competence."""

import datetime as dt
from collections import defaultdict

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from budget.evaluation import services
from budget.evaluation.forms import AssignForm, DeadlineForm
from budget.evaluation.routing import plan, to_plan
from budget.evaluation.rules import places
from budget.evaluation.views.base import no_mandate, one_proposal, reserved
from budget.participatory.views import visible
from budget.proposals.services import ProposalError
from geo.models import Body
from geo.routing import explain

# Days that a service usually has, and those left to sign.
USUAL_DAYS, TO_SIGN = 28, 7


@require_http_methods(["GET", "HEAD", "POST"])
@reserved(Role.ADMINISTRATOR)
def assign(request, reference):
    """Which services study one proposal and why; asks one more, or with `retirer` one less."""
    proposal = one_proposal(reference)
    if not request.user.has_perm("proposals.study_proposal", proposal):
        return no_mandate(request, proposal)
    asked = list(proposal.assignments.select_related("body").order_by("deadline", "pk"))
    competent = [] if asked else plan([proposal])[0].services
    initial = {"deadline": usual_deadline(proposal.budget), "body": competent[0][0].slug if competent else None}
    form = AssignForm(
        request.POST if request.method == "POST" and "retirer" not in request.POST else None,
        bodies=_bodies(proposal),
        initial=initial,
    )
    if request.method == "POST" and _carry_out(request, proposal, asked, form):
        return redirect("evaluation:assign", proposal.reference)
    for one in asked:
        one.why = explain(one.reasons)
    context = {
        "proposal": proposal,
        "budget": proposal.budget,
        "asked": asked,
        "competent": [(body, explain(reasons)) for body, reasons in competent],
        "form": form,
        "open": proposal.budget.allows("evaluate") and proposal.status in ("posted", "study"),
    }
    return render(request, "evaluation/assign.html", context, status=422 if form.errors else 200)


def _carry_out(request, proposal, asked, form) -> bool:
    try:
        if taken := request.POST.get("retirer"):
            one = next((row for row in asked if row.reference == taken), None)
            if one is None:
                raise Http404
            services.take_back(assignment=one, actor=request.user)
            messages.success(request, _("%(service)s is no longer asked.") % {"service": one.body})
            return True
        if not form.is_valid():
            return False
        services.assign(proposal=proposal, actor=request.user, **form.cleaned_data)
    except ProposalError as error:
        if form.is_bound:
            form.add_error(None, str(error))
            return False
        messages.error(request, str(error))
        return True
    messages.success(request, _("%(service)s is asked and told.") % {"service": form.cleaned_data["body"]})
    return True


def _bodies(proposal):
    """Services of the places around it."""
    return Body.objects.filter(Q(territory__in=places(proposal)), kind=Body.Kind.SERVICE).order_by("name")


def usual_deadline(budget) -> dt.date:
    """Four weeks from now, or a week before the phase ends where that is sooner; tomorrow or its last day at least."""
    today = timezone.localdate()
    day, window = today + dt.timedelta(days=USUAL_DAYS), budget.window("evaluating")
    if window and window.closes_at:
        last = timezone.localdate(window.closes_at)
        return min(max(min(day, last - dt.timedelta(days=TO_SIGN)), today + dt.timedelta(days=1)), last)
    return day


@require_http_methods(["GET", "HEAD", "POST"])
@reserved(Role.ADMINISTRATOR)
def assign_all(request, slug):
    """What each service would get, and with POST gives it to them; with `grille` it gets the usual checklist."""
    budget = visible(request, slug)
    if not request.user.has_perm("participatory.run_budget", budget):
        return no_mandate(request)
    if "grille" in request.POST:
        services.usual_checklist(budget=budget, actor=request.user)
        messages.success(request, _("The usual questions are there. They can be changed in the administration site."))
        return redirect("evaluation:assign_all", budget.slug)
    form = DeadlineForm(
        request.POST if request.method == "POST" else None, initial={"deadline": usual_deadline(budget)}
    )
    if form.is_bound and form.is_valid():
        try:
            done = services.assign_all(budget=budget, actor=request.user, **form.cleaned_data)
        except ProposalError as error:
            form.add_error(None, str(error))
        else:
            _say(request, done)
            return redirect("evaluation:desk")
    planned = plan(list(to_plan(budget)))
    context = {
        "budget": budget,
        "form": form,
        "groups": _groups(planned),
        "count": sum(1 for one in planned if one.services),
        "alone": [one.proposal for one in planned if not one.services],
        "open": budget.allows("evaluate"),
        "questions": budget.check_items.all(),
    }
    return render(request, "evaluation/assign_all.html", context, status=422 if form.errors else 200)


def _groups(planned) -> list[tuple]:
    """(service, [(proposal, why in a sentence)]), the busiest first."""
    found, bodies = defaultdict(list), {}
    for one in planned:
        for body, reasons in one.services:
            bodies[body.pk] = body
            found[body.pk].append((one.proposal, explain(reasons)[-1]))
    return [(bodies[pk], rows) for pk, rows in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))]


def _say(request, done) -> None:
    given = sum(1 for one in done if one.services)
    left = len(done) - given
    said = ngettext("%(count)d proposal was given to services.", "%(count)d proposals were given to services.", given)
    messages.success(request, said % {"count": given})
    if left:
        said = ngettext("%(count)d is to be given by hand.", "%(count)d are to be given by hand.", left)
        messages.warning(request, said % {"count": left})
