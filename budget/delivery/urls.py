from django.urls import path

from budget.delivery.views import desk, public

app_name = "delivery"
urlpatterns = [
    path("budgets/<slug:slug>/realisation/", public.overview, name="budget"),
    path("budgets/<slug:slug>/realisation.csv", public.table, name="csv"),
    path("budgets/<slug:slug>/realisation/<slug:envelope>/", public.execution, name="envelope"),
    path("realisation/photos/<str:token>.jpg", public.photo, name="photo"),
    path("agents/realisation/", desk.projects, name="desk"),
    path("agents/realisation/<str:reference>/", desk.handle, name="handle"),
]
