from django.urls import path

from budget.results.views import public

app_name = "results"
urlpatterns = [
    path("budgets/<slug:slug>/resultats/", public.overview, name="budget"),
    path("budgets/<slug:slug>/resultats/compter/", public.order, name="order"),
    path("budgets/<slug:slug>/resultats/<slug:envelope>.pb", public.file, name="pb"),
    path("budgets/<slug:slug>/resultats/<slug:envelope>/", public.envelope, name="envelope"),
]
