"""What everybody reads of a result, and what they need to count it again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from budget.participatory.views import outlines, visible
from budget.results import pb, services
from budget.results.models import Count, CountOrder
from budget.results.outcome import FEWEST, Outcome, Shares, districts, official_counts
from geo.exports import streams


@require_safe
def overview(request, slug):
    """All envelopes of a budget, districts side by side; before the count, why there is none yet."""
    budget = visible(request, slug)
    counts = official_counts(budget)
    done = {one.envelope_id for one in counts}
    orderable = []
    if request.user.is_authenticated:
        for envelope in budget.envelopes.filter(paper__isnull=False).distinct():
            envelope.budget = budget
            if envelope.pk not in done and services.may_order(request.user, envelope):
                orderable.append(envelope)
    rows = districts(budget, counts)
    context = {
        "budget": budget,
        "counts": counts,
        "projects": sum(len(one.winners) for one in counts),
        "cost": sum(one.cost for one in counts),
        "amount": sum(one.envelope.amount for one in counts),
        "shares": Shares.of(counts),
        "districts": rows,
        "features": shaded(budget, rows),
        "fewest": FEWEST,
        "orderable": orderable,
        "waiting": CountOrder.objects.filter(envelope__in=orderable).exists(),
        "refusal": services.refusal(budget) if not counts or orderable else "",
    }
    return render(request, "results/budget.html", context)


def shaded(budget, rows) -> list[dict]:
    """The outlines of the districts, the darker the more money an inhabitant got."""
    each = {row.envelope.slug: row.each for row in rows if row.each is not None}
    most = max(each.values(), default=0)
    found = [one for one in outlines(budget) if one["id"] in each]
    for one in found:
        one["properties"]["shade"] = each[one["id"]] / most if most else 0
    return found


@require_POST
@login_required
def order(request, slug):
    """Have the votes counted."""
    budget = visible(request, slug)
    try:
        number = services.order(budget=budget, user=request.user)
    except services.CountError as refused:
        messages.error(request, str(refused))
    else:
        said = ngettext(
            "%(number)d envelope will be counted in a moment.",
            "%(number)d envelopes will be counted in a moment.",
            number,
        )
        messages.success(request, said % {"number": number} if number else _("The count was asked for already."))
    return redirect("results:budget", budget.slug)


class NotCounted(Http404):
    """The votes of that envelope are not counted yet."""


def _counted(request, slug: str, envelope: str) -> Count:
    """The official count of that envelope, if this viewer may see its budget. Raises Http404, NotCounted."""
    budget = visible(request, slug)
    one = next((row for row in budget.envelopes.all() if row.slug == envelope), None)
    if one is None:
        raise Http404
    one.budget = budget
    count = Count.objects.filter(envelope=one, official=True).first()
    if count is None:
        raise NotCounted
    count.envelope = one
    return count


@require_safe
def envelope(request, slug, envelope):
    """One envelope: winners, the order of selection, why each project won or lost, how to count it again.

    Before it is counted, the page of all envelopes says why there is nothing yet.
    """
    try:
        count = _counted(request, slug, envelope)
    except NotCounted:
        return redirect("results:budget", slug)
    outcome = Outcome(count)
    others = list(count.envelope.counts.filter(official=False).order_by("pk"))
    context = {
        "budget": count.envelope.budget,
        "envelope": count.envelope,
        "count": count,
        "outcome": outcome,
        "otherwise": outcome.otherwise(others) if others else None,
        "command": command(count),
        "fewest": FEWEST,
    }
    return render(request, "results/envelope.html", context)


def command(count: Count) -> str:
    """The line that counts the file again."""
    words = [f"manage.py pb_count {count.envelope.slug}.pb --rule {count.rule}"]
    options = count.options
    words += [f"--{name} {options[name]}" for name in ("utility", "stop", "seed", "threshold") if options.get(name)]
    return " ".join([*words, *(["--comparison"] if options.get("comparison") else [])])


@require_safe
def file(request, slug, envelope):
    """The election as a Pabulib file."""
    count = _counted(request, slug, envelope)
    answer = streams.of_rows(request, pb.pieces(count), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{count.envelope.slug}.pb"'
    return answer
