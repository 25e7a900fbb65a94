"""What maps on pages start from: settings, words, bounds and outlines."""

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.explore import for_script
from geo import layers
from geo.models import Boundary, Territory

MAX_OUTLINES = 400
FRANCE = "-5.2,41.3,9.6,51.1"

# Outlines are for the eye: simplified to a two-thousandth of their size.
OUTLINES = """
SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
    'type', 'Feature',
    'properties', json_build_object('name', t.name, 'code', t.code, 'home', t.id = ANY(%(home)s),
        'at', (SELECT json_build_array(ST_X(p), ST_Y(p)) FROM ST_PointOnSurface(b.geometry) p)),
    'geometry', ST_AsGeoJSON(ST_SimplifyPreserveTopology(b.geometry, greatest(
        ST_XMax(b.geometry) - ST_XMin(b.geometry), ST_YMax(b.geometry) - ST_YMin(b.geometry)) / 2000), 5)::json
)), '[]'::json))::text
FROM geo_boundary b JOIN geo_territory t ON t.id = b.territory_id WHERE b.id = ANY(%(boundaries)s)
"""
EXTENT = """
SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)
FROM (SELECT ST_Extent(geometry) AS e FROM geo_boundary WHERE territory_id = ANY(%s) AND validity @> current_date) o
"""


def config() -> dict:
    """What static/frontend/js/map.js reads: where to start, which tiles and layers, what to say."""
    return {
        "leaflet_js": static("leaflet/leaflet.js"),
        "leaflet_css": static("leaflet/leaflet.css"),
        "bounds": home_bounds(),
        "tiles": settings.TILES,
        "plan": reverse("geo:plan", args=[0]),
        "outlines": reverse("frontend:outlines"),
        "layers": for_script(layers.explored()),
        "strings": {
            "map": _("Map"),
            "zoom_in": _("Zoom in"),
            "zoom_out": _("Zoom out"),
            "retry": _("Try again"),
            "plan_credit": _("Plan of the city"),
            "plan_failed": _("The plan could not be loaded."),
            "outlines_failed": _("The outlines could not be loaded."),
            "loading": _("Loading the map…"),
            "failed": _("The map could not be loaded."),
            "none": _("Nothing in this part of the map."),
            "one": _("1 object in this part of the map."),
            "many": _("{n} objects in this part of the map."),
            "see": _("See the details"),
            "closer": _("{n} objects: click to zoom in"),
        },
    }


def home_territories():
    """The current territories of the home level: those divided into districts, where some are."""
    home = Territory.objects.current().filter(level__is_home=True)
    divided = home.filter(children__isnull=False).distinct()
    return divided if divided.exists() else home


def home_bounds() -> str:
    """West, south, east and north of the home territories in degrees; all of France where there are none."""
    with connection.cursor() as cursor:
        cursor.execute(EXTENT, [list(home_territories().values_list("pk", flat=True))])
        corners = cursor.fetchone()
    return FRANCE if corners[0] is None else ",".join(str(value) for value in corners)


def outlines(home: list[int]) -> str:
    """GeoJSON of these territories (property `home`) and of their children, at most MAX_OUTLINES, widest first."""
    chosen = (
        Boundary.objects.valid()
        .filter(Q(territory__in=home) | Q(territory__parent__in=home))
        .order_by("territory__level__rank", "pk")
        .values_list("pk", flat=True)[:MAX_OUTLINES]
    )
    with connection.cursor() as cursor:
        cursor.execute(OUTLINES, {"home": home, "boundaries": list(chosen)})
        return cursor.fetchone()[0]
