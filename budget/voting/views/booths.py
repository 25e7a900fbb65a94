"""Booths: bundles of paper ballots, typed by two people, settled, accepted."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from budget.voting import services, sheets
from budget.voting.forms import AcceptForm, BoothForm, BundleForm, SignaturesForm
from budget.voting.models import Booth, Bundle, Typing
from budget.voting.polls import lines_of
from budget.voting.services.booths import state, states
from budget.voting.views.desk import SERVE, overview, reserved, served


@reserved
@require_POST
def add_booth(request, slug):
    """One more booth."""
    budget = served(request, slug, SERVE)
    form = BoothForm(request.POST)
    if form.is_valid():
        try:
            booth = services.add_booth(budget=budget, name=form.cleaned_data["name"])
            return redirect("voting:booth", booth.reference)
        except services.VoteError as refused:
            form.add_error("name", str(refused))
    return render(request, "voting/desk/desk.html", overview(request, budget, booth_form=form), status=422)


def booth_of(request, reference: str) -> Booth:
    """Raises Http404, PermissionDenied."""
    rows = Booth.objects.select_related("budget")
    booth = get_object_or_404(rows, reference=reference.upper()[:12])
    booth.budget = served(request, booth.budget.slug, SERVE)
    return booth


@reserved
@require_http_methods(["GET", "HEAD", "POST"])
def booth(request, reference):
    """A booth: the roll, its bundles and how far they are, and whether all agree."""
    one = booth_of(request, reference)
    signatures = SignaturesForm(
        request.POST if "signer" in request.POST else None, initial={"signatures": one.signatures}
    )
    bundle = BundleForm(request.POST if "ajouter" in request.POST else None, budget=one.budget)
    accept = AcceptForm(request.POST if "accepter" in request.POST else None)
    form = next((form for form in (signatures, bundle, accept) if form.is_bound), None)
    if form is not None and form.is_valid():
        try:
            if form is signatures:
                services.set_signatures(booth=one, **form.cleaned_data)
            elif form is bundle:
                made = services.add_bundle(booth=one, **form.cleaned_data)
                return redirect("voting:bundle", made.reference)
            else:
                name = request.user.display_name or _("no public name")
                services.accept_booth(booth=one, user=request.user, name=name, **form.cleaned_data)
                messages.success(request, _("The ballots of this booth are with the others."))
            return redirect("voting:booth", reference)
        except services.VoteError as refused:
            form.add_error(None, str(refused))
    bundles = list(one.bundles.select_related("envelope"))
    found = states(bundles)
    counts: dict[str, int] = {}
    for row in bundles:
        counts[row.envelope.title] = counts.get(row.envelope.title, 0) + row.size
    context = {
        "budget": one.budget,
        "booth": one,
        "bundles": [{"bundle": row, "state": found[row.pk]} for row in bundles],
        "counts": counts,
        "ready": all(state.ready for state in found.values()),
        "signatures_form": signatures,
        "bundle_form": bundle,
        "accept_form": accept,
    }
    return render(request, "voting/desk/booth.html", context, status=422 if form is not None else 200)


@reserved
@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request, reference):
    """Type a bundle, ballot after ballot; or, once it is typed twice, settle what differs."""
    found = get_object_or_404(
        Bundle.objects.select_related("booth__budget", "envelope"), reference=reference.upper()[:12]
    )
    found.booth.budget = found.envelope.budget = served(request, found.booth.budget.slug, SERVE)
    typed, error, position = "", "", None
    if request.method == "POST":
        typed = request.POST.get("bulletin", "")[:500].replace("\0", "")
        position = _position(request.POST.get("position", ""))
        act = services.settle if "trancher" in request.POST else services.type_ballot
        try:
            act(bundle=found, user=request.user, position=position, typed=typed)
            return redirect("voting:bundle", reference)
        except services.VoteError as refused:
            error = str(refused)
    context = _bundle(request, found)
    if position and error:
        context["position"] = position
    asked = _position(request.GET.get("bulletin", ""))
    if not error and 0 < asked <= found.size and context["typing"]:
        context["position"] = asked
    context |= {"typed": typed, "error": error}
    return render(request, "voting/desk/bundle.html", context, status=422 if error else 200)


def _position(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _bundle(request, bundle: Bundle) -> dict:
    progress = state(bundle)
    lines = lines_of(bundle.envelope)
    mine = next(
        (one.turn for one in bundle.typings.filter(turn__lt=Typing.Turn.SETTLED) if one.typist_id == request.user.pk),
        None,
    )
    own = progress.typed.get(mine, {}) if mine else {}
    taken = bundle.typings.filter(turn__lt=Typing.Turn.SETTLED).count()
    todo = [one for one in range(1, bundle.size + 1) if one not in own]
    accepted = bundle.booth.accepted_at is not None

    def shown(line):
        if line is None:
            return ""
        if line.spoiled:
            return _("spoiled")
        return line.text.replace(",", " ") or _("blank")

    return {
        "budget": bundle.booth.budget,
        "booth": bundle.booth,
        "bundle": bundle,
        "state": progress,
        "lines": lines,
        "typing": not accepted and not progress.compared and (mine is not None or taken < 2),
        "mine": [(one, shown(own[one])) for one in sorted(own, reverse=True)],
        "done": len(own),
        "position": todo[0] if todo else None,
        "settling": not accepted and progress.compared and bool(progress.unsettled),
        "differences": [
            {
                "position": one,
                "first": shown(progress.typed[1][one]),
                "second": shown(progress.typed[2][one]),
                "settled": shown(progress.typed.get(3, {}).get(one)),
            }
            for one in (progress.different if progress.compared else [])
        ],
        "valued": bundle.envelope.ballot in ("points", "grades"),
        "grades": sheets.GRADE_CHOICES if bundle.envelope.ballot == "grades" else (),
    }
