from django.urls import path

from budget.evaluation.views import assigning, deciding, desk, public, studying

app_name = "evaluation"
urlpatterns = [
    path("agents/propositions/", desk.desk, name="desk"),
    path("agents/propositions/etudes/<str:reference>/", studying.study, name="study"),
    path("agents/propositions/<str:reference>/services/", assigning.assign, name="assign"),
    path("agents/propositions/<str:reference>/decision/", deciding.decide, name="decide"),
    path("agents/budgets/<slug:slug>/services/", assigning.assign_all, name="assign_all"),
    path("propositions/<str:reference>/reponse/", public.answer, name="answer"),
]
