from django.urls import path

from alerts.views import desk, public, report

app_name = "alerts"
urlpatterns = [
    path("signaler/", report.report, name="report"),
    path("signaler/photo/", report.photo_upload, name="photo_upload"),
    path("signaler/service/", report.route_preview, name="route_preview"),
    path("signalements/photos/<str:token>.jpg", public.photo, name="photo"),
    path("signalements/suivi/<str:token>/", public.tracking, name="tracking"),
    path("signalements/<str:reference>/", public.detail, name="detail"),
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
