from django.http import HttpResponse
from django.urls import path

app_name = "frontend"
urlpatterns = [
    path("", lambda request: HttpResponse("Parvis"), name="home"),
    path("territoires/<slug:level>/<str:code>/", lambda request, level, code: HttpResponse(code), name="territory"),
    path(
        "territoires/<slug:level>/<str:code>/tableau-de-bord/",
        lambda request, level, code: HttpResponse(code),
        name="dashboard",
    ),
]
