"""What the pages of the desk share: who may come in, and the list they came from."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.models import Role
from accounts.rules import mandates
from alerts import people
from alerts.forms import QueueFilters
from alerts.models import Alert
from alerts.workflow import HANDLE
from alerts.worklist import Queue, parameters
from geo.models import Body, Territory

HANDLERS = (Role.AGENT, Role.ADMINISTRATOR)
MODERATORS = (*HANDLERS, Role.MODERATOR)


def reserved(*roles):
    """The view is for people with a mandate in one of these roles, and superusers."""

    def decorate(view):
        @login_required
        @wraps(view)
        def inner(request, *args, **kwargs):
            if not (request.user.is_superuser or mandates(request.user, *roles)):
                return no_mandate(request)
            return view(request, *args, **kwargs)

        return inner

    return decorate


def no_mandate(request, alert: Alert | None = None):
    return render(request, "alerts/desk/no_mandate.html", {"alert": alert}, status=403)


def one_alert(request, reference: str, alerts=None) -> Alert:
    """That alert, if this person sees it at all; 404 otherwise. Whether they may act is asked by the caller."""
    alerts = Alert.objects.all() if alerts is None else alerts
    return get_object_or_404(
        alerts.visible_to(request.user).select_related("category__parent", "body"),
        reference=reference.upper().replace("\0", ""),
    )


def may_handle(request, alert: Alert) -> bool:
    return request.user.has_perm(HANDLE, alert)


def make_queue(user, data) -> Queue:
    """The queue of that person with the filters of a query string (a QueryDict)."""
    handlers = mandates(user, *HANDLERS)
    services = _services(user, handlers)
    bodies = [one.body_id for one in handlers if one.role == Role.AGENT] if services is None else services.values("pk")
    filters = QueueFilters(
        data,
        user=user,
        territories=_territories(handlers),
        services=services,
        people=people.agents(bodies),
        teams=people.teams(bodies),
    )
    return Queue(user, filters)


def came_from(request) -> str:
    """The query string of the list this page was opened from, as `liste`."""
    given = request.POST if request.method == "POST" else request.GET
    return parameters(given.get("liste", "")).urlencode()


def to_list(request):
    """Back to the same list."""
    query = came_from(request)
    return redirect(f"{reverse('alerts:queue')}?{query}" if query else f"{reverse('alerts:queue')}?view=")


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
    around = Exists(Alert.objects.filter(body=OuterRef("pk"), territories__overlap=places))
    return Body.objects.filter(Q(territory__in=places) | around, kind=Body.Kind.SERVICE)
