from django.urls import path

from alerts.views import desk, mine, public, record, report, report_parts, supports, verdict

app_name = "alerts"
urlpatterns = [
    path("signaler/", report.report, name="report"),
    path("signaler/photo/", report.photo_upload, name="photo_upload"),
    path("signaler/questions/", report_parts.questions, name="report_questions"),
    path("signaler/questions/<slug:language>.html", report_parts.all_questions, name="report_all_questions"),
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
    path("agents/signalements/carte.json", desk.queue_map, name="queue_map"),
    path("agents/signalements/filtres/", desk.saved_filters, name="saved_filters"),
    path("agents/signalements/ma-liste/", desk.star, name="star"),
    path("agents/signalements/ensemble/", desk.bulk, name="bulk"),
    path("agents/signalements/tournee/", desk.sheet, name="round"),
    path("agents/signalements/<str:reference>/", desk.handle, name="handle"),
    path("agents/signalements/<str:reference>/organiser/", desk.organise, name="organise"),
    path("agents/signalements/<str:reference>/joindre/", desk.join, name="join"),
    path("agents/signalements/<str:reference>/separer/", desk.separate, name="separate"),
    path("agents/moderation/", desk.waiting, name="moderation"),
    path("agents/moderation/photos/<str:token>/", desk.blur, name="blur"),
    path("agents/moderation/<str:reference>/", desk.moderate, name="moderate"),
]
