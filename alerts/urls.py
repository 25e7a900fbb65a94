from django.urls import path

from alerts.views import desk, mine, public, record, report, report_parts, supports, verdict

app_name = "alerts"
urlpatterns = [
    path("signaler/", report.report, name="report"),
    path("signaler/photo/", report.photo_upload, name="photo_upload"),
    path("signaler/questions/", report_parts.questions, name="report_questions"),
    path("signaler/equipement/", report_parts.equipment, name="report_equipment"),
    path("signaler/autour/", report_parts.nearby, name="report_nearby"),
    path("signaler/service/", report_parts.route_preview, name="route_preview"),
    path("signaler/courriel/<str:token>/", supports.mailed, name="mailed"),
    path("signalements/photos/<str:token>.jpg", public.photo, name="photo"),
    path("signalements/avis/<str:token>/", verdict.verdict, name="verdict"),
    path("signalements/suivi/<str:token>/", public.tracking, name="tracking"),
    path("signalements/bilan/", record.record, name="record"),
    path("signalements/bilan.csv", record.record_csv, name="record_csv"),
    path("signalements/bilan/mois.json", record.record_months, name="record_months"),
    path("signalements/moi-aussi/<str:token>/arreter/", supports.leave, name="leave"),
    path("signalements/<str:reference>/moi-aussi/", supports.support, name="support"),
    path("signalements/<str:reference>/", public.detail, name="detail"),
    path("compte/signalements/", mine.mine, name="mine"),
    path("agents/signalements/", desk.queue, name="queue"),
    path("agents/signalements/<str:reference>/", desk.handle, name="handle"),
]
