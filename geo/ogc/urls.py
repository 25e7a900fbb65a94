from django.urls import path

from geo.ogc import views
from geo.qgis import views as qgis

# Their names belong to geo: geo:ogc, geo:ogc_items, …
urlpatterns = [
    path("", views.landing, name="ogc"),
    path("api", views.api, name="ogc_api"),
    path("conformance", views.conformance, name="ogc_conformance"),
    path("collections", views.collections, name="ogc_collections"),
    path("collections/<str:name>", views.collection, name="ogc_collection"),
    path("collections/<str:name>/queryables", views.queryables, name="ogc_queryables"),
    path("collections/<str:name>/items", views.features, name="ogc_items"),
    path("collections/<str:name>/items/<str:key>", views.feature, name="ogc_item"),
    path("parvis.qgs", qgis.qgs, name="qgis_project"),
    path("parvis-qgis.xml", qgis.features, name="qgis_features"),
    path("parvis-qgis-tuiles.xml", qgis.tiles, name="qgis_tiles"),
    path("<path:rest>", views.unknown, name="ogc_unknown"),
]
