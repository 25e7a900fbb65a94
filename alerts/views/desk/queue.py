"""The queue, as list and as map, and what an agent keeps of it: saved filters and a shortlist."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import mandates
from alerts import services
from alerts.desk_forms import FilterForm
from alerts.layers import ALERTS
from alerts.models import SavedFilter
from alerts.services.desk import DEFAULT
from alerts.views.desk.base import HANDLERS, came_from, make_queue, may_handle, one_alert, reserved, to_list
from alerts.worklist import COUNTED, VIEWS, parameters
from geo import viewport
from geo.answers import refused
from geo.layers import BadParameter, parse_bbox


@require_safe
@reserved(*HANDLERS)
def queue(request):
    """What waits for the services of this agent, due first; opened without filters, with the agent's usual ones."""
    saved = list(request.user.saved_filters.all())
    if not request.GET and (usual := next((one for one in saved if one.position == DEFAULT), None)):
        return redirect(f"{request.path}?{usual.query or 'view='}")
    found = make_queue(request.user, request.GET)
    page = found.page(request.GET.get("apres", ""))
    context = {
        "filters": found.filters,
        "queue": found,
        "tabs": _tabs(found),
        "alerts": page.alerts,
        "next": page.following and f"?{found.query(apres=page.following)}",
        "paged": "apres" in request.GET,
        "first": f"?{found.query() or 'view='}",
        "handlers": mandates(request.user, *HANDLERS),
        "liste": found.query(),
        "plain": found.query(sort=None),
        "without": f"?{found.query(**dict.fromkeys(set(found.filters.fields) - {'view', 'sort'})) or 'view='}",
        "saved": saved,
        "current": next((one for one in saved if one.query == found.query()), None),
        "limit": services.MAX_AT_ONCE,
    }
    return render(request, "alerts/desk/queue.html", context)


def _tabs(found):
    tabs = []
    for view, title in VIEWS.items():
        count = found.count(view)
        tabs.append(
            {
                "title": title,
                "count": min(count, COUNTED),
                "more": count > COUNTED,
                "url": f"?{found.query(view=view or None, etat=None) or 'view='}",
                "current": view == found.view,
            }
        )
    return tabs


@require_safe
@reserved(*HANDLERS)
def queue_map(request):
    """The same list for the map: `?bbox=&zoom=` and its filters; JSON as geo.viewport.render makes it.

    With `?etendue=1` where its reports lie: {"bbox": [west, south, east, north]} in degrees, or null.
    """
    found = make_queue(request.user, request.GET)
    if "etendue" in request.GET:
        return JsonResponse({"bbox": found.extent()}, headers={"Cache-Control": "private, no-store"})
    try:
        grid, seen = viewport.asked(request.GET)
    except BadParameter as error:
        return refused(error)
    rows = found.rows().filter(point__bboverlaps=parse_bbox(seen))
    body = viewport.render(ALERTS, rows, grid)
    return HttpResponse(body, content_type="application/json", headers={"Cache-Control": "private, no-store"})


@require_POST
@reserved(*HANDLERS)
def star(request):
    """Put a report (`alert`) on the agent's list (`on` is 1) or take it off; answers with the button alone to htmx."""
    alert = one_alert(request, request.POST.get("alert", "").removeprefix("-"))
    on = not request.POST.get("alert", "").startswith("-")
    if on and not may_handle(request, alert):
        return HttpResponse(status=403)
    try:
        services.shortlist(user=request.user, alert=alert, on=on)
    except services.ListFull as error:
        messages.error(request, str(error))
        on = False
    if request.htmx:
        alert.starred = on
        return render(request, "alerts/desk/_star.html", {"alert": alert, "liste": came_from(request)})
    return to_list(request)


@require_POST
@reserved(*HANDLERS)
def saved_filters(request):
    """Keep the list under a name, or rename, delete or open with a filter of one's own (`do`, `filter`)."""
    user, do = request.user, request.POST.get("do", "")
    try:
        if do == "save":
            return _save(request)
        key = request.POST.get("filter", "")
        saved = get_object_or_404(
            SavedFilter, user=user, pk=int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0
        )
        if do == "rename":
            form = FilterForm(request.POST)
            if not form.is_valid():
                return _back(request, form.errors["name"][0])
            services.rename_filter(saved=saved, name=form.cleaned_data["name"])
        elif do == "delete":
            saved.delete()
        elif do == "open":
            services.open_with(user=user, saved=None if saved.position == DEFAULT else saved)
    except (services.NameTaken, services.ListFull) as error:
        return _back(request, str(error))
    messages.success(request, _("Your filters are up to date."))
    return to_list(request)


def _save(request):
    form = FilterForm(request.POST)
    if not form.is_valid():
        return _back(request, form.errors["name"][0])
    query = make_queue(request.user, parameters(came_from(request))).query()
    services.save_filter(user=request.user, name=form.cleaned_data["name"], query=query)
    messages.success(request, _("The filter “%(name)s” is kept.") % {"name": form.cleaned_data["name"]})
    return redirect(f"{reverse('alerts:queue')}?{query or 'view='}")


def _back(request, problem: str):
    messages.error(request, problem)
    return to_list(request)
