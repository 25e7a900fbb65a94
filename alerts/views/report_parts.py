"""Pieces of the report page that come once category and place are known. Each works on what is typed so far."""

from contextlib import suppress

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alerts.answers import check
from alerts.models import Category
from alerts.report_form import ANSWER, ReportForm
from alerts.routing import route
from geo.places import PlaceError, point
from geo.routing import explain, serving


@never_cache
@require_safe
def questions(request):
    """What the chosen category says and asks, with what was answered already; and how it wants the e-mail."""
    return render(request, "alerts/_report_asks.html", {"form": _form(request), "swapped": True})


@require_safe
def all_questions(request, language):
    """The same for every category, in that language and as a stranger gets it, for devices to keep."""
    request.user = AnonymousUser()
    offered = Category.objects.offered().prefetch_related("questions")
    with translation.override(language):
        forms = [ReportForm.empty(request, {"category": one.code}, chosen=one) for one in offered]
        response = render(request, "alerts/_report_all_asks.html", {"forms": forms})
    response.headers["Cache-Control"] = "max-age=300"
    return response


@never_cache
@require_safe
def nearby(request):
    """Open reports of the category near the place; nothing until both are known."""
    return render(request, "alerts/_report_nearby.html", {"nearby": _form(request).nearby})


@never_cache
@require_safe
def equipment(request):
    """What the category is about around the place, to say which one; nothing until both are known."""
    return render(request, "alerts/_report_equipment.html", {"form": _form(request)})


@require_safe
def route_preview(request):
    """Which service would get it and why, as a piece of the page; empty until place and category are known."""
    lon, lat = request.GET.get("place_lon", ""), request.GET.get("place_lat", "")
    if not (lon and lat):
        return HttpResponse()
    category = _form(request).chosen
    try:
        place = point(lon, lat)
        if category is None:
            serving(place, timezone.localdate())
            return HttpResponse()
        found = route(category, place, answers=_answers(request, category))
    except PlaceError as error:
        return render(request, "alerts/_route.html", {"problem": str(error)})
    if category.is_stopper:
        return HttpResponse()
    return render(request, "alerts/_route.html", {"body": found.body, "why": explain(found.reasons)})


def _form(request) -> ReportForm:
    """The form with what its page holds so far, not checked."""
    given = {
        name: texts if len(texts) > 1 else texts[0]
        for name, texts in request.GET.lists()
        if name.startswith(ANSWER) or name in ("category", "email", "asset_code")
    }
    with suppress(PlaceError):
        given["place"] = point(request.GET.get("place_lon"), request.GET.get("place_lat"))
    return ReportForm.empty(request, given)


def _answers(request, category) -> dict:
    given = {name.removeprefix(ANSWER): texts for name, texts in request.GET.lists() if name.startswith(ANSWER)}
    return check(category.questions.all(), given).answers
