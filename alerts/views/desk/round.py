"""A round: some reports in the order of a walk, to print and take along."""

import math

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts import equipment
from alerts.desk_forms import RoundForm
from alerts.models import Alert
from alerts.rounds import length, walk
from alerts.views.desk.base import HANDLERS, came_from, make_queue, reserved, to_list
from alerts.worklist import parameters
from geo.sketch import sketch

MAX_STOPS = 60
# Pins nearer to each other than this many units of the drawing are one.
TOGETHER = 26


@require_safe
@reserved(*HANDLERS)
def sheet(request):
    """The reports named by `alert` (references), else the agent's own list, from the place `start` where given."""
    names = [one.replace("\0", "") for one in request.GET.getlist("alert")]
    found = make_queue(request.user, parameters("view=list"))
    rows = Alert.objects.handled_by(request.user).filter(reference__in=names[:500]) if names else found.rows()
    alerts = found.shown(rows.order_by("due_on", "id")[: MAX_STOPS + 1])
    if not alerts:
        messages.warning(request, _("Choose the reports of the round, or put some on your list with the star."))
        return to_list(request)
    given = request.GET if {"start_lon", "start_lat"} & set(request.GET) else None
    form = RoundForm(given, label_suffix="")
    start = form.cleaned_data.get("start") if form.is_bound and form.is_valid() else None
    left_out, alerts = alerts[MAX_STOPS:], alerts[:MAX_STOPS]
    places = [(alert.point.x, alert.point.y) for alert in alerts]
    begin = (start.x, start.y) if start else None
    stops = [alerts[position] for position in walk(places, begin)]
    names_of = equipment.in_words(stops)
    for stop in stops:
        stop.equipment = names_of.get(stop.pk, "")
    context = {
        "stops": stops,
        "form": form,
        "start": start,
        "names": names,
        "metres": round(length([(stop.point.x, stop.point.y) for stop in stops], begin), -1),
        "too_many": bool(left_out) or len(names) > MAX_STOPS,
        "limit": MAX_STOPS,
        "liste": came_from(request),
        "points": [{"lon": stop.point.x, "lat": stop.point.y, "title": str(stop.category)} for stop in stops],
        "begin": begin and {"lon": begin[0], "lat": begin[1]},
        "drawing": _drawing([(stop.point.x, stop.point.y) for stop in stops], begin),
    }
    return render(request, "alerts/desk/round.html", context, status=422 if form.errors else 200)


def _drawing(places: list[tuple[float, float]], begin: tuple[float, float] | None) -> dict:
    """The round for paper: `map` (geo.sketch.Sketch), `way` (points of a polyline), `pins` and `begin` (x, y)."""
    drawn = sketch([*places, *([begin] if begin else [])])
    points = [drawn.place(*place) for place in places]
    start = begin and drawn.place(*begin)
    pins: list[dict] = []
    for number, (x, y) in enumerate(points, start=1):
        near = next((pin for pin in pins if math.dist((x, y), (pin["x"], pin["y"])) < TOGETHER), None)
        if near:
            near["numbers"].append(number)
        else:
            pins.append({"x": x, "y": y, "numbers": [number]})
    for pin in pins:
        pin["text"] = ", ".join(map(str, pin["numbers"]))
        pin["wide"] = max(30, 12 * len(pin["text"]) + 10)
        pin["left"], pin["top"] = round(pin["x"] - pin["wide"] / 2, 1), round(pin["y"] - 15, 1)
    way = " ".join(f"{x},{y}" for x, y in [*([start] if start else []), *points])
    return {"map": drawn, "way": way, "pins": pins, "begin": start}
