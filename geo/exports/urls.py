from django.urls import path

from geo.exports import pages, views

# Their names belong to geo: geo:export, geo:exports, …
urlpatterns = [
    path("", pages.chooser, name="exports"),
    path("demandes/<str:token>/", pages.job, name="export_job"),
    path("demandes/<str:token>/fichier", views.fetch, name="export_file"),
    path("<slug:name>.qml", views.style, {"kind": "qml"}, name="export_qml"),
    path("<slug:name>.sld", views.style, {"kind": "sld"}, name="export_sld"),
    path("<slug:name>.<slug:file_format>", views.export, name="export"),
    path("<slug:name>/", pages.layer, name="export_layer"),
]
