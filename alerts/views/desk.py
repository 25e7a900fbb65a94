"""The agents' desk: the queue of their services, and one alert with the acts it is open to."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.rules import mandates
from alerts import services
from alerts.forms import ActForm, QueueFilters
from alerts.models import Alert
from alerts.workflow import HANDLE, TOGETHER, WORKFLOW
from common.workflow import TransitionError
from geo.models import Body, Territory
from geo.routing import explain

PAGE = 25


@require_safe
@login_required
def queue(request):
    """What waits for the services of this agent, oldest first; closed ones, last changed first."""
    handlers = mandates(request.user, Role.AGENT, Role.ADMINISTRATOR)
    if not (handlers or request.user.is_superuser):
        return _no_mandate(request)
    filters = QueueFilters(request.GET, territories=_territories(handlers), services=_services(request.user, handlers))
    filters.is_valid()
    rows = _filtered(Alert.objects.handled_by(request.user), filters.cleaned_data)
    counts = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    status = request.GET.get("etat", "")
    chosen = (status,) if status in WORKFLOW.by_state else WORKFLOW.names(final=False)
    page, following = _page(rows.filter(status__in=chosen), chosen, request.GET.get("apres", ""))
    context = {
        "filters": filters,
        "tabs": _tabs(counts, request, chosen),
        "alerts": page,
        "next": following and _query(request, apres=following),
        "paged": "apres" in request.GET,
        "first": _query(request, apres=None),
        "handlers": handlers,
        "status": status if status in WORKFLOW.by_state else "",
    }
    return render(request, "alerts/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def handle(request, reference):
    """All that is known of one alert, and the acts that its state allows."""
    alert = get_object_or_404(
        Alert.objects.visible_to(request.user)
        .with_late()
        .select_related("category", "body")
        .prefetch_related("photos", "events__actor"),
        reference=reference.upper(),
    )
    if not request.user.has_perm("alerts.handle_alert", alert):
        return _no_mandate(request, alert)
    acts = [act for act in WORKFLOW.open_from(alert.status) if act.permission == HANDLE and act.name not in TOGETHER]
    events = list(alert.events.all())
    services_open = Alert.objects.other_services(alert)
    form = ActForm(request.POST or None, acts=acts, services=services_open, initial={"seen": events[-1].pk})
    if request.method == "POST" and (done := _act(request, alert, form)):
        return done
    context = {
        "alert": alert,
        "events": events,
        "why": explain(alert.reasons),
        "form": form,
        "acts": acts,
        "next": _next(request.user, alert),
    }
    return render(request, "alerts/handle.html", context, status=422 if form.errors else 200)


def _act(request, alert, form):
    """Take the step and go on, or leave in `form` why not."""
    latest = alert.events.all()[len(alert.events.all()) - 1]
    if form.data.get("seen", "") != str(latest.pk):
        _say_changed(form, latest)
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        services.apply(
            alert=alert,
            transition=given["act"],
            actor=request.user,
            message=given["message"],
            note=given["note"],
            planned_for=given["planned_for"],
            body=given["service"],
            seen=given["seen"],
        )
    except TransitionError:
        _say_changed(form, alert.events.order_by("pk").select_related("actor").last())
        return None
    messages.success(request, _("Recorded. The person who reported it is told by e-mail if they left an address."))
    if given["act"] == "transfer":  # it may not be theirs any more
        return redirect("alerts:queue")
    return redirect(alert.get_handle_url())


def _say_changed(form, event):
    """Somebody was faster: say who and what, and let the agent look again before sending."""
    form.add_error(
        None,
        _("This report changed while you were writing: it is now “%(state)s” (%(actor)s). Nothing was recorded.")
        % {"state": event.state.title, "actor": event.actor or _("a resident")},
    )
    form.data = form.data.copy()
    form.data["seen"] = str(event.pk)


def _territories(handlers):
    """Those of the mandates and, for a short list, the two generations inside them."""
    if not handlers:  # a superuser without a mandate
        return Territory.objects.filter(level__is_home=True).select_related("level")
    ids = [mandate.territory_id for mandate in handlers]
    return Territory.objects.filter(Q(pk__in=ids) | Q(parent__in=ids) | Q(parent__parent__in=ids)).select_related(
        "level"
    )


def _services(user, handlers):
    """The services an administrator may look at one by one; None for an agent, who has one."""
    if user.is_superuser:
        return Body.objects.filter(kind=Body.Kind.SERVICE)
    places = [one.territory_id for one in handlers if one.role == Role.ADMINISTRATOR]
    if not places:
        return None
    # Also those of the territories around: the agglomeration collects the town's waste.
    around = Alert.objects.filter(territories__overlap=places).order_by().values("body").distinct()
    return Body.objects.filter(Q(territory__in=places) | Q(pk__in=around), kind=Body.Kind.SERVICE)


def _filtered(rows, chosen):
    if chosen.get("service"):
        rows = rows.filter(body=chosen["service"])
    if chosen.get("unrouted"):
        rows = rows.filter(body=None)
    if chosen.get("category"):
        rows = rows.filter(category=chosen["category"])
    if chosen.get("territory"):
        rows = rows.in_territory(chosen["territory"])
    if text := chosen.get("text"):
        reference = text.replace(" ", "").replace("-", "")
        rows = rows.filter(
            Q(reference__iexact=reference)
            | Q(description__unaccent__icontains=text)
            | Q(address__unaccent__icontains=text)
        )
    return rows


def _page(rows, chosen, after):
    """One page of `rows` from the key `after`, and the key of the next one, or None."""
    waiting = not WORKFLOW.by_state[chosen[0]].final
    moment, compare = ("created_at", "gt") if waiting else ("updated_at", "lt")
    stamp, _tilde, key = after.partition("~")
    if key.isascii() and key.isdigit() and (since := _moment(stamp)):
        rows = rows.filter(Q(**{f"{moment}__{compare}": since}) | Q(**{moment: since, f"pk__{compare}": int(key)}))
    sign = "" if waiting else "-"
    page = list(
        rows.with_late().select_related("category", "body").order_by(f"{sign}{moment}", f"{sign}pk")[: PAGE + 1]
    )
    names = {t.pk: t.name for t in Territory.objects.filter(pk__in={pk for row in page for pk in row.territories})}
    for row in page:
        row.where = row.address or next((names[pk] for pk in row.territories if pk in names), "")
    if len(page) <= PAGE:
        return page, None
    last = page[PAGE - 1]
    return page[:PAGE], f"{getattr(last, moment).isoformat()}~{last.pk}"


def _moment(text):
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _tabs(counts, request, chosen):
    waiting = WORKFLOW.names(final=False)
    tabs = [
        {
            "title": _("To do"),
            "count": sum(counts.get(name, 0) for name in waiting),
            "url": _query(request, etat=None, apres=None),
            "current": chosen == waiting,
        }
    ]
    return tabs + [
        {
            "title": state.title,
            "count": counts.get(state.name, 0),
            "url": _query(request, etat=state.name, apres=None),
            "current": chosen == (state.name,),
        }
        for state in WORKFLOW.states
    ]


def _query(request, **changes) -> str:
    """The address of this page with these parameters changed, or left out where None."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


def _next(user, alert):
    """The next waiting alert of this agent's queue, from the oldest again after the last; None where none is left."""
    waiting = Alert.objects.handled_by(user).waiting().exclude(pk=alert.pk).order_by("created_at", "pk")
    return waiting.filter(created_at__gte=alert.created_at).first() or waiting.first()


def _no_mandate(request, alert=None):
    return render(request, "alerts/no_mandate.html", {"alert": alert}, status=403)
