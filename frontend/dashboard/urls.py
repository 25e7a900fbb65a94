from django.urls import path

from frontend.dashboard import views

PLACE = "territoires/<slug:level>/<str:code>/tableau-de-bord/"

urlpatterns = [
    path("tableaux-de-bord/", views.dashboards, name="dashboards"),
    path(PLACE, views.dashboard, name="dashboard"),
    path(f"{PLACE}<slug:name>/points-chauds.json", views.heat, name="dashboard_heat"),
    path(f"{PLACE}<slug:name>/<slug:indicator>/", views.figure_list, name="dashboard_list"),
    path(f"{PLACE}<slug:name>/<slug:indicator>/carte.json", views.figure_map, name="dashboard_list_map"),
]
