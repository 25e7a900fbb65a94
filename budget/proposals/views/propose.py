"""A resident proposes equipment: one page, and nothing typed or uploaded is ever lost."""

import uuid
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Verification
from budget.participatory import phases
from budget.participatory.views import visible
from budget.proposals import services
from budget.proposals.drafts import WINDOW, Draft, collect, keep
from budget.proposals.forms import ProposalForm
from budget.proposals.models import Proposal
from budget.proposals.services.photos import MAX_PHOTOS
from common.forms import storable
from common.images import PhotoError
from common.ratelimit import exceeded
from common.text import clean_text
from geo.places import PlaceError, point


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request, slug):
    """The form; `?lon=&lat=` fills in what a map already knows. Sent, it leads to the proposal's page.

    Before a proposal leaves, its author has seen those that are alike: a page without scripts comes back once to
    show them.
    """
    budget = visible(request, slug)
    if request.method != "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not budget.allows("propose"):
            return render(request, "proposals/closed.html", {"budget": budget, "when": when(budget, "collecting")})
        return _page(request, budget, ProposalForm.empty(budget, request.user, _known(request)), Draft())
    request.POST = storable(request.POST)
    if known := _already_sent(request):
        return redirect(known)
    form, draft = _bound(request, budget)
    if not request.user.is_authenticated:
        form.add_error(
            None, _("You are signed out. Sign in in another tab, then send this page again: it is all here.")
        )
        return _page(request, budget, form, draft, status=403)
    if not form.is_valid() or _unseen(request, form):
        return _page(request, budget, form, draft, status=422)
    if exceeded(f"proposals:{request.user.pk}", limit=settings.PROPOSALS_LIMIT, seconds=WINDOW):
        form.add_error(None, _("You have sent many proposals. Nothing is lost: send this one again in ten minutes."))
        return _page(request, budget, form, draft, status=429)
    return _take(request, budget, form, draft)


def _take(request, budget, form, draft):
    given = form.cleaned_data
    try:
        wanted = budget.envelopes.filter(slug=given["envelope"]).first() if given["envelope"] else None
        # An envelope chosen for a place that was moved since is chosen again, by the place.
        proposal = services.post(
            budget=budget,
            author=request.user,
            envelope=wanted if wanted in form.envelopes else None,
            quantities=form.quantities(),
            photo_tokens=[photo.token for photo in draft.photos],
            **{name: given[name] for name in ("title", "text", "shape", "theme", "address", "estimate", "submission")},
        )
    except services.NotHere as error:
        form.add_error("corners" if given["corners"] else "place", str(error))
        return _page(request, budget, form, draft, status=422)
    except services.ProposalError as error:
        form.add_error(None, str(error))
        return _page(request, budget, form, draft, status=422)
    messages.success(request, _("Thank you: your proposal is published. We write to you at each step."))
    return redirect(proposal)


def _bound(request, budget) -> tuple[ProposalForm, Draft]:
    draft = collect(request)
    data = request.POST.copy()
    data["submission"] = _free_submission(request)
    form = ProposalForm(data, budget=budget, user=request.user, photos_kept=draft.photos)
    form.full_clean()
    for error in draft.errors:
        form.add_error("photos", error)
    if request.user.is_authenticated and request.user.verification < Verification.EMAIL:
        form.add_error(None, _("Confirm your e-mail address first: see your account."))
    return form, draft


def _unseen(request, form) -> bool:
    """Proposals alike that this page has not shown yet."""
    seen = set(request.POST.getlist("near"))
    return any(one.reference not in seen for one in form.similar)


def _expired(request):
    """The form comes back whole with a fresh token, after Django refused the one it was sent with."""
    budget = visible(request, request.resolver_match.kwargs["slug"])
    form, draft = _bound(request, budget)
    form.add_error(None, _("This page had expired. Nothing is lost: check it and send it again."))
    return _page(request, budget, form, draft, status=403)


propose.on_csrf_failure = _expired


def _page(request, budget, form, draft, *, status=200):
    context = {
        "budget": budget,
        "form": form,
        "draft": draft,
        "unseen": form.is_bound and not form.errors and _unseen(request, form),
        "limit": MAX_PHOTOS,
        "may_support": budget.allows("support"),
        "supporting": when(budget, "supporting"),
    }
    return render(request, "proposals/propose.html", context, status=status)


def when(budget, kind: str) -> dict:
    """The phase of that kind, as pages say it: {"kind", "window", "begun", "over"}; without a window there is none."""
    return {
        "kind": phases.KINDS[kind],
        "window": budget.window(kind),
        "begun": budget.has_begun(kind),
        "over": budget.is_over(kind),
    }


def _known(request) -> dict:
    """What the address of the page already says."""
    try:
        return {"place": point(request.GET.get("lon"), request.GET.get("lat"))}
    except PlaceError:
        return {}


def _submission(request) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("submission", ""))
    except ValueError:
        return None


def _words(request) -> str:
    return clean_text(request.POST.get("title", "")) + "\n" + clean_text(request.POST.get("text", ""))


def _already_sent(request) -> Proposal | None:
    """What this very form was sent for, by the same person; with other words it is another proposal."""
    if not request.user.is_authenticated or (submission := _submission(request)) is None:
        return None
    numbers = [submission, uuid.uuid5(submission, _words(request))]
    sent = Proposal.objects.filter(author=request.user, submission__in=numbers)
    return next((one for one in sent if f"{one.title}\n{one.text}" == _words(request)), None)


def _free_submission(request) -> str:
    """The form's number, or where it is taken one made of it and the words, so that twice is once."""
    submission = _submission(request)
    if submission is None:
        return str(uuid.uuid4())
    taken = Proposal.objects.filter(submission=submission).exists()
    return str(uuid.uuid5(submission, _words(request)) if taken else submission)


def _part(view):
    """A piece of the page about what is typed so far: `view(request, form)`."""

    @wraps(view)
    @never_cache
    @require_POST
    @login_required
    def piece(request, slug):
        form = ProposalForm(storable(request.POST), budget=visible(request, slug), user=request.user)
        form.full_clean()
        return view(request, form)

    return piece


@_part
def envelope(request, form):
    """Which envelope the place falls into and why, and how large what is drawn is."""
    return render(request, "proposals/_envelope.html", {"form": form, "budget": form.budget})


@_part
def similar(request, form):
    """Proposals alike, to support instead."""
    context = {
        "form": form,
        "budget": form.budget,
        "may_support": form.budget.allows("support"),
        "supporting": when(form.budget, "supporting"),
        "supported": set(request.user.proposal_supports.values_list("proposal", flat=True)) if form.similar else (),
    }
    return render(request, "proposals/_similar.html", context)


@require_POST
@login_required
def photo_upload(request):
    """Keep one photo while the form is being filled in: JSON {token, url, place: null} or {error}."""
    file = request.FILES.get("photo")
    if file is None:
        return JsonResponse({"error": _("No photo was received. Choose it again.")}, status=422)
    try:
        kept = keep(request.user, file)
    except PhotoError as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse({"token": kept.token, "url": f"{kept.get_url()}?petit", "place": None})


def _upload_expired(request):
    return JsonResponse({"error": _("This page has expired. Your photo will leave with the form.")}, status=403)


photo_upload.on_csrf_failure = _upload_expired
