"""The product's addresses, and two views to measure it against."""

from django.contrib.gis.geos import Point
from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from geo.models import PlanFeature


def constant(request):
    return HttpResponse("[]", content_type="application/json")


@csrf_exempt
def insert_one_row(request):
    """The least a view that keeps something can do."""
    PlanFeature.objects.create(kind="bench", rank=5, geometry=Point(1.95, 46.75, srid=4326))
    return HttpResponse("ok")


urlpatterns = [
    path("bench/constant", constant),
    path("bench/insert", insert_one_row),
    path("", include("config.urls")),
]
