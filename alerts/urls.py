from django.urls import path

app_name = "alerts"
urlpatterns = [
    path("signalements/<str:reference>/", lambda r, reference: None, name="detail"),
    path("signalements/suivi/<str:token>/", lambda r, token: None, name="tracking"),
]
