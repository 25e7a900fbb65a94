"""The home map of all layers, and the list that says the same in words."""

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from engagement.activity.models import Activity
from frontend import explore, figures, maps
from geo import layers

LATEST = 6


@require_safe
def home(request):
    """Map, filters and list of all layers; works by GET alone, and live with JavaScript."""
    shown = explore.chosen_layers(request.GET)
    parameters = explore.with_period(request.GET)
    return render(
        request,
        "frontend/home.html",
        {
            "layers": layers.explored(),
            "shown": shown,
            "pages": [explore.page(layer, request.user, parameters) for layer in shown],
            "filters": explore.filters(shown, request.GET),
            "territories": explore.territory_choices(),
            "filtered": any(value for key, value in request.GET.items() if key not in ("at", "layer", "days")),
            "periods": explore.PERIODS,
            "days": parameters.get("days", ""),
            "figures": figures.town(),
            "latest": Activity.objects.public()[:LATEST],
        },
    )


@require_safe
def layer_list(request, name):
    """A page of one layer's list, for htmx and for the script of the map."""
    layer = layers.find(name, request.user)
    if layer is None or not layer.explored:
        raise Http404
    page = explore.page(layer, request.user, request.GET)
    status = 400 if page.problem else 200
    return render(request, "frontend/_list.html", {"page": page, "following": "before" in request.GET}, status=status)


@require_safe
def map_config(request, language):
    """Settings and words of every map, in that language: fetched by the script of the first map of a page."""
    with translation.override(language):
        body = maps.config()
    return JsonResponse(body, headers={"Cache-Control": "max-age=300"})
