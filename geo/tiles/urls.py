from django.urls import path

from geo.tiles import views

urlpatterns = [
    path("", views.index, name="tiles"),
    path("style.json", views.map_style, name="tiles_style"),
    path("<slug:name>.json", views.tilejson, name="tiles_json"),
    path("<slug:name>/<str:z>/<str:x>/<str:y>.mvt", views.tile, name="tile"),
]
