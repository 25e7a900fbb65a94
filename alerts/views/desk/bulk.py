"""One act on many reports: what is chosen, what would happen to each, what was done and what was not."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alerts import services
from alerts.desk_forms import BulkForm
from alerts.models import Alert, ResponseTemplate
from alerts.services import MAX_AT_ONCE
from alerts.views.desk.base import HANDLERS, came_from, make_queue, reserved, to_list
from alerts.views.desk.round import MAX_STOPS
from alerts.worklist import ORDERS, parameters
from geo.models import Body


@require_POST
@reserved(*HANDLERS)
def bulk(request):
    """`alert` (references, or with `tout` all of the list); then `step=preview`, then `step=do` with what was seen."""
    found = make_queue(request.user, parameters(came_from(request)))
    if request.POST.get("vers") == "tournee":
        names = [one for one in request.POST.getlist("alert") if one.isalnum()][:MAX_STOPS]
        return redirect(
            f"{reverse('alerts:round')}?{urlencode({'alert': names, 'liste': came_from(request)}, doseq=True)}"
        )
    step = request.POST.get("step", "")
    seen = _seen(request.POST.getlist("seen"))
    alerts, more = _chosen(request, found, seen)
    if not alerts:
        messages.warning(request, _("Choose at least one report."))
        return to_list(request)
    form = _form(request, found, alerts, bound=bool(step) and step != "edit")
    context = {"form": form, "alerts": alerts, "more": more, "limit": MAX_AT_ONCE, "liste": came_from(request)}
    if step == "edit":
        form.initial = {name: request.POST.get(name) for name in form.fields}
    if not form.is_bound or not form.is_valid():
        context["templates"] = _templates(alerts)
        return render(request, "alerts/desk/bulk.html", context, status=422 if form.is_bound else 200)
    wish = form.wish()
    context["title"] = dict(form.fields["act"].choices)[wish.act]
    if step == "do":
        outcomes = services.carry_out(seen=seen, wish=wish, actor=request.user)
        template = "alerts/desk/bulk_done.html"
    else:
        outcomes = services.foresee(alerts=alerts, wish=wish, actor=request.user)
        template = "alerts/desk/bulk_preview.html"
    context |= {
        "wish": wish,
        "done": [one for one in outcomes if one.done],
        "refused": [one for one in outcomes if not one.done],
    }
    return render(request, template, context)


def _chosen(request, found, seen) -> tuple[list[Alert], bool]:
    """What is meant, of what this agent handles, in the order of the list; and whether there was more than fits."""
    rows = Alert.objects.handled_by(request.user)
    if seen:
        rows = rows.filter(pk__in=seen)
    elif "tout" in request.POST:
        rows = found.rows()
    else:
        rows = rows.filter(
            reference__in=[one.replace("\0", "") for one in request.POST.getlist("alert")[: MAX_AT_ONCE + 1]]
        )
    alerts = list(rows.select_related("category", "body").order_by(*ORDERS[found.order])[: MAX_AT_ONCE + 1])
    return alerts[:MAX_AT_ONCE], len(alerts) > MAX_AT_ONCE


def _form(request, found, alerts, *, bound: bool) -> BulkForm:
    territories = {pk for alert in alerts for pk in alert.territories}
    return BulkForm(
        request.POST if bound else None,
        services=Body.objects.filter(kind=Body.Kind.SERVICE, territory__in=territories).order_by("name"),
        people=found.filters.people,
        teams=found.filters.teams,
    )


def _seen(texts: list[str]) -> dict[int, int]:
    """{alert's key: its last step that was shown}, from "12~345"."""
    seen = {}
    for text in texts[:MAX_AT_ONCE]:
        key, _tilde, step = text.partition("~")
        if all(part.isascii() and part.isdigit() and len(part) < 18 for part in (key, step)):
            seen[int(key)] = int(step)
    return seen


def _templates(alerts: list[Alert]) -> list[ResponseTemplate]:
    """Answers that suit each of these reports."""
    bodies, categories = {alert.body_id for alert in alerts}, {alert.category_id for alert in alerts}
    suits = Q(body=None) | Q(body__in=bodies) if len(bodies) == 1 else Q(body=None)
    about = Q(category=None) | Q(category__in=categories) if len(categories) == 1 else Q(category=None)
    return list(ResponseTemplate.objects.filter(suits, about))
