from django.urls import path

from budget.proposals.views import public

app_name = "proposals"
urlpatterns = [
    path("budgets/<slug:slug>/propositions/", public.proposals, name="list"),
    path("propositions/photos/<str:token>.jpg", public.photo, name="photo"),
    path("propositions/<str:reference>/", public.detail, name="detail"),
    path("propositions/<str:reference>/soutenir/", public.support, name="support"),
]
