"""Levels, territories and their outlines."""

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from engagement.activity.models import Activity
from frontend import explore, figures, maps
from geo import layers
from geo.exports.formats import FORMATS
from geo.models import Jurisdiction, Level, Territory

LATEST = 10
# A list longer than this is searched, not read.
SHOWN = 200


@require_safe
def index(request):
    """The levels, closest to home first, and their territories; `?q=` keeps those whose name or code contains it."""
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:100]
    rows = Territory.objects.current().select_related("level", "parent").order_by("-level__rank", "name")
    if wanted:
        rows = rows.filter(Q(name__icontains=wanted) | Q(code__iexact=wanted))
    found = list(rows[: SHOWN + 1])
    groups: dict[Level, list[Territory]] = {}
    for one in found[:SHOWN]:
        groups.setdefault(one.level, []).append(one)
    context = {"groups": list(groups.items()), "wanted": wanted, "more": len(found) > SHOWN, "shown": SHOWN}
    return render(request, "frontend/territories.html", context)


@require_safe
def detail(request, level, code):
    """One territory: its facts, what happens there, who is competent, its data."""
    territory = get_object_or_404(
        Territory.objects.with_geometry().select_related("level", "parent__level"), level__code=level, code=code
    )
    ancestors = _ancestors(territory)
    shown = layers.explored()
    parameters = explore.with_period(request.GET).copy()
    parameters["territory"] = f"{level}:{code}"
    return render(
        request,
        "frontend/territory.html",
        {
            "territory": territory,
            "trail": [{"title": one.name, "url": one.get_absolute_url()} for one in ancestors],
            "children": territory.children.current().select_related("level")[:SHOWN],
            "figures": figures.territory(territory),
            "latest": Activity.objects.public().in_territory(territory)[:LATEST],
            "pages": [explore.page(layer, request.user, parameters) for layer in shown],
            "competences": _competences([territory, *ancestors]),
            "days": parameters.get("days", ""),
            "period": dict(explore.PERIODS).get(parameters.get("days"), ""),
            "layers": shown,
            "formats": FORMATS,
            "bounds": territory.geometry and ",".join(str(value) for value in territory.geometry.extent),
        },
    )


def _ancestors(territory: Territory) -> list[Territory]:
    """The territories that contain it, widest first. A loop in the data ends the walk."""
    chain, parent = [], territory.parent
    while parent and parent not in chain:
        chain.append(parent)
        parent = Territory.objects.select_related("level").filter(pk=parent.parent_id).first()
    return chain[::-1]


def _competences(territories: list[Territory]) -> dict:
    """What each body is in charge of by a rule for one of these territories, closest territory first."""
    rules = (
        Jurisdiction.objects.filter(Q(validity=None) | Q(validity__contains=timezone.localdate()))
        .filter(territory__in=territories)
        .select_related("body", "competence", "territory")
        .order_by("-territory__level__rank", "body__name", "competence__name")
    )
    found: dict = {}
    for rule in rules:
        found.setdefault(rule.body, []).append(rule.competence)
    return found


@require_safe
def outlines(request):
    """GeoJSON of a territory and its children (`?territory=level:code`), or of the home territories and theirs."""
    if name := request.GET.get("territory"):
        try:
            home = [layers.parse_territory(name).pk]
        except layers.BadParameter as problem:
            raise Http404(str(problem)) from None
    else:
        home = list(maps.home_territories().values_list("pk", flat=True))
    return HttpResponse(
        maps.outlines(home), content_type="application/geo+json", headers={"Cache-Control": "max-age=300"}
    )
