from django.urls import include, path

from geo import views
from geo.opendata import views as opendata
from geo.qgis import views as qgis

app_name = "geo"
urlpatterns = [
    path("ogc/", include("geo.ogc.urls")),
    path("tiles/", include("geo.tiles.urls")),
    path("donnees/catalogue.jsonld", opendata.describe, name="catalogue"),
    path("donnees/instantane/<slug:name>.<slug:file_format>", opendata.file, name="snapshot"),
    path("donnees/instantane/<int:day>/<slug:name>.<slug:file_format>", opendata.file, name="snapshot_of"),
    path("donnees/qgis/", qgis.guide, name="qgis"),
    path("sig/imports/", include("geo.imports.urls")),
    path("map/plan/<int:rank>.json", views.plan, name="plan"),
    path("map/equipements/<slug:kind>.json", views.assets, name="assets"),
    path("map/<slug:name>.json", views.layer_viewport, name="viewport"),
    path("exports/", include("geo.exports.urls")),
]
