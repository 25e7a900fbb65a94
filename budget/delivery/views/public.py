"""What everybody may see of the works: the whole budget, one district, the same as a table."""

import csv

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from budget.delivery import services, snapshots
from budget.delivery.forms import SignForm
from budget.delivery.models import WorksPhoto
from budget.delivery.rules import handled_by
from budget.delivery.works import Sums, of_budget
from budget.participatory.views import visible
from budget.proposals.models import Proposal
from common import photos
from common.spreadsheets import harmless


@require_safe
def overview(request, slug):
    """All envelopes of a budget: how many projects, how far, planned and spent money, what is late."""
    budget = visible(request, slug)
    rows = of_budget(budget, request.user)
    if not rows:
        raise Http404
    envelopes = []
    for envelope in budget.envelopes.all():
        own = [one for one in rows if one.proposal.envelope_id == envelope.pk]
        if own:
            envelopes.append({"envelope": envelope, "sums": Sums.of(own)})
    context = {
        "budget": budget,
        "works": rows,
        "sums": Sums.of(rows),
        "envelopes": envelopes,
        "late": sorted((one for one in rows if one.late_by), key=lambda one: -one.late_by),
        "features": [one.feature for one in rows if one.feature],
        "may_handle": bool(handled_by(request.user)),
    }
    return render(request, "delivery/budget.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def execution(request, slug, envelope):
    """The execution page of an envelope; an official of the place signs it by POST."""
    budget = visible(request, slug)
    one = next((row for row in budget.envelopes.all() if row.slug == envelope), None)
    if one is None:
        raise Http404
    one.budget = budget
    may_sign = request.user.has_perm(services.SIGN, one)
    if request.method == "POST" and not may_sign:
        raise PermissionDenied
    present = snapshots.snapshot(one)
    form = SignForm(request.POST or None, initial={"seen": snapshots.digest(present)})
    if request.method == "POST" and form.is_valid():
        try:
            services.sign(envelope=one, signer=request.user, **form.cleaned_data)
        except services.Changed as refused:
            form.add_error(None, str(refused))
            form.data = {**form.data.dict(), "seen": snapshots.digest(present)}
        except services.DeliveryError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(services.url_of(one))
    rows = [row for row in of_budget(budget, request.user) if row.proposal.envelope_id == one.pk]
    signatures = list(one.signatures.all())
    context = {
        "budget": budget,
        "envelope": one,
        "works": rows,
        "sums": Sums.of(rows),
        "features": [row.feature for row in rows if row.feature],
        "signatures": signatures,
        "changed": snapshots.changed_since(signatures[0], present) if signatures else [],
        "may_sign": may_sign and bool(rows),
        "form": form,
    }
    return render(request, "delivery/envelope.html", context, status=422 if form.errors else 200)


@require_safe
def table(request, slug):
    """The works of a budget as CSV, for spreadsheets: semicolons, euros with a decimal comma."""
    budget = visible(request, slug)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="realisation-{budget.slug}.csv"'
    answer.write("\ufeff")
    lines = csv.writer(answer, delimiter=";")
    lines.writerow(
        [
            _("Reference"),
            _("Envelope"),
            _("Project"),
            _("State"),
            _("Planned (€)"),
            _("Spent (€)"),
            _("Days late"),
            _("Next step"),
            _("Planned for"),
            _("Longitude"),
            _("Latitude"),
        ]
    )
    for one in of_budget(budget, request.user):
        proposal, point = one.proposal, one.proposal.point
        lines.writerow(
            [
                proposal.reference,
                harmless(proposal.envelope.title),
                harmless(proposal.title),
                one.stage.title,
                _decimal(one.planned),
                _decimal(one.spent),
                one.late_by,
                harmless(one.next.title) if one.next else "",
                one.next.planned_on.isoformat() if one.next else "",
                point.x if point else "",
                point.y if point else "",
            ]
        )
    return answer


def _decimal(amount: int) -> str:
    return f"{amount // 100},{amount % 100:02}"


@require_safe
def photo(request, token):
    """A photo, or with `?petit` its thumbnail, for whoever may see its project."""
    found = get_object_or_404(WorksPhoto, token=token)
    if not Proposal.objects.visible_to(request.user).filter(pk=found.proposal_id).exists():
        raise Http404
    return photos.shown(found, small="petit" in request.GET)
