"""The dashboard of a territory, the lists behind its figures, the dashboards of a person. Deny by default."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.dashboard import asked as asking
from frontend.dashboard import lists, mine
from frontend.dashboard.page import DashboardPage
from frontend.dashboard.visits import visited
from geo import layers, viewport
from geo.answers import refused
from geo.dashboards import board, periods
from geo.models import Territory

# As many parents as any country has, in one statement; more cost one each.
CHAIN = ["level", *("parent__" * depth + "level" for depth in range(1, 6))]
PRIVATE = {"Cache-Control": "private, max-age=60"}


def for_officials(view):
    """`view(request, territory, boards, …)` for who may see the dashboard of any layer there; 403 for anybody else."""

    @wraps(view)
    @require_safe
    @login_required
    def guarded(request, level, code, **more):
        if "\0" in code:
            raise Http404
        territory = get_object_or_404(Territory.objects.select_related(*CHAIN), level__code=level, code=code)
        found = asking.boards(request.user, territory)
        if not found:
            return render(request, "frontend/no_dashboard.html", {"territory": territory}, status=403)
        return view(request, territory, found, **more)

    return guarded


@for_officials
def dashboard(request, territory, found):
    """The page."""
    asked = asking.read(request.GET, territory, found)
    since = visited(user=request.user, territory=territory)
    page = DashboardPage(asked, request.user, since, request.GET)
    context = {
        "page": page,
        "territory": territory,
        "asked": asked,
        "controls": asked.controls,
        "question": asked.question,
        "sheet": page.sheet,
        "trail": _trail(request.user, territory, asked),
    }
    return render(request, "frontend/dashboard/page.html", context)


@for_officials
def heat(request, territory, found, name):
    """Squares: {"side": [width, height] in degrees, "whole": [[lon, lat, count], …] of the period, "cells":
    [[lon, lat, step, count], …]}."""
    asked = asking.read(request.GET, territory, found, _layer(found, name))
    sheet = board.sheet(asked.question)
    whole, cells = board.heat(asked.question, sheet.steps)
    square = board.square(territory, board.HOT)
    answer = {"side": square and square.size, "whole": whole, "cells": cells}
    return JsonResponse(answer, headers=PRIVATE)


@for_officials
def figure_list(request, territory, found, name, indicator):
    """The rows behind a figure, with their map."""
    asked, one = _figure(request, territory, found, name, indicator)
    listing = lists.listing(asked, one, request.user, request.GET.get(lists.CURSOR, ""))
    place = [territory.level.code, territory.code]
    context = {
        "territory": territory,
        "asked": asked,
        "question": asked.question,
        "one": one,
        "listing": listing,
        "following": lists.CURSOR in request.GET,
        "back": reverse("frontend:dashboard", args=place) + asked.query(),
        "first": lists.address(asked, one),
        "next": listing.more and lists.address(asked, one, **{lists.CURSOR: listing.more}),
        "viewport": reverse("frontend:dashboard_list_map", args=[*place, name, indicator]),
        "link": asked.question.layer.url("0" * 12),
        "export": lists.export_query(asked, one),
    }
    return render(request, "frontend/dashboard/list.html", context)


@for_officials
def figure_map(request, territory, found, name, indicator):
    """The same rows for a map: `?bbox=west,south,east,north&zoom=`; see geo.viewport.render."""
    asked, one = _figure(request, territory, found, name, indicator)
    try:
        grid, seen = viewport.asked(request.GET)
    except layers.BadParameter as error:
        return refused(error)
    layer = asked.question.layer
    here = {f"{layer.geometry}__bboverlaps": layers.parse_bbox(seen)}
    rows = lists.visible(asked, one, request.user).filter(**here)
    return HttpResponse(viewport.render(layer, rows, grid), content_type="application/json", headers=PRIVATE)


@require_safe
@login_required
def dashboards(request):
    """The dashboards of that person: straight to it where there is one; `?q=` searches among those below, too."""
    places = mine.watched(request.user)
    if not places:
        return render(request, "frontend/no_dashboard.html", status=403)
    if len(places) == 1 and "q" not in request.GET:
        return redirect("frontend:dashboard", places[0].level.code, places[0].code)
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:100]
    below = mine.below(places)
    if wanted:
        below = below.filter(Q(name__icontains=wanted) | Q(code__iexact=wanted))
    shown = list(below[: mine.SHOWN + 1])
    context = {
        "lines": mine.lines(request.user, places, periods.named(periods.DEFAULT, timezone.localdate())),
        "below": shown[: mine.SHOWN],
        "more": len(shown) > mine.SHOWN,
        "shown": mine.SHOWN,
        "wanted": wanted,
    }
    return render(request, "frontend/dashboard/mine.html", context)


def _figure(request, territory, found, name, indicator):
    layer = _layer(found, name)
    one = layer.board.indicator(indicator)
    if one is None:
        raise Http404
    return asking.read(request.GET, territory, found, layer), one


def _layer(found, name):
    layer = next((one for one in found if one.name == name), None)
    if layer is None:
        raise Http404
    return layer


def _trail(viewer, territory, asked) -> list[dict]:
    """The territories that contain it and whose dashboard the viewer may see, widest first."""
    chain, parent = [], territory.parent
    while parent and parent not in chain:
        if asking.boards(viewer, parent):
            chain.append(parent)
        parent = parent.parent
    return [
        {
            "title": one.name,
            "url": reverse("frontend:dashboard", args=[one.level.code, one.code]) + asked.query(),
        }
        for one in reversed(chain)
    ]
