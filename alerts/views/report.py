"""A resident reports a problem: one page, and nothing typed or uploaded is ever lost."""

import uuid
from contextlib import suppress

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts import services
from alerts.drafts import WINDOW, Draft, TooMany, collect, keep
from alerts.forms import ReportForm
from alerts.models import Alert, Category
from common.caller import address
from common.images import PhotoError
from common.ratelimit import exceeded
from common.text import clean_text
from geo.places import PlaceError, point
from geo.routing import explain, resolve


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request):
    """The form; `?lon=&lat=&category=` fills in what a map already knows. Sent, it leads to the tracking page."""
    if request.method != "POST":
        return _page(request, ReportForm.empty(request.user, _known(request)), Draft())
    if alert := _already_sent(request):
        return _sent(alert)
    request.POST = _with_new_submission(request.POST)
    form, draft, proposed = _bound(request)
    if proposed or not form.is_valid():
        return _page(request, form, draft, proposed=proposed, status=422)
    if exceeded(f"reports:{address(request)}", limit=settings.ALERTS_REPORTS_LIMIT, seconds=WINDOW):
        form.add_error(
            None, _("Many reports came from your connection. Nothing is lost: send this one again in ten minutes.")
        )
        return _page(request, form, draft, status=429)
    given = form.cleaned_data
    alert = services.report(
        category=given["category"],
        point=given["place"],
        description=given["description"],
        address=given["address"],
        photo_tokens=[photo.token for photo in draft.photos],
        reporter=request.user if request.user.is_authenticated else None,
        contact_email=given["email"],
        submission=given["submission"],
    )
    return _sent(alert)


def _expired(request):
    """The form comes back whole with a fresh token, after Django refused the one it was sent with."""
    form, draft, proposed = _bound(request)
    form.add_error(None, _("This page had expired. Nothing is lost: check it and send it again."))
    return _page(request, form, draft, proposed=proposed, status=403)


report.on_csrf_failure = _expired


def _bound(request) -> tuple[ReportForm, Draft, bool]:
    """The form as it was sent, its photos, and whether a photo's place was put where the person gave none."""
    draft = collect(request)
    data = request.POST.copy()
    untold = not (data.get("place_lon", "").strip() or data.get("place_lat", "").strip())
    proposed = draft.place is not None and (untold or "use_photo_place" in data)
    if proposed:
        data["place_lon"], data["place_lat"] = f"{draft.place.x:.6f}", f"{draft.place.y:.6f}"
    form = ReportForm(data, photos_kept=draft.photos)
    for error in draft.errors:
        form.add_error("photos", error)
    return form, draft, proposed


def _page(request, form, draft, *, proposed=False, status=200):
    categories = form.fields["category"].queryset.order_by("parent__position", "position", "name")
    groups = {}
    for category in categories:
        groups.setdefault(category.parent.name if category.parent else "", []).append(category)
    context = {"form": form, "groups": groups, "draft": draft, "proposed": proposed, "limit": services.MAX_PHOTOS}
    return render(request, "alerts/report.html", context, status=status)


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
    category = request.POST.get("category", "")
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


def _sent(alert: Alert):
    return redirect(f"{alert.get_tracking_url()}?envoye")


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


@require_safe
def route_preview(request):
    """Which service would get it and why, as a piece of the page; empty until place and category are known."""
    category = (
        Category.objects.offered()
        .filter(code=request.GET.get("category", "").replace("\0", ""))
        .select_related("competence__parent")
        .first()
    )
    lon, lat = request.GET.get("place_lon", ""), request.GET.get("place_lat", "")
    if not (lon and lat):
        return HttpResponse()
    try:
        route = resolve(point(lon, lat), category and category.competence)
    except PlaceError as error:
        return render(request, "alerts/_route.html", {"problem": str(error)})
    if category is None:
        return HttpResponse()
    return render(request, "alerts/_route.html", {"body": route.body, "why": explain(route.reasons)})
