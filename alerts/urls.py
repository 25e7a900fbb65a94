from django.urls import path

from alerts.views import desk, mine, public, report, verdict

app_name = "alerts"
urlpatterns = [
    path("signaler/", report.report, name="report"),
    path("signaler/photo/", report.photo_upload, name="photo_upload"),
    path("signaler/service/", report.route_preview, name="route_preview"),
    path("signalements/photos/<str:token>.jpg", public.photo, name="photo"),
    path("signalements/avis/<str:token>/", verdict.verdict, name="verdict"),
    path("signalements/suivi/<str:token>/", public.tracking, name="tracking"),
    path("signalements/<str:reference>/", public.detail, name="detail"),
    path("compte/signalements/", mine.mine, name="mine"),
    path("agents/signalements/", desk.queue, name="queue"),
    path("agents/signalements/<str:reference>/", desk.handle, name="handle"),
]
