"""What everybody may see of a budget: its sums, its calendar, its envelopes on the map."""

import json

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from budget.participatory import phases, sections
from budget.participatory.models import Budget
from geo.models import Territory


def visible(request, slug: str) -> Budget:
    """The budget of that address if this viewer may see it. Raises Http404."""
    return get_object_or_404(Budget.objects.visible_to(request.user).whole(), slug=slug)


@require_safe
def budgets(request):
    """All editions, the newest first."""
    return render(request, "participatory/budgets.html", {"budgets": Budget.objects.visible_to(request.user).whole()})


@require_safe
def budget(request, slug):
    """One edition: what can be done now, the calendar, the envelopes."""
    found = visible(request, slug)
    steps = calendar(found)
    parts = sections.for_page("budget", request, found, [kind.name for kind in found.current])
    context = {
        "budget": found,
        "calendar": steps,
        "current": [step for step in steps if step["state"] == "now"],
        "following": next((step for step in steps if step["state"] == "before"), None),
        "envelopes": found.envelopes.all(),
        "outlines": outlines(found),
        "sections": parts,
        "actions": [part["action"] for _template, part in parts if part["leads"] and part.get("action")],
    }
    return render(request, "participatory/budget.html", context)


@require_safe
def envelope(request, slug, envelope):
    """One envelope: its sum, the rules of its vote, and what the rooms above tell of it."""
    found = visible(request, slug)
    one = next((row for row in found.envelopes.all() if row.slug == envelope), None)
    if one is None:
        raise Http404
    one.budget = found
    context = {"budget": found, "envelope": one, "sections": sections.for_page("envelope", request, one)}
    return render(request, "participatory/envelope.html", context)


def calendar(budget: Budget) -> list[dict]:
    """Its phases in the order of time: kind, window, and "before", "now" or "over"."""
    now = timezone.now()
    return [
        {
            "kind": phases.KINDS[window.kind],
            "window": window,
            "state": "now" if window.holds(now) else "over" if window.over(now) else "before",
        }
        for window in budget.windows
    ]


def outlines(budget: Budget) -> list[dict]:
    """GeoJSON features of the envelopes' territories (EPSG:4326, about a metre), by the envelope's address."""
    rows = {row.territory_id: row for row in budget.envelopes.all() if row.scope == "territory"}
    found = Territory.objects.filter(pk__in=rows).with_geometry()
    return [
        {
            "type": "Feature",
            "id": rows[one.pk].slug,
            "properties": {"title": rows[one.pk].title, "url": rows[one.pk].get_absolute_url()},
            "geometry": json.loads(one.geometry.simplify(0.00005, preserve_topology=True).json),
        }
        for one in found
        if one.geometry
    ]
