"""A resident reports a problem: one page, and nothing typed or uploaded is ever lost."""

import uuid
from contextlib import suppress

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.confirmations import TooManyConfirmations
from alerts import services
from alerts.confirmed import ask_report
from alerts.drafts import WINDOW, Draft, TooMany, collect, keep
from alerts.models import Alert, Category
from alerts.report_form import ReportForm
from alerts.views.supports import mailed_url
from common.caller import address
from common.images import PhotoError
from common.proof import FIELD
from common.ratelimit import exceeded
from common.text import clean_text
from geo.places import PlaceError, point


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request):
    """The form; `?lon=&lat=&category=` fills in what a map already knows. Sent, it leads to the tracking page.

    Before a report leaves, its writer has seen what the category asks and what is reported nearby: a page without
    scripts comes back once to show them.
    """
    if request.method != "POST":
        return _page(request, ReportForm.empty(request, _known(request)), Draft())
    if alert := _already_sent(request):
        return _sent(request, f"{alert.get_tracking_url()}?envoye")
    request.POST = _with_new_submission(request.POST)
    form, draft, proposed = _bound(request)
    if proposed or not form.is_valid() or _unasked(request, form) or _unseen(request, form):
        return _page(request, form, draft, proposed=proposed, status=422)
    if exceeded(f"reports:{address(request)}", limit=settings.ALERTS_REPORTS_LIMIT, seconds=WINDOW):
        form.add_error(
            None, _("Many reports came from your connection. Nothing is lost: send this one again in ten minutes.")
        )
        return _page(request, form, draft, status=429)
    try:
        url = _take(request, form, draft)
    except TooManyConfirmations as error:
        form.add_error("email", str(error))
        return _page(request, form, draft, status=429)
    form.note_act()
    return _sent(request, url)


def _take(request, form, draft) -> str:
    """The report, or the mail that confirms it; returns where its writer goes."""
    given = form.cleaned_data | {"answers": form.answers()}
    photos = [photo.token for photo in draft.photos]
    if form.must_confirm:
        ask_report(email=given["email"], given=given, photo_tokens=photos, caller=address(request))
        return mailed_url(given["email"])
    alert = services.report(
        category=given["category"],
        point=given["place"],
        description=given["description"],
        address=given["address"],
        answers=given["answers"],
        asset_code=given["asset_code"],
        photo_tokens=photos,
        reporter=request.user if request.user.is_authenticated else None,
        contact_email=given["email"],
        submission=given["submission"],
    )
    return f"{alert.get_tracking_url()}?envoye"


def _unasked(request, form) -> bool:
    """The chosen category asks something that this page has not shown yet."""
    return bool(form.asks) and not _is_script(request) and request.POST.get("asked") != form.chosen.code


def _unseen(request, form) -> bool:
    """Reports nearby that this page has not shown yet. What a device kept and sends later does not stop at them."""
    if _is_script(request):
        return False
    seen = set(request.POST.getlist("near"))
    return any(near.alert.reference not in seen for near in form.nearby)


def _expired(request):
    """The form comes back whole with a fresh token, after Django refused the one it was sent with."""
    form, draft, proposed = _bound(request)
    form.add_error(None, _("This page had expired. Nothing is lost: check it and send it again."))
    return _page(request, form, draft, proposed=proposed, status=403)


report.on_csrf_failure = _expired


def _bound(request) -> tuple[ReportForm, Draft, bool]:
    """The form as it was sent, its photos, and whether a photo's place was put where the person gave none.

    A place that was searched or shown stays, unless the person has just preferred the photo's.
    """
    draft = collect(request)
    data = request.POST.copy()
    untold = not any(data.get(f"place_{part}", "").strip() for part in ("lon", "lat", "search"))
    proposed = draft.place is not None and (untold or "use_photo_place" in data)
    if proposed:
        data["place_lon"], data["place_lat"] = f"{draft.place.x:.6f}", f"{draft.place.y:.6f}"
        data["place_search"] = ""  # is another place's
    form = ReportForm(data, request=request, photos_kept=draft.photos)
    form.full_clean()
    for error in draft.errors:
        form.add_error("photos", error)
    if _unasked(request, form):
        for question in form.questions:
            form.errors.pop(question.name, None)
    return form, draft, proposed


