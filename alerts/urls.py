from django.urls import path

from alerts.views import desk, public, record, report

app_name = "alerts"
urlpatterns = [
    path("signaler/", report.report, name="report"),
    path("signaler/photo/", report.photo_upload, name="photo_upload"),
    path("signaler/service/", report.route_preview, name="route_preview"),
    path("signalements/photos/<str:token>.jpg", public.photo, name="photo"),
    path("signalements/suivi/<str:token>/", public.tracking, name="tracking"),
    path("signalements/bilan/", record.record, name="record"),
    path("signalements/bilan.csv", record.record_csv, name="record_csv"),
    path("signalements/bilan/mois.json", record.record_months, name="record_months"),
    path("signalements/<str:reference>/", public.detail, name="detail"),
    path("agents/signalements/", desk.queue, name="queue"),
    path("agents/signalements/<str:reference>/", desk.handle, name="handle"),
]
