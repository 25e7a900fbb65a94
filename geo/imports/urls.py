from django.urls import path

from geo.imports import views

urlpatterns = [
    path("", views.index, name="imports"),
    path("<int:pk>/", views.show, name="import"),
    path("<int:pk>/importer/", views.confirm, name="import_confirm"),
    path("<int:pk>/supprimer/", views.discard, name="import_discard"),
    path("<int:pk>/apercu.json", views.picture, name="import_picture"),
]
