"""The project and the files of connections, for the layers that exist for the viewer; and how to use them."""

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from geo import layers
from geo.models import Boundary
from geo.ogc import question
from geo.ogc.views import endpoint
from geo.qgis import connections, project

FRANCE = (-5.2, 41.3, 9.6, 51.1)


@endpoint
def qgs(request):
    """The project: every layer open to the viewer."""
    question.check(request.GET, set())
    shown = layers.open_to(request.user)
    text = project.document(_root(), settings.SITE_NAME, shown, town())
    return _file(text, "parvis.qgs", "application/x-qgis-project")


@endpoint
def features(request):
    """The connection to the OGC API."""
    question.check(request.GET, set())
    return _file(
        connections.features(settings.SITE_NAME, _root(), layers.open_to(request.user)),
        "parvis-qgis.xml",
        "application/xml",
    )


@endpoint
def tiles(request):
    """The connections to the vector tiles."""
    question.check(request.GET, set())
    root = settings.BASE_URL + reverse("geo:tiles")
    text = connections.tiles(settings.SITE_NAME, root, layers.open_to(request.user))
    return _file(text, "parvis-qgis-tuiles.xml", "application/xml")


@require_safe
def guide(request):
    """Connect QGIS or ArcGIS in two minutes."""
    return render(request, "geo/qgis.html", {"root": _root(), "auth": project.AUTH})


def town() -> tuple[float, float, float, float]:
    """West, south, east, north of the towns with a body that answers; where none has, of all outlines or France."""
    valid = Boundary.objects.valid()
    home = valid.filter(territory__level__is_home=True)
    for rows in (home.filter(territory__bodies__isnull=False), home, valid):
        if box := rows.aggregate(box=Extent("geometry"))["box"]:
            return box
    return FRANCE


def _root() -> str:
    return settings.BASE_URL + reverse("geo:ogc")


def _file(text: str, name: str, media_type: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        text, content_type=f"{media_type}; charset=utf-8", headers={"Content-Disposition": disposition}
    )