def _page(request, form, draft, *, proposed=False, status=200):
    if _is_script(request) and status != 200:
        said = [_("Your photo says where it was taken: check that place, or choose another, then send.")]
        told = {"errors": ({"place": said} if proposed else {}) | form.errors}
        if form.errors.keys() == {FIELD} and not proposed:
            told["challenge"] = reverse("proof", args=[form.proof_act])
        return JsonResponse(told, status=status)
    context = {
        "form": form,
        "groups": _groups(form),
        "draft": draft,
        "proposed": proposed,
        "unasked": form.is_bound and _unasked(request, form),
        "unseen": form.is_bound and _unseen(request, form),
        "limit": services.MAX_PHOTOS,
    }
    return render(request, "alerts/report.html", context, status=status)


def _groups(form) -> list[tuple[Category | None, list[Category]]]:
    """(heading, what it holds) in the order of the headings; what stands alone comes without one."""
    groups: dict[Category | None, list[Category]] = {}
    for category in form.fields["category"].queryset.order_by("parent__position", "position", "name"):
        groups.setdefault(category.parent, []).append(category)
    return list(groups.items())


def _known(request) -> dict:
    """What the address of the page already says."""
    known = {"category": request.GET.get("category")}
    with suppress(PlaceError):
        known["place"] = point(request.GET.get("lon"), request.GET.get("lat"))
    return known


def _already_sent(request) -> Alert | None:
    """The alert this very form was sent for; the same page sent again with another text is another report."""
    if (submission := _submission(request.POST)) is None:
        return None
    description = clean_text(request.POST.get("description", ""))
    category = request.POST.get("category", "").replace("\0", "")
    numbers = [submission, uuid.uuid5(submission, f"{category} {description}")]
    return Alert.objects.filter(submission__in=numbers, description=description, category__code=category).first()


def _with_new_submission(data):
    """The data, with a fresh number where its own is taken by another report or is none.

    The fresh number comes of the old one and the text, so that sending the second text twice gives one report too.
    """
    submission = _submission(data)
    if submission and not Alert.objects.filter(submission=submission).exists():
        return data
    data = data.copy()
    text = f"{data.get('category', '')} {clean_text(data.get('description', ''))}"
    data["submission"] = str(uuid.uuid5(submission, text) if submission else uuid.uuid4())
    return data


def _submission(data) -> uuid.UUID | None:
    try:
        return uuid.UUID(data.get("submission", ""))
    except ValueError:
        return None


def _sent(request, url: str):
    return JsonResponse({"url": url}) if _is_script(request) else redirect(url)


def _is_script(request) -> bool:
    """Whether a script sends what a device had kept: it reads {url}, or {errors: {field: [message]}}, and no page."""
    return request.accepts("application/json") and not request.accepts("text/html")


@require_POST
def photo_upload(request):
    """Keep one photo while the form is being filled in: JSON {token, url, place: [lon, lat] | null} or {error}."""
    file = request.FILES.get("photo")
    if file is None:
        return JsonResponse({"error": _("No photo was received. Choose it again.")}, status=422)
    try:
        kept = keep(request, file)
    except PhotoError as error:
        return JsonResponse({"error": str(error)}, status=422)
    except TooMany as error:
        return JsonResponse({"error": str(error)}, status=429)
    return JsonResponse({"token": kept.photo.token, "url": f"{kept.photo.get_url()}?petit", "place": kept.place})


def _upload_expired(request):
    return JsonResponse({"error": _("This page has expired. Your photo will leave with the form.")}, status=403)


photo_upload.on_csrf_failure = _upload_expired
