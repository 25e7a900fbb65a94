from django.urls import path

from budget.participatory import views

app_name = "participatory"
urlpatterns = [
    path("budgets/", views.budgets, name="budgets"),
    path("budgets/<slug:slug>/", views.budget, name="budget"),
    path("budgets/<slug:slug>/enveloppes/<slug:envelope>/", views.envelope, name="envelope"),
]
