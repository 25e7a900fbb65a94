"""Pages of exports: choose one, see how far it is, read what a layer says."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geo import layers
from geo.exports import jobs, package, views
from geo.exports.formats import FORMATS, SRIDS, Format
from geo.exports.wanted import ALL, NotThere, Wanted, count, wanted
from geo.layers import BadParameter, Layer
from geo.models import Export, Territory

USUAL_FORMAT, USUAL_SRID = "gpkg", 2154
# More than this are named by their code, not in a drop-down.
MAX_TERRITORIES = 400
RECENT = 10


@dataclass(frozen=True)
class Asked:
    """A choice on the page: what is filled in, and what it leads to or why it leads nowhere."""

    layers: list[Layer]
    form: Format
    srid: int
    wanted: Wanted | None
    total: int
    parameter: str = ""
    problem: str = ""


@require_safe
def chooser(request):
    """Layers, format, system and what narrows them; how many objects that gives and the address that gives them."""
    offered = layers.open_to(request.user)
    asked = _asked(request, offered)
    context = {
        "offered": offered,
        "asked": asked,
        "one": asked.layers[0] if len(asked.layers) == 1 else None,
        "filters": _filters(asked, request.GET),
        "formats": FORMATS.values(),
        "systems": asked.form.systems,
        "territories": _territories(),
        "dated": any(layer.moment for layer in asked.layers),
        "address": asked.wanted and settings.BASE_URL + asked.wanted.path,
        "at_once": asked.wanted and (asked.wanted.form.streams or asked.total <= settings.EXPORTS_AT_ONCE),
        "mine": _mine(request),
    }
    return render(request, "geo/exports/chooser.html", context)


def _asked(request, offered: list[Layer]) -> Asked:
    given = request.GET
    named = given.getlist("layer")
    chosen = [layer for layer in offered if layer.name in named] or offered[:1]
    form = FORMATS.get(given.get("format", ""), FORMATS[USUAL_FORMAT])
    try:
        if unknown := set(named) - {layer.name for layer in offered}:
            raise BadParameter("layer", _("There is no layer “%(name)s”.") % {"name": min(unknown)[:80]})
        if given.get("format", form.name) != form.name:
            raise BadParameter("format", _("There is no such format."))
        if len(chosen) > 1 and not form.many:
            raise BadParameter("format", _("Only a GeoPackage holds several layers: choose it, or one layer."))
        srid = _srid(given.get("crs", ""), form)
        parameters = _parameters(given, chosen, srid)
        found = wanted(request.user, chosen[0].name if len(chosen) == 1 else ALL, form.name, parameters)
        return Asked(chosen, form, srid, found, count(found.select(request.user)))
    except BadParameter as error:
        return Asked(chosen, form, form.only_srid or USUAL_SRID, None, 0, error.parameter, str(error))
    except NotThere as error:
        raise Http404(str(error)) from error


def _srid(text: str, form: Format) -> int:
    """The system chosen; the usual one where none was, and the only one of a format that knows no other."""
    if form.only_srid:
        return form.only_srid
    if not text:
        return USUAL_SRID
    number = text.rpartition(":")[2]
    if not (number.isascii() and number.isdigit() and len(number) < 6 and int(number) in SRIDS):
        raise BadParameter("crs", _("Choose a system of the list."))
    return int(number)


def _parameters(given: QueryDict, chosen: list[Layer], srid: int) -> QueryDict:
    """What narrows these layers; what another layer was narrowed by is left aside."""
    kept = QueryDict(mutable=True)
    kept["crs"] = f"EPSG:{srid}"
    understood = chosen[0].parameters() if len(chosen) == 1 else {"territory", "since", "until", "bbox", "layer"}
    for name in understood & set(given):
        if values := [value for value in given.getlist(name) if value]:
            kept.setlist(name, values)
    return kept


def _filters(asked: Asked, given: QueryDict) -> list[dict]:
    """The filters of the one layer chosen, with their choices."""
    if len(asked.layers) != 1:
        return []
    return [
        {"name": one.name, "title": one.title, "choices": list(one.choices()), "chosen": given.getlist(one.name)}
        for one in asked.layers[0].filters
    ]


def _territories() -> list[tuple[str, list[Territory]]]:
    """Those in force by level, the widest first; none where they are too many for a list."""
    rows = Territory.objects.current().select_related("level").order_by("level__rank", "name")
    found = list(rows[: MAX_TERRITORIES + 1])
    groups: dict[str, list[Territory]] = {}
    for one in found if len(found) <= MAX_TERRITORIES else []:
        groups.setdefault(one.level.name_plural, []).append(one)
    return list(groups.items())


def _mine(request) -> list[dict]:
    """What this person asked for lately, newest first."""
    if request.user.is_authenticated:
        rows = Export.objects.of(request.user)
    else:
        rows = Export.objects.filter(owner=None, token__in=request.session.get(views.REMEMBERED, []))
    return [_told(row) for row in rows.order_by("-asked_at")[:RECENT]]


def _told(row: Export) -> dict:
    """An export as pages show it."""
    try:
        asked = jobs.again(row)
    except NotThere:
        asked = None
    return {
        "job": row,
        "asked": asked,
        "done": jobs.done(row),
        "gone": row.state == Export.State.DONE and not row.is_ready,
        "ready": row.is_ready,
    }


@require_safe
def job(request, token):
    """How far an export is, and its file once it is made."""
    if sent := views.to_sign_in(request, token):
        return sent
    row = views.find(request, token)
    template = "geo/exports/_job.html" if request.htmx else "geo/exports/job.html"
    response = render(request, template, _told(row))
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def layer(request, name):
    """What a layer is: the meaning of each field, licence, date, systems, formats."""
    found = layers.find(name, request.user)
    if found is None:
        raise Http404(_("There is no such layer."))
    context = {
        "layer": found,
        "total": count([(found, found.queryset(request.user))]),
        "legend": list(found.legend()),
        "formats": FORMATS.values(),
        "systems": SRIDS,
        "base_url": settings.BASE_URL,
        "now": timezone.now(),
        "public": package.is_public(found),
    }
    return render(request, "geo/exports/layer.html", context)
